#include "report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plot.hpp"
#include "report_style.hpp"
#include "rnnts/core/error.hpp"
#include "ticks.hpp"

namespace tools {
namespace {

using rnnts::detail::sentence;
using Numbers = std::span<const double>;

constexpr std::size_t most_series = 6, most_bands = 4, most_steps = 60;

/// Two quantiles as far from the middle as each other, by their numbers.
struct Band {
  std::size_t lower, upper;
};

/// From the widest to the narrowest.
std::vector<Band> bands(std::size_t levels) {
  const std::size_t pairs = levels / 2, count = std::min(pairs, most_bands);
  std::vector<Band> all;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t lower = k * pairs / count;
    all.push_back({lower, levels - 1 - lower});
  }
  return all;
}

std::string percent(double share) { return readable(std::round(1e4 * share) / 100) + " %"; }

std::string band_name(Numbers levels, const Band& band) {
  const double lower = levels[band.lower], upper = levels[band.upper];
  if (std::abs(lower + upper - 1) < 1e-9) return percent(upper - lower) + " interval";
  return percent(lower) + " to " + percent(upper);
}

std::vector<double> quantile(Numbers all, std::size_t levels, std::size_t number) {
  std::vector<double> one;
  for (std::size_t k = number; k < all.size(); k += levels) one.push_back(all[k]);
  return one;
}

std::string key(std::string_view name, std::string_view drawn) {
  return sentence("<span class=\"key\"><svg viewBox=\"0 0 32 14\" aria-hidden=\"true\">", drawn, "</svg>",
                  escaped(name, 80), "</span>\n");
}

std::string line_key(std::string_view name, std::string_view style) {
  return key(name, sentence("<path class=\"", style, "\" d=\"M1 7H31\"/>"));
}

/// That of the k-th band, which lies upon those before it.
std::string band_key(std::string_view name, std::size_t k) {
  std::string drawn;
  for (std::size_t layer = 0; layer <= k; ++layer) drawn += "<path class=\"band0\" d=\"M1 1H31V13H1Z\"/>";
  return key(name, drawn);
}

/// A figure with its texts, which stand in the order of the page.
class SeriesFigure {
 public:
  SeriesFigure(const Report& report, const ReportSeries& series)
      : report_(report), series_(series), bands_(bands(report.levels.size())) {
    const std::size_t steps = series.mean.size(), held_out = series.held_out_mean.size(), Q = report.levels.size();
    require("values", series.values.size(), series.times.size());
    require("forecast_times", series.forecast_times.size(), steps);
    require("held_out_times", series.held_out_times.size(), held_out);
    if (!series.quantiles.empty()) require("quantiles", series.quantiles.size(), steps * Q);
    if (!series.held_out_quantiles.empty())
      require("held_out_quantiles", series.held_out_quantiles.size(), held_out * Q);
    require_ascending("times", series.times);
    require_ascending("forecast_times", series.forecast_times);
    require_ascending("held_out_times", series.held_out_times);
  }

  std::string html() const {
    const std::size_t length = series_.values.size();
    const std::size_t recent = std::max<std::size_t>(60, 5 * series_.mean.size() + series_.held_out_mean.size());
    std::string text = sentence("<h3>", escaped(series_.name, 200), "</h3>\n<figure>\n");
    if (length > 2 * recent) {
      text += plot(length - recent, 300, "The last values") + legend() + plot(0, 110, "All values");
    } else {
      text += plot(0, 300, "All values") + legend();
    }
    return text + "</figure>\n" + steps();
  }

 private:
  void require(std::string_view what, std::size_t found, std::size_t expected) const {
    if (found == expected) return;
    throw rnnts::ShapeError(
        sentence("report_html: series '", series_.name, "': expected ", expected, " ", what, ", found ", found));
  }

  void require_ascending(std::string_view what, Numbers times) const {
    for (std::size_t t = 0; t < times.size(); ++t) {
      if (std::isfinite(times[t]) && (t == 0 || times[t] > times[t - 1])) continue;
      throw rnnts::DataError(sentence("report_html: series '", series_.name, "': ", what, "[", t, "] is ", times[t],
                                      ", expected a finite number above that before it"));
    }
  }

