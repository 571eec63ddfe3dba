#include "forecast_stream.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "forecast_output.hpp"
#include "forecast_path.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/fill_missing.hpp"
#include "rnnts/series/csv.hpp"
#include "rnnts/series/dates.hpp"

namespace tools {

using rnnts::DataError;
using rnnts::FileError;
using rnnts::detail::CsvReader;
using rnnts::detail::in_quotes;
using rnnts::detail::sentence;
using rnnts::detail::trimmed;

namespace {

bool is_missing(double number) { return std::isnan(number); }

/// What is wrong with a value that a model does not take; empty if it takes it.
std::string refusal(const ForecastModel& model, double value) {
  if (is_missing(value) || std::isfinite(ChosenScale(model.options().scale).transform(value))) return "";
  return sentence("expected ", ChosenScale::domain, ", found ", value);
}

/// The number in a field of a row, NaN if it is a missing one.
double number(const CsvReader& row, std::size_t column) {
  const auto& field = row.field(column);
  const std::string_view text = trimmed(field.text);
  if (row.is_missing(text)) return std::numeric_limits<double>::quiet_NaN();
  const auto [value, error] = rnnts::detail::parse_number<double>(text, row.options());
  if (error == std::errc() && std::isfinite(value)) return value;
  throw row.error_at(field.position, sentence(row.describe(column), ": expected a number, found ", in_quotes(text)));
}

}  // namespace

ForecastStream::ForecastStream(const ForecastModel& model, const DataOptions& data, const rnnts::TimeStep& step)
    : model_(model),
      data_(data),
      step_(step),
      fills_(!data.fill.empty() && !data.is_masked() && (data.fill != "seasonal" || data.season > 0)),
      takes_missing_(fills_ || data.is_masked()),
      takes_gaps_(fills_ || (data.is_masked() && data.past.empty())) {
  if (data_.layout != "long") {
    throw rnnts::ArgumentError(sentence("--stream: expected a model of a file with a row for each value, found one of ",
                                        "the layout ", data_.layout));
  }
  if (!data_.known.empty()) {
    throw rnnts::ArgumentError(sentence("--stream: expected a model without columns known in advance, as rows have ",
                                        "what is known now, found ", in_quotes(data_.known.front())));
  }
}

void ForecastStream::begin_with(const rnnts::SeriesTable& history) {
  for (std::size_t s = 0; s < history.size(); ++s) {
    const auto& [unique_id, values] = history.series[s];
    Recent& recent = series_[unique_id];
    const std::size_t count = std::min(needed(), values.size());
    const auto last_of = [&](const std::vector<double>& numbers) {
      const auto first = numbers.begin() + static_cast<std::ptrdiff_t>(values.size() - count);
      return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(count));
    };
    recent.values = last_of(values);
    for (const double value : recent.values) {
      const std::string refused = refusal(model_, value);
      if (!refused.empty()) throw DataError(sentence(data_.file, ": series ", in_quotes(unique_id), ": ", refused));
    }
    for (const auto& [name, numbers] : history.past) recent.past[name] = last_of(numbers[s]);
    for (const auto& [name, numbers] : history.fixed) recent.fixed[name] = numbers[s];
    if (history.has_times()) recent.last = history.time(s, values.size() - 1);
  }
}

void ForecastStream::find_columns(const CsvReader& rows) try {
  const auto find = [&](const std::string& name) -> std::optional<std::size_t> {
    if (name.empty()) return {};
    return rows.find(name);
  };
  columns_ = {.target = rows.find(data_.target), .id = find(data_.id), .time = find(data_.time)};
  for (const std::string& name : data_.past) columns_.past[name] = rows.find(name);
  for (const std::string& name : data_.fixed) columns_.fixed[name] = rows.find(name);
} catch (const FileError& error) {
  if (rows.width() > 1) throw;
  throw FileError(sentence(error.what(), "; --separator says what is between them"));
}

/// Reads the current row. Throws FileError if it has not what a row has to have.
ForecastStream::Row ForecastStream::read(const CsvReader& row, const Recent& series) const {
  const auto expect = [&](std::size_t column, bool is_taken, const std::string& text) {
    if (!is_taken) throw row.error_at(row.field(column).position, sentence(row.describe(column), ": ", text));
  };
  Row read;
  if (columns_.time) {
    read.time = rnnts::detail::csv_time(row, *columns_.time, "a time as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS");
  }
  read.value = number(row, columns_.target);
  const std::string missing = "expected a number, found a missing one";
  expect(columns_.target, takes_missing_ || !is_missing(read.value), missing);
  const std::string refused = refusal(model_, read.value);
  expect(columns_.target, refused.empty(), refused);
  for (const auto& [name, column] : columns_.past) {
    read.past[name] = number(row, column);
    expect(column, fills_ || !is_missing(read.past[name]), missing);
  }
  for (const auto& [name, column] : columns_.fixed) {
    double& fixed = read.fixed[name] = number(row, column);
    const auto before = series.fixed.find(name);
    if (is_missing(fixed) && before != series.fixed.end()) fixed = before->second;
    expect(column, !is_missing(fixed), missing);
  }
  return read;
}

std::string ForecastStream::leave_out() {
  if (columns_.time) return "";  // the time of the next row says that there is a gap
  if (columns_.id) return "; its series, whichever it is, goes on without it";
  return leave_out(series_[data_.target]);
}

