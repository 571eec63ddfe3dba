#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "html.hpp"
#include "plot.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/random.hpp"
#include "support/catch.hpp"
#include "ticks.hpp"

using namespace tools;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double day = 86400;
const std::string nasty = "<script>alert(1)</script>\"'&";

std::vector<std::string> labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> all;
  for (const Tick& tick : ticks) all.push_back(tick.label + (tick.context.empty() ? "" : "/" + tick.context));
  return all;
}

/// n values with a forecast of `steps`, and one for the last ones of them.
ReportSeries made_series(std::size_t n, std::size_t steps, std::size_t levels) {
  ReportSeries series{.name = "made"};
  rnnts::Random random(rnnts::seed(1));
  const auto add = [&](std::size_t first, std::size_t count, auto& times, auto& values, auto* quantiles) {
    for (std::size_t t = first; t < first + count; ++t) {
      times.push_back(static_cast<double>(t) * day);
      values.push_back(random.normal());
      if (quantiles == nullptr) continue;
      for (std::size_t q = 0; q < levels; ++q) quantiles->push_back(values.back() + static_cast<double>(q) - 1);
    }
  };
  add(0, n, series.times, series.values, static_cast<std::vector<double>*>(nullptr));
  add(n, steps, series.forecast_times, series.mean, &series.quantiles);
  add(n - steps, steps, series.held_out_times, series.held_out_mean, &series.held_out_quantiles);
  return series;
}