  std::string time(double at) const { return report_.calendar ? date_text(at) : readable(at); }

  std::string plot(std::size_t first, double height, std::string_view title) const {
    const Numbers times = Numbers(series_.times).subspan(first), values = Numbers(series_.values).subspan(first);
    const std::size_t Q = report_.levels.size();
    Extremes x, y, beyond;
    for (const Numbers numbers : {times, Numbers(series_.forecast_times), Numbers(series_.held_out_times)})
      x.add(numbers);
    for (const Numbers numbers : {values, Numbers(series_.mean), Numbers(series_.held_out_mean)}) y.add(numbers);
    beyond.add(series_.quantiles);
    if (y.low < y.high && beyond.low <= beyond.high) {  // bands may be cut, lest the lines become flat
      const double most = y.high - y.low;
      beyond = {std::max(beyond.low, y.low - most), std::min(beyond.high, y.high + most)};
    }
    y.add(beyond.low);
    y.add(beyond.high);
    x = x.padded(0.005);
    y = y.padded(0.04);
    Plot plot(x, y, height);
    for (const Band& band : bands_) {
      if (series_.quantiles.empty()) break;
      plot.band("band0", series_.forecast_times, quantile(series_.quantiles, Q, band.lower),
                quantile(series_.quantiles, Q, band.upper));
    }
    if (!bands_.empty() && !series_.held_out_quantiles.empty()) {
      plot.band("band1", series_.held_out_times, quantile(series_.held_out_quantiles, Q, bands_[0].lower),
                quantile(series_.held_out_quantiles, Q, bands_[0].upper));
    }
    if (!times.empty()) plot.rule("now", times.back());
    plot.line("history", times, values);
    plot.line("line1", series_.held_out_times, series_.held_out_mean);
    plot.line("line0", series_.forecast_times, series_.mean);
    const auto x_ticks = report_.calendar ? calendar_ticks(x.low, x.high, 8) : number_ticks(x.low, x.high, 8, 1);
    return plot.html(sentence(title, " of ", series_.name), description(times, values), x_ticks,
                     number_ticks(y.low, y.high, height < 200 ? 2 : 5));
  }

  std::string description(Numbers times, Numbers values) const {
    std::string text;
    if (!times.empty()) {
      Extremes extremes;
      extremes.add(values);
      const auto missing = std::ranges::count_if(values, [](double value) { return std::isnan(value); });
      text = sentence(times.size(), " values from ", time(times.front()), " to ", time(times.back()),
                      missing == 0 ? "" : sentence(", of which ", missing, missing == 1 ? " is" : " are", " missing"));
      if (extremes.low <= extremes.high) {
        text += sentence(", the smallest ", readable(extremes.low), ", the largest ", readable(extremes.high));
      }
      text += ". ";
    }
    if (!series_.mean.empty()) {
      text += sentence("The forecast of ", series_.mean.size(), " steps goes from ", readable(series_.mean.front()),
                       " at ", time(series_.forecast_times.front()), " to ", readable(series_.mean.back()), " at ",
                       time(series_.forecast_times.back()), ".");
    }
    return text;
  }

  std::string legend() const {
    std::string text = "<figcaption>" + line_key("what came", "history");
    if (!series_.mean.empty()) text += line_key("forecast", "line0");
    for (std::size_t k = 0; k < bands_.size() && !series_.quantiles.empty(); ++k) {
      text += band_key(band_name(report_.levels, bands_[k]), k);
    }
    if (!series_.held_out_mean.empty()) text += line_key("forecast of what was held out", "line1");
    return text + "</figcaption>\n";
  }

  /// The forecast as numbers.
  std::string steps() const {
    if (series_.mean.empty()) return "";
    ReportTable table{.title = "Forecast of " + series_.name, .columns = {"when", "forecast"}};
    const bool has_band = !bands_.empty() && !series_.quantiles.empty();
    const std::size_t Q = report_.levels.size();
    if (has_band) {
      for (const std::size_t level : {bands_[0].lower, bands_[0].upper}) {
        table.columns.push_back(percent(report_.levels[level]));
      }
    }
    for (std::size_t h = 0; h < series_.mean.size(); ++h) {
      table.rows.push_back({time(series_.forecast_times[h]), readable(series_.mean[h])});
      if (!has_band) continue;
      for (const std::size_t level : {bands_[0].lower, bands_[0].upper}) {
        table.rows.back().push_back(readable(series_.quantiles[h * Q + level]));
      }
    }
    return "<details><summary>The forecast as numbers</summary>\n" + table_html(table, table.title, most_steps) +
           "</details>\n";
  }

