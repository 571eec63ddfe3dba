#include "forecast_data.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <span>
#include <string_view>

#include "forecast_windows.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/calendar.hpp"
#include "rnnts/forecast/find_season.hpp"
#include "rnnts/forecast/read_series.hpp"
#include "rnnts/forecast/resample.hpp"
#include "rnnts/forecast/series_builder.hpp"
#include "rnnts/series/csv_reader.hpp"

namespace tools {
namespace {

using rnnts::detail::counted;
using rnnts::detail::in_quotes;
using rnnts::detail::sentence;

std::optional<rnnts::CsvColumn> column(const std::string& name) {
  return name.empty() ? std::nullopt : std::optional<rnnts::CsvColumn>(name);
}

constexpr std::array rules{"mean", "sum", "min", "max", "first", "last"};  // in the order of rnnts::Aggregate

rnnts::SeriesTable read_table(const DataOptions& options) {
  rnnts::ReadSeriesOptions how{.allow_missing = !options.fill.empty(), .csv = csv_options(options)};
  if (!options.resample.empty()) {
    const auto rule = std::ranges::find(rules, options.resample) - rules.begin();
    how.resample = {
        .step = rnnts::time_step(options.frequency), .by = static_cast<rnnts::Aggregate>(rule), .whole = true};
  }
  try {
    if (options.layout == "rows") return rnnts::read_series_rows(options.file, how);
    if (options.layout == "columns") return rnnts::read_series_columns(options.file, column(options.time), how);
    return rnnts::read_series(options.file,
                              {.unique_id = column(options.id),
                               .ds = column(options.time),
                               .y = options.target,
                               .known = options.known,
                               .past = options.past,
                               .fixed = options.fixed},
                              how);
  } catch (const rnnts::Error& error) {  // what the library says to programs, said to their users
    std::string message = error.what();
    const auto replace = [&](std::string_view from, std::string_view to, std::string_view by) {
      const auto begin = message.find(from);
      if (begin == std::string::npos) return false;
      message.replace(begin, message.find(to, begin) + to.size() - begin, by);
      return true;
    };
    constexpr std::string_view gaps = rnnts::detail::or_allow_missing, irregular = rnnts::detail::or_resample;
    const bool is_of_column = message.find(": expected a number at ") != message.npos;
    if (message.find("expected a time after that of the value before") != std::string::npos) {
      message +=
          "; the oldest row is to be the first; --id names the column that tells series apart, --time another one of "
          "times, --resample joins rows of one "
          "time";
    } else if (!replace(gaps, gaps,
                        is_of_column ? "; --fill forward, linear or seasonal fills them"
                                     : "; --fill forward, linear or seasonal fills them, masked leaves them missing") &&
               !replace("; if it is missing, put ", "CsvOptions::missing",
                        "; leave the field empty if it is missing, and give --fill") &&
               !replace(" with another CsvOptions::decimal", "CsvOptions::decimal", " with another --decimal") &&
               !replace(irregular, irregular, "; --resample mean --frequency 1h makes hours of them, for example")) {
      throw;
    }
    if (message.find("where most are 1 day apart: expected a value between them") != message.npos) {
      message += "; --time none takes the rows as they follow each other, as those of business days";
    }
    throw rnnts::DataError(message);
  }
}

/// Throws DataError, naming series, column and time, if a number beside the values is missing.
void require_columns(const rnnts::SeriesTable& table, const std::string& file) {
  for (const auto* const columns : {&table.known, &table.past}) {
    for (const auto& [name, of_series] : *columns) {
      for (std::size_t s = 0; s < table.size(); ++s) {
        const auto missing = std::ranges::find_if(of_series[s], [](double x) { return std::isnan(x); });
        if (missing == of_series[s].end()) continue;
        throw rnnts::DataError(sentence(
            file, ": series ", in_quotes(table.series[s].first), ": column ", in_quotes(name),
            ": expected a number at ",
            detail::place_text(table, s, static_cast<std::size_t>(missing - of_series[s].begin())),
            ", found a missing one; --fill masked is for the target, forward, linear or seasonal fill columns too"));
      }
    }
  }
}

void describe(const rnnts::SeriesTable& table, Lines& lines) {
  std::size_t values = 0, shortest = static_cast<std::size_t>(-1), longest = 0;
  for (const auto& [unique_id, numbers] : table) {
    values += numbers.size();
    shortest = std::min(shortest, numbers.size());
    longest = std::max(longest, numbers.size());
  }
  if (table.size() == 1) {
    lines.emplace_back("series", sentence("1, of ", values, " values"));
  } else {
    lines.emplace_back("series",
                       sentence(table.size(), ", of ", shortest, " to ", longest, " values, ", values, " together"));
  }
  if (!table.has_times()) return;
  auto first = table.time(0, 0), last = first;
  for (std::size_t s = 0; s < table.size(); ++s) {
    first = std::min(first, table.time(s, 0));
    last = std::max(last, table.time(s, table.series[s].second.size() - 1));
  }
  lines.emplace_back("frequency", sentence("a value every ", table.step.text(), ", from ", rnnts::time_text(first),
                                           " to ", rnnts::time_text(last)));
}

void find_the_season(const rnnts::SeriesTable& table, DataOptions& options, Lines& lines, std::size_t held_out) {
  if (options.season_given) {
    lines.emplace_back("season", options.season == 0 ? "none, as given"
                                                     : counted(options.season, "step, as given", "steps, as given"));
    return;
  }
  std::vector<std::span<const double>> all, series;
  std::size_t longest = 0;
  for (const auto& [unique_id, values] : table) {
    all.emplace_back(values);
    series.push_back(all.back().first(values.size() - std::min(values.size(), held_out)));
    longest = std::max(longest, series.back().size());
  }
  const auto usual = rnnts::usual_seasons(table.step);
  auto found = rnnts::find_season(series, usual);
  if (found.steps == 0) {  // by all values one for which these are too short
    auto long_ones = usual;
    std::erase_if(long_ones, [&](std::size_t season) { return 3 * season <= longest; });
    found = rnnts::find_season(all, long_ones);
  }
  options.season = found.steps;
  std::string looked_at;
  for (const std::size_t season : usual) looked_at += (looked_at.empty() ? "" : ", ") + std::to_string(season);
  if (found.steps > 0) {
    lines.emplace_back("season", sentence(found.steps, " steps, of the usual ", looked_at,
                                          ": the changes repeat with an autocorrelation of ",
                                          rnnts::detail::rounded(found.autocorrelation, 2)));
  } else {
    lines.emplace_back("season", usual.empty()
                                     ? "none is usual for this frequency"
                                     : sentence("none: the changes do not repeat after ", looked_at, " steps"));
  }
}

}  // namespace

rnnts::SeriesTable read_data(DataOptions& options, Lines& lines, const HeldOut& held_out) {
  auto table = read_table(options);
  describe(table, lines);
  if (!options.resample.empty()) {
    lines.emplace_back(
        "resampled", sentence("the ", options.resample, " of the values of each ", table.step.text(),
                              options.resample == "sum" ? ", 0 where there are none" : "",
                              table.partial == 0 ? ""
                                                 : sentence("; left out at the ends, as the file does not fill them: ",
                                                            table.partial)));
  }
  for (const auto& [option, text, names] : roles(options)) {
    if (!names.empty()) lines.emplace_back(text, list_of(names, names.size()));
  }
  find_the_season(table, options, lines, held_out ? held_out(table) : 0);
  if (table.gaps + table.missing + table.missing_in_columns > 0) {
    if (options.fill == "seasonal" && options.season == 0) {
      throw rnnts::ArgumentError(options.file + ": --fill seasonal: expected a season, found none; --season gives one");
    }
    const std::size_t gaps = table.gaps, missing = table.missing, in_columns = table.missing_in_columns;
    if (options.is_masked()) {
      require_columns(table, options.file);
    } else {
      rnnts::fill_missing(table, missing_value(options.fill), options.season);
    }
    lines.emplace_back(
        "missing",
        sentence(counted(gaps, "value without a row", "values without a row"), ", ", missing, " without a number",
                 in_columns == 0 ? "" : sentence(", ", in_columns, " in columns beside them"),
                 options.is_masked() ? "; masked: the net sees which they are, and learns from the others"
                                     : "; filled: " + options.fill));
  }
  return table;
}

std::vector<std::string> leave_out_short(rnnts::SeriesTable& table, const std::string& file, const LeastValues& least,
                                         Lines& lines) {
  constexpr std::size_t most_named = 5;
  const std::size_t count = table.size() + table.without_values.size();
  const auto size = [](const auto& one) { return one.second.size(); };
  const auto& longest = *std::ranges::max_element(table, {}, size);
  if (size(longest) < least.values) {
    throw rnnts::DataError(sentence(
        file, ": series \"", longest.first, "\"", count == 1 ? "" : sentence(", the longest of ", count),
        ": expected at least ", least.values, " values for ", least.what_for, ", found ", size(longest), least.hint));
  }
  std::vector<std::string> names;
  std::string list;
  const auto add = [&](const std::string& name, std::size_t values) {
    names.push_back(name);
    if (names.size() <= most_named) list += sentence(names.size() == 1 ? "" : ", ", in_quotes(name), " of ", values);
  };
  for (const std::string& name : table.without_values) add(name, 0);
  rnnts::erase_if(table, [&](const auto& one) {
    if (size(one) < least.values) add(one.first, size(one));
    return size(one) < least.values;
  });
  if (names.size() > most_named) list += sentence(" and ", names.size() - most_named, " more");
  if (!names.empty()) {
    lines.emplace_back("left out", sentence(names.size(), " of ", count, " series, of fewer than the ", least.values,
                                            " values for ", least.what_for, ": ", list));
  }
  return names;
}

namespace {

/// What of the calendar is not the same at each step, and its name.
std::pair<rnnts::CalendarParts, std::string> calendar_parts(const rnnts::TimeStep& step) {
  using namespace std::chrono;
  if (step.months % years(1) != months(0)) return {{.hour = false, .weekday = false, .day_of_year = false}, "month"};
  if (step.months == months(0) && step.seconds > seconds(0)) {
    if (step.seconds % days(1) != seconds(0)) return {{.month = false, .day_of_year = false}, "hour and weekday"};
    if (step.seconds % weeks(1) == seconds(0)) {
      return {{.hour = false, .weekday = false, .month = false}, "day of the year"};
    }
    return {{.hour = false, .month = false}, "weekday and day of the year"};
  }
  throw rnnts::ArgumentError("--calendar: expected values more often than once a year, found one every " + step.text());
}

}  // namespace

std::vector<rnnts::ForecastSeries> without_last(const rnnts::SeriesTable& table, std::size_t count) {
  auto all = table.with_columns();
  for (auto& series : all) {
    const std::size_t size = series.values.size() - count;
    series.values.resize(size);
    for (auto* const columns : {&series.known, &series.past}) {
      for (auto& [name, numbers] : *columns) numbers.resize(size);
    }
  }
  return all;
}

std::vector<std::string> add_calendar(rnnts::SeriesTable& table, std::size_t steps, Lines& lines) {
  if (!table.has_times()) throw rnnts::ArgumentError("--calendar: expected a column of times, found none");
  const auto [parts, text] = calendar_parts(table.step);
  std::vector<std::string> names;
  for (const auto& [name, none] : rnnts::calendar_columns({}, parts)) {
    if (table.known.contains(name)) {
      throw rnnts::ArgumentError(sentence("--calendar: expected no column ", in_quotes(name), " beside it, found one"));
    }
    names.push_back(name);
  }
  for (std::size_t s = 0; s < table.size(); ++s) {
    std::vector<std::chrono::sys_seconds> times;
    for (std::size_t t = 0; t < table.series[s].second.size() + steps; ++t) times.push_back(table.time(s, t));
    for (auto& [name, numbers] : rnnts::calendar_columns(times, parts)) table.known[name].push_back(std::move(numbers));
  }
  lines.emplace_back("calendar", text + ", known in advance");
  return names;
}

void require_known(const rnnts::SeriesTable& table, const std::string& file, std::size_t steps) {
  for (const auto& [name, of_series] : table.known) {
    for (std::size_t s = 0; s < table.size(); ++s) {
      const auto& [unique_id, values] = table.series[s];
      const std::size_t found = of_series[s].size() - values.size();
      if (found >= steps) continue;
      throw rnnts::DataError(sentence(file, ": series \"", unique_id, "\": known column ", in_quotes(name),
                                      ": expected ", counted(steps, "row", "rows"),
                                      " after the last value, for a horizon of ", steps, ", found ", found));
    }
  }
}

}  // namespace tools