Report made_report(std::size_t n = 100, std::size_t steps = 5) {
  return {.title = "title",
          .subtitle = "subtitle",
          .verdict = "verdict",
          .calendar = true,
          .found = {{"name", "value"}},
          .levels = {0.1, 0.5, 0.9},
          .series = {made_series(n, steps, 3)},
          .errors = {{"model", {1, 2, 3}}, {"naive", {2, missing, 4}}},
          .methods = {.note = "note", .columns = {"", "MAE"}, .rows = {{"model", "2"}, {"naive", "3"}}, .marked = 0},
          .chosen = {{"look_back", "36, as less is worse"}},
          .trials = {.columns = {"trial"}, .rows = {{"0"}}},
          .all_series = {.columns = {"series"}, .rows = {{"made"}}}};
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// What the first path of this style draws.
std::string drawn(const std::string& page, const std::string& style) {
  const std::string before = "<path class=\"" + style + "\" d=\"";
  const std::size_t begin = page.find(before);
  if (begin == page.npos) return "";
  return page.substr(begin + before.size(), page.find('"', begin + before.size()) - begin - before.size());
}

/// The first tag that is not closed where it should be, or nothing.
std::string unclosed(const std::string& page) {
  std::vector<std::string> open;
  static const std::regex tag("<(/?)([a-z0-9]+)([^>]*)>");
  for (std::sregex_iterator at(page.begin(), page.end(), tag), end; at != end; ++at) {
    const std::string name = (*at)[2];
    if (name == "meta" || (*at)[3].str().ends_with("/")) continue;
    if ((*at)[1].length() == 0) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return "</" + name + ">";
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

/// The contrast of two colours as #rrggbb (Web Content Accessibility Guidelines 2.2, "contrast ratio").
double contrast(const std::string& a, const std::string& b) {
  const auto luminance = [](const std::string& colour) {
    double sum = 0;
    const double weights[] = {0.2126, 0.7152, 0.0722};
    for (std::size_t k = 0; k < 3; ++k) {
      const double share = std::stoi(colour.substr(1 + 2 * k, 2), nullptr, 16) / 255.0;
      sum += weights[k] * (share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4));
    }
    return sum + 0.05;
  };
  return std::max(luminance(a), luminance(b)) / std::min(luminance(a), luminance(b));
}

}  // namespace

TEST_CASE("ticks are round numbers within the axis") {
  using Labels = std::vector<std::string>;
  CHECK(labels(number_ticks(3, 97, 5)) == Labels{"20", "40", "60", "80"});
  CHECK(labels(number_ticks(-0.31, 0.3, 6)) == Labels{"-0.2", "0.0", "0.2"});
  CHECK(labels(number_ticks(0, 1.3e6, 3)) == Labels{"0.0", "0.5M", "1.0M"});
  CHECK(labels(number_ticks(98000, 121000, 3)) == Labels{"100k", "110k", "120k"});
  CHECK(labels(number_ticks(0, 3e-6, 3)) == Labels{"0", "1e-06", "2e-06", "3e-06"});
  CHECK(labels(number_ticks(1.0001e-6, 1.0002e-6, 3)) == Labels{"1.0001e-06", "1.00015e-06", "1.0002e-06"});
  CHECK(labels(number_ticks(1, 3, 8, 1)) == Labels{"1", "2", "3"});  // no steps between
  rnnts::Random random(rnnts::seed(2));
  for (int k = 0; k < 1000; ++k) {
    const double low = random.uniform(-1, 1) * std::pow(10, random.uniform(-9, 9));
    const double high = low + std::pow(10, random.uniform(-3, 3)) * std::abs(low);
    const auto ticks = number_ticks(low, high, 5);
    CAPTURE(low, high);
    CHECK((ticks.size() >= 2 && ticks.size() <= 6));
    CHECK((ticks.front().at >= low - 1e-9 * (high - low) && ticks.back().at <= high + 1e-9 * (high - low)));
    for (std::size_t t = 1; t < ticks.size(); ++t) CHECK(ticks[t].label != ticks[t - 1].label);
  }
}

TEST_CASE("ticks of a calendar are its years, months, Mondays, days and hours") {
  using Labels = std::vector<std::string>;
  CHECK(labels(calendar_ticks(-662688000, -283996800, 8)) == Labels{"1950", "1952", "1954", "1956", "1958", "1960"});
  const double leap_year = 1704067200;  // 2024-01-01, a Monday
  CHECK(labels(calendar_ticks(leap_year - 40 * day, leap_year + 90 * day, 5)) ==
        Labels{"Dec", "Jan/2024", "Feb", "Mar"});
  CHECK(labels(calendar_ticks(leap_year + 57 * day, leap_year + 61 * day, 5)) ==
        Labels{"27 Feb/2024", "28 Feb", "29 Feb", "1 Mar", "2 Mar"});
  CHECK(labels(calendar_ticks(leap_year + 1, leap_year + 30 * day, 5)) ==
        Labels{"8 Jan/2024", "15 Jan", "22 Jan", "29 Jan"});
  CHECK(labels(calendar_ticks(leap_year - 7 * 3600, leap_year + 7 * 3600, 5)) ==
        Labels{"18:00/31 Dec 2023", "21:00", "00:00/1 Jan 2024", "03:00", "06:00"});
  CHECK(labels(calendar_ticks(leap_year, leap_year + 20, 5)) ==
        Labels{"00:00:00/1 Jan 2024", "00:00:05", "00:00:10", "00:00:15", "00:00:20"});
  CHECK(labels(calendar_ticks(0, 3e12, 3)) == labels(number_ticks(0, 3e12, 3)));  // no calendar goes so far
  CHECK(date_text(leap_year) == "2024-01-01");
  CHECK(date_text(leap_year + 13 * 3600 + 60) == "2024-01-01 13:01");
  CHECK(date_text(-1) == "1969-12-31 23:59:59");
}

TEST_CASE("numbers are written for reading") {
  CHECK(readable(0.012341) == "0.01234");
  CHECK(readable(1234567) == "1234567");
  CHECK(readable(-5) == "-5");
}

TEST_CASE("a report is one page with all its parts, whose tags are closed") {
  const std::string page = report_html(made_report());
  for (const char* part : {"title", "subtitle", "verdict", "value", "note", "36, as less is worse", "80 % interval",
                           "100 values from 1970-01-01 to 1970-04-10", "Trials", "All series"}) {
    CHECK_THAT(page, ContainsSubstring(part));
  }
  CHECK(unclosed(page).empty());
  CHECK(count(page, "<svg role=\"img\"") == count(page, "<title>") - 1);  // beside that of the page
  CHECK(count(page, "<svg role=\"img\"") == count(page, "<desc>"));
}

TEST_CASE("a report needs no network and no script") {
  const std::string page = report_html(made_report());
  for (const char* part : {"://", "src=", "href=", "@import", "url(", "<script", "<link", "onload"}) {
    CHECK_THAT(page, !ContainsSubstring(part));
  }
  CHECK_THAT(page, ContainsSubstring("default-src 'none'"));
}

TEST_CASE("no text of a report is markup") {
  Report report = made_report();
  for (std::string* text : {&report.title, &report.subtitle, &report.verdict, &report.series[0].name,
                            &report.error_name, &report.errors[0].name}) {
    *text = nasty;
  }
  report.found = report.chosen = {{nasty, nasty}};
  report.methods = report.trials = report.all_series = {nasty, nasty, {nasty}, {{nasty}}};
  const std::string page = report_html(report);
  CHECK_THAT(page, !ContainsSubstring("<script") && !ContainsSubstring(nasty) && !ContainsSubstring("&amp;lt;"));
  // Each twice in a list; title, note, column and cell of a table, and its title once more for readers of screens.
  CHECK(count(page, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;") >= 2 * 2 + 3 * 5 + 6);
  CHECK(unclosed(page).empty());
}

TEST_CASE("a long text is cut between characters") {
  CHECK(escaped("abc", 3) == "abc");
  CHECK(escaped("abcd", 3) == "abc…");
  CHECK(escaped("ab€", 4) == "ab…");
}

TEST_CASE("missing values are gaps in a plot, and one between two gaps is a dot") {
  Plot plot({0, 10}, {0, 10});
  const std::vector<double> x{0, 1, 2, 3, 4, 5, 6, 7}, y{1, 1, missing, 5, missing, 2, 2, 3};
  plot.line("it", x, y);
  const std::string svg = plot.html("", "", {}, {});
  CHECK(drawn(svg, "it") == "M0 270L100 270M500 240L600 240L700 210");
  CHECK(drawn(svg, "it dot") == "M300 150h0");
}

TEST_CASE("a line of many values is thinned, but its extremes and gaps stay") {
  const std::size_t n = 100000;
  std::vector<double> x(n), y(n);
  for (std::size_t k = 0; k < n; ++k) x[k] = static_cast<double>(k);
  y[31234] = 10;
  y[77777] = -10;
  std::fill(y.begin() + 50000, y.begin() + 51000, missing);
  Plot plot({0, static_cast<double>(n)}, {-20, 20});
  plot.line("it", x, y);
  const std::string path = drawn(plot.html("", "", {}, {}), "it");
  CHECK(path.size() < 20000);
  CHECK_THAT(path, ContainsSubstring("L312.3 75L"));
  CHECK_THAT(path, ContainsSubstring("L777.8 225L"));
  CHECK(count(path, "M") == 2);
}

TEST_CASE("a band goes around what lies between its bounds") {
  Plot plot({0, 4}, {0, 10}, 100);
  const std::vector<double> x{0, 2, 4}, lower{1, 2, 3}, upper{5, 6, 7};
  plot.band("it", x, lower, upper);
  CHECK(drawn(plot.html("", "", {}, {}), "it") == "M1000 30L500 40L0 50L0 90L500 80L1000 70Z");
}

TEST_CASE("a report stays below a megabyte, and says what it leaves out") {
  Report report = made_report(50000, 2000);
  report.levels = {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95};
  report.series.assign(7, made_series(50000, 2000, report.levels.size()));
  report.series_count = 100000;
  report.errors.assign(7, {"model", std::vector<double>(2000, 1)});
  ReportTable table{.columns = std::vector<std::string>(6, "error")};
  table.rows.assign(5000, std::vector<std::string>(6, "1234.5678"));
  report.trials = report.all_series = report.methods = table;
  const std::string page = report_html(report);
  CHECK(page.size() < 1000000);
  CHECK_THAT(page, ContainsSubstring("6 of 100000 series are drawn.") &&
                       ContainsSubstring("The first 400 of 5000 rows.") &&
                       ContainsSubstring("The first 60 of 2000 rows."));
}

TEST_CASE("what cannot be drawn leaves no number that is none") {
  Report report = made_report();
  report.series = {{.name = "nothing"},
                   {.name = "gaps", .times = {0, 1}, .values = {missing, missing}},
                   {.name = "alike", .times = {0, 1}, .values = {5, 5}},
                   {.name = "large", .times = {0, 1}, .values = {-1.7e308, 1.7e308}},
                   {.name = "infinite", .times = {0, 1, 2}, .values = {1, -HUGE_VAL, 3}}};
  report.errors = {{"model", {missing, missing}}, {"naive", {}}, {"drift", {1, missing}}};
  std::string page = report_html(report);
  page.erase(0, page.find("<body>"));
  CHECK(page.find("nan") == page.npos);
  CHECK(page.find("inf ") == page.npos);
  CHECK_THAT(page, ContainsSubstring("The means over the steps: drift 1<"));
  CHECK(report_html({}).find("<h2>") == std::string::npos);
}

TEST_CASE("lengths that do not fit are refused with their series") {
  const auto message = [](auto change) {
    Report report = made_report();
    change(report);
    try {
      report_html(report);
      return std::string("nothing was thrown");
    } catch (const rnnts::Error& error) {
      return std::string(error.what());
    }
  };
  CHECK(message([](Report& of) { of.series[0].values.pop_back(); }) ==
        "report_html: series 'made': expected 100 values, found 99");
  CHECK(message([](Report& of) { of.series[0].quantiles.pop_back(); }) ==
        "report_html: series 'made': expected 15 quantiles, found 14");
  CHECK(message([](Report& of) { of.series[0].held_out_times.pop_back(); }) ==
        "report_html: series 'made': expected 5 held_out_times, found 4");
  CHECK(message([](Report& of) { of.series[0].times[7] = 0; }) ==
        "report_html: series 'made': times[7] is 0, expected a finite number above that before it");
  CHECK(message([](Report& of) { of.series[0].forecast_times[0] = missing; }) ==
        "report_html: series 'made': forecast_times[0] is nan, expected a finite number above that before it");
  CHECK(message([](Report& of) { of.methods.rows[1].pop_back(); }) ==
        "report_html: row 1 (counted from 0) of the table 'Errors': expected 2 cells, found 1");
}

TEST_CASE("texts and lines of a report stand out from the paper, in light and dark") {
  const std::string page = report_html({});
  std::map<std::string, std::vector<std::string>> colours;
  static const std::regex colour("--([a-z0-9]+): (#[0-9a-f]{6});");
  for (std::sregex_iterator at(page.begin(), page.end(), colour), end; at != end; ++at) {
    colours[(*at)[1]].push_back((*at)[2]);
  }
  REQUIRE(colours["paper"].size() == 2);
  for (const std::size_t mode : {0u, 1u}) {
    for (const auto& [name, of] : colours) {
      if (name == "paper" || name == "raised" || name == "edge") continue;
      CAPTURE(name, mode);
      REQUIRE(of.size() == 2);
      // 4.5 is asked for texts, 3 for lines.
      CHECK(contrast(of[mode], colours["paper"][mode]) >= 4.5);
      CHECK(contrast(of[mode], colours["raised"][mode]) >= 4.5);
    }
  }
}