/// Leaves out a row without a time, which is a step all the same.
std::string ForecastStream::leave_out(Recent& series) const {
  if (series.values.empty()) return "";
  if (takes_gaps_ && append_missing(series, 1)) return "; it counts as a missing value";
  series = {};
  return "; the series begins anew behind it";
}

/// From one time to a later one; 0 if that is no whole number of them. The last day of a month stands for each day that
/// the month has not.
std::size_t ForecastStream::steps_between(Time from, Time to) const {
  if (step_.months.count() != 0) {
    const auto months = rnnts::detail::step_between(from, to).months;
    return months % step_.months == std::chrono::months(0) ? static_cast<std::size_t>(months / step_.months) : 0;
  }
  return step_.seconds.count() > 0 ? rnnts::detail::steps_between(step_, from, to) : 0;
}

/// Makes room for the values between the last row and one at this time. Where these can be neither filled nor missing
/// the series has to begin anew: returns why, or an empty text.
///
/// Throws DataError if the row is to be left out: one that is not behind the last one, or so far that its time may be
/// wrong, unless the next one is behind that.
std::string ForecastStream::make_room(Recent& series, Time time) const {
  if (!series.last) return "";
  const Time last = *series.last;
  const bool has_one = series.values.size() == 1;  // whose time may be the wrong one
  if (time == last || (time < last && !has_one)) {
    throw DataError(sentence("expected a time after ", rnnts::time_text(last), ", found ", rnnts::time_text(time)));
  }
  const std::size_t steps = time < last ? 0 : steps_between(last, time);
  if (steps == 1) return "";
  const auto is_near = [](std::size_t count, std::size_t most) { return 0 < count && count <= most; };
  const bool is_gap = is_near(steps, std::min(needed(), series.values.size()));
  if (is_gap && takes_gaps_ && append_missing(series, steps - 1)) return "";
  const std::string found = sentence("expected a value every ", step_.text(), ", found ", rnnts::time_text(time),
                                     " after ", rnnts::time_text(last));
  const bool is_after_doubted =
      series.doubted && time > *series.doubted && is_near(steps_between(*series.doubted, time), needed());
  if (!is_gap && !has_one && !is_after_doubted) {
    series.doubted = time;
    throw DataError(found + "; left out, unless the next row follows it");
  }
  series = {};
  return found + "; the series begins anew with it";
}

/// Appends missing values to a series that has some. Returns whether it goes on: with nothing known among as many as
/// forecasts look back on it does not, and becomes empty.
bool ForecastStream::append_missing(Recent& series, std::size_t count) const {
  const auto add = [&](std::vector<double>& numbers) {
    numbers.insert(numbers.end(), count, std::numeric_limits<double>::quiet_NaN());
  };
  add(series.values);
  for (auto& [name, numbers] : series.past) add(numbers);
  const auto last = std::span(series.values).last(std::min(needed(), series.values.size()));
  if (!std::ranges::all_of(last, is_missing)) return true;
  series = {};
  return false;
}

/// Appends a row, and fills what was missing until then if its value is known. A series begins with a row in which
/// nothing is missing.
void ForecastStream::append(Recent& series, const Row& row) const {
  const bool is_known = !is_missing(row.value);
  if (series.values.empty() &&
      (!is_known || std::ranges::any_of(row.past, [](const auto& column) { return is_missing(column.second); }))) {
    return;
  }
  if (!is_known) {
    if (!append_missing(series, 1)) return;
    for (const auto& [name, number] : row.past) series.past[name].back() = number;
  } else {
    const auto add = [this](std::vector<double>& numbers, double number) {
      numbers.push_back(number);
      if (fills_) rnnts::fill_missing(numbers, missing_value(data_.fill), data_.season);
      if (numbers.size() > needed()) {
        numbers.erase(numbers.begin(), numbers.end() - static_cast<std::ptrdiff_t>(needed()));
      }
    };
    add(series.values, row.value);
    for (const auto& [name, number] : row.past) add(series.past[name], number);
  }
  series.fixed = row.fixed;
  series.last = row.time;
  series.doubted.reset();
}

std::optional<rnnts::Forecast> ForecastStream::take(const CsvReader& row) {
  unique_id_ = columns_.id ? std::string(trimmed(row.field(*columns_.id).text)) : data_.target;
  Recent& recent = series_[unique_id_];
  Row found;
  try {
    found = read(row, recent);
  } catch (const FileError& error) {
    if (columns_.time) throw;  // the time of the next row says that there is a gap
    throw FileError(error.what() + leave_out(recent));
  }
  std::string anew;  // why
  if (found.time) {
    time_ = time_in_row(*found.time, step_);
    anew = make_room(recent, *found.time);
  }
  append(recent, found);
  if (!anew.empty()) throw DataError(anew);
  if ((fills_ && is_missing(found.value)) || recent.values.size() < needed()) return {};

  rnnts::SeriesTable table{.series = {{unique_id_, recent.values}}};
  if (found.time) {
    table.step = step_;
    table.starts = {step_.after(*found.time, 1 - static_cast<std::int64_t>(recent.values.size()))};
  }
  for (const auto& [name, numbers] : recent.past) table.past[name] = {numbers};
  for (const auto& [name, of_series] : recent.fixed) table.fixed[name] = {of_series};
  Lines lines;
  if (data_.calendar) add_calendar(table, model_.options().horizon, lines);
  return model_.predict(table.with_columns());
}

}  // namespace tools