  const Report& report_;
  const ReportSeries& series_;
  std::vector<Band> bands_;
};

constexpr std::array<std::string_view, 5> line_styles{"line0", "line1", "line2", "line3", "line4"};

/// Errors by steps ahead, of those that have any, where there is more than one step.
std::string errors_figure(const Report& report) {
  Extremes y{.low = 0, .high = 0};
  std::size_t steps = 0;
  std::vector<const ReportLine*> lines;
  std::string legend, means;
  for (const ReportLine& line : report.errors) {
    double sum = 0, count = 0;
    for (const double error : line.errors) {
      if (!std::isfinite(error)) continue;
      sum += error;
      ++count;
    }
    if (count == 0 || lines.size() == line_styles.size()) continue;
    legend += line_key(line.name, line_styles[lines.size()]);
    means += sentence(means.empty() ? "" : ", ", line.name, " ", readable(sum / count));
    steps = std::max(steps, line.errors.size());
    y.add(line.errors);
    lines.push_back(&line);
  }
  if (steps < 2) return "";
  const Extremes x{1, static_cast<double>(steps)};
  y.high = y.padded(0.04).high;
  std::vector<double> ahead(steps);
  for (std::size_t h = 0; h < steps; ++h) ahead[h] = static_cast<double>(h + 1);
  Plot plot(x, y, 260);
  for (std::size_t k = lines.size(); k-- > 0;) {  // that of the model last, on top
    plot.line(line_styles[k], Numbers(ahead).first(lines[k]->errors.size()), lines[k]->errors);
  }
  const std::string title = report.error_name + " by steps ahead";
  return sentence("<figure>\n<figcaption>", escaped(title), "</figcaption>\n",
                  plot.html(title, "The means over the steps: " + means, number_ticks(x.low, x.high, 8, 1),
                            number_ticks(y.low, y.high, 5)),
                  "<figcaption>", legend, "</figcaption>\n</figure>\n");
}

/// Nothing if there is no content.
std::string section(std::string_view title, std::string_view content) {
  if (content.empty()) return "";
  return sentence("<section>\n<h2>", escaped(title), "</h2>\n", content, "</section>\n");
}

std::string paragraph(std::string_view text, std::string_view attributes = "") {
  return text.empty() ? "" : sentence("<p", attributes, ">", escaped(text), "</p>\n");
}

std::string section(std::string_view otherwise, const ReportTable& table, const std::string& above = "") {
  const std::string_view title = table.title.empty() ? otherwise : table.title;
  return section(title, above + paragraph(table.note) + table_html(table, title));
}

}  // namespace

std::string report_html(const Report& report) {
  std::string figures;
  const std::size_t drawn = std::min(report.series.size(), most_series);
  const std::size_t count = std::max(report.series_count, report.series.size());
  for (const ReportSeries& series : std::span(report.series).first(drawn))
    figures += SeriesFigure(report, series).html();
  if (drawn < count) figures += paragraph(sentence(drawn, " of ", count, " series are drawn."));

  return sentence(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      // Whatever a text of the data may be: nothing is fetched, and no script runs.
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>",
      escaped(report.title), "</title>\n<style>", report_style, "</style>\n</head>\n<body>\n<main>\n<h1>",
      escaped(report.title), "</h1>\n", paragraph(report.subtitle, " class=\"quiet\""),
      paragraph(report.verdict, " class=\"verdict\""), section("Forecast", figures),
      section("Errors", report.methods, errors_figure(report)), section("What was found", list_html(report.found)),
      section("What was chosen, and why", list_html(report.chosen)), section("Trials", report.trials),
      section("All series", report.all_series), "</main>\n</body>\n</html>\n");
}

}  // namespace tools
