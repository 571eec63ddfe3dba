#include "forecast_stream.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <system_error>
#include <utility>

#include "json_text.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/fill_missing.hpp"
#include "rnnts/series/csv_reader.hpp"
#include "rnnts/series/dates.hpp"

namespace tools {

using rnnts::DataError;
using rnnts::detail::in_quotes;
using rnnts::detail::sentence;
using rnnts::detail::trimmed;

namespace {

/// The fields of a row on one line. Quotes may enclose commas and doubled quotes.
std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  for (std::size_t k = 0; k < line.size(); ++k) {
    if (line[k] == '"' && is_quoted && k + 1 < line.size() && line[k + 1] == '"') {
      fields.back() += line[k++];
    } else if (line[k] == '"') {
      is_quoted = !is_quoted;
    } else if (line[k] == ',' && !is_quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[k];
    }
  }
  if (is_quoted) throw DataError("a quote is opened and never closed");
  for (std::string& field : fields) field = trimmed(field);
  return fields;
}

rnnts::MissingValue fill_by(const std::string& fill) {
  return fill == "forward"  ? rnnts::MissingValue::forward
         : fill == "linear" ? rnnts::MissingValue::linear
                            : rnnts::MissingValue::seasonal;
}

}  // namespace

ForecastStream::ForecastStream(const ForecastModel& model, const DataOptions& data, std::string step)
    : model_(model), data_(data), step_text_(std::move(step)) {
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
  if (history.has_times()) step_ = history.step;
  for (std::size_t s = 0; s < history.size(); ++s) {
    const auto& [unique_id, values] = history.series[s];
    Recent& recent = series_[unique_id];
    const std::size_t count = std::min(needed(), values.size());
    const auto last_of = [&](const std::vector<double>& numbers) {
      const auto first = numbers.begin() + static_cast<std::ptrdiff_t>(values.size() - count);
      return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(count));
    };
    recent.values = last_of(values);
    for (const auto& [name, numbers] : history.past) recent.past[name] = last_of(numbers[s]);
    for (const auto& [name, numbers] : history.fixed) recent.fixed[name] = numbers[s];
    if (history.has_times()) recent.last = history.time(s, values.size() - 1);
  }
}

void ForecastStream::take_header(std::string_view line) {
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  names_ = split(line);
  std::vector<std::string> needed_names{data_.target};
  for (const std::string* const name : {&data_.id, &data_.time}) {
    if (!name->empty()) needed_names.push_back(*name);
  }
  for (const auto* const names : {&data_.past, &data_.fixed}) {
    needed_names.insert(needed_names.end(), names->begin(), names->end());
  }
  for (const std::string& name : needed_names) {
    if (std::ranges::count(names_, name) == 1) continue;
    throw rnnts::FileError(sentence("standard input:1: expected the names of the columns, one of them ",
                                    in_quotes(name), ", found ", in_quotes(line)));
  }
}

std::size_t ForecastStream::column(const std::string& name) const {
  return static_cast<std::size_t>(std::ranges::find(names_, name) - names_.begin());
}

double ForecastStream::number(const std::vector<std::string>& fields, std::size_t column) const {
  std::string_view text = fields[column];
  text.remove_prefix(text.starts_with('+') ? 1 : 0);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value)) return value;
  throw DataError(
      sentence("column ", in_quotes(names_[column]), ": expected a number, found ", in_quotes(fields[column])));
}

/// Fills the values between the last row and one at this time. Where that is not asked for, the series begins anew.
void ForecastStream::make_room(Recent& series, std::chrono::sys_seconds time) {
  if (!series.last) return;
  const auto last = *series.last;
  if (time <= last) {
    throw DataError(sentence("expected a time after ", rnnts::time_text(last), ", found ", rnnts::time_text(time)));
  }
  const rnnts::TimeStep found = rnnts::detail::step_between(last, time);
  const bool is_first = !step_ && (step_text_ == rnnts::TimeStep{}.text() || found.text() == step_text_);
  if (is_first) step_ = found;
  const std::size_t steps = step_ ? rnnts::detail::steps_between(*step_, last, time) : 0;
  if (steps == 1) return;
  if (steps > 1 && steps <= needed() && !data_.fill.empty()) {
    for (std::size_t k = 1; k < steps; ++k) {
      series.values.push_back(std::numeric_limits<double>::quiet_NaN());
      for (auto& [name, numbers] : series.past) numbers.push_back(std::numeric_limits<double>::quiet_NaN());
    }
    return;
  }
  series = {};
  throw DataError(sentence("expected a value every ", step_ ? step_->text() : step_text_, ", found ",
                           rnnts::time_text(time), " after ", rnnts::time_text(last),
                           "; the series begins anew with it"));
}

void ForecastStream::append(Recent& series, double value, const std::map<std::string, double>& past) const {
  const auto add = [this](std::vector<double>& numbers, double number) {
    numbers.push_back(number);
    if (!data_.fill.empty()) rnnts::fill_missing(numbers, fill_by(data_.fill), data_.season);
    if (numbers.size() > needed()) {
      numbers.erase(numbers.begin(), numbers.end() - static_cast<std::ptrdiff_t>(needed()));
    }
  };
  add(series.values, value);
  for (const auto& [name, number] : past) add(series.past[name], number);
}

std::optional<rnnts::Forecast> ForecastStream::take(std::string_view line) {
  const auto fields = split(line);
  if (fields.size() != names_.size()) {
    throw DataError(sentence("expected ", names_.size(), " fields as in the first line, found ", fields.size()));
  }
  std::optional<std::chrono::sys_seconds> time;
  if (!data_.time.empty()) {
    const std::string& text = fields[column(data_.time)];
    time = rnnts::detail::parse_time(text);
    if (!time) {
      throw DataError(sentence("column ", in_quotes(data_.time),
                               ": expected a time as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS, found ", in_quotes(text)));
    }
  }
  const double value = number(fields, column(data_.target));
  std::map<std::string, double> past, fixed;
  for (const std::string& name : data_.past) past[name] = number(fields, column(name));
  for (const std::string& name : data_.fixed) fixed[name] = number(fields, column(name));

  unique_id_ = data_.id.empty() ? data_.target : fields[column(data_.id)];
  Recent& recent = series_[unique_id_];
  const auto push = [&] {
    append(recent, value, past);
    recent.fixed = fixed;
    recent.last = time;
  };
  if (time) {
    time_ = rnnts::time_text(*time);
    try {
      make_room(recent, *time);
    } catch (const DataError&) {
      if (recent.values.empty()) push();
      throw;
    }
  }
  push();
  if (recent.values.size() < needed()) return {};

  rnnts::SeriesTable table{.series = {{unique_id_, recent.values}}};
  if (time && step_) {
    table.step = *step_;
    table.starts = {step_->after(*time, 1 - static_cast<std::int64_t>(recent.values.size()))};
  }
  for (const auto& [name, numbers] : recent.past) table.past[name] = {numbers};
  for (const auto& [name, of_series] : recent.fixed) table.fixed[name] = {of_series};
  Lines lines;
  if (data_.calendar) add_calendar(table, model_.options().horizon, lines);
  return model_.predict(table.with_columns());
}

namespace {

constexpr int digits = 8;

std::string header_of(const ForecastModel& model) {
  std::string text = "unique_id,ds";
  for (std::size_t h = 1; h <= model.options().horizon; ++h) {
    text += sentence(",forecast_", h);
    for (const double level : model.levels()) text += sentence(",q", level, "_", h);
  }
  return text;
}

std::string row_of(const ForecastStream& stream, const rnnts::Forecast& forecast) {
  std::string text = rnnts::detail::csv_field(stream.unique_id()) + "," + stream.time();
  const auto mean = forecast.mean(), quantiles = forecast.all_quantiles();
  const std::size_t Q = forecast.levels.size();
  for (std::size_t h = 0; h < forecast.horizon; ++h) {
    text += "," + rnnts::detail::rounded(mean[h], digits);
    for (const double quantile : quantiles.subspan(h * Q, Q)) text += "," + rnnts::detail::rounded(quantile, digits);
  }
  return text;
}

std::string json_of(const ForecastStream& stream, const rnnts::Forecast& forecast) {
  nlohmann::json quantiles = nlohmann::json::object();
  for (const double level : forecast.levels) quantiles[sentence(level)] = forecast.quantile(level);
  nlohmann::json answer{{"unique_id", stream.unique_id()}, {"forecast", forecast.values}, {"quantiles", quantiles}};
  if (!stream.time().empty()) answer["ds"] = stream.time();
  return json_text(answer, -1);
}

}  // namespace

std::size_t answer_rows(ForecastStream& stream, const ForecastModel& model, bool json, std::istream& rows,
                        std::ostream& answers, std::ostream& errors) {
  std::size_t line_number = 0, taken = 0, answered = 0, refused = 0;
  bool has_header = false;
  std::string line;
  while (std::getline(rows, line)) {
    ++line_number;
    if (line.ends_with('\r')) line.pop_back();
    if (trimmed(line).empty()) continue;
    if (!std::exchange(has_header, true)) {
      stream.take_header(line);
      if (!json) answers << header_of(model) << std::endl;
      continue;
    }
    try {
      ++taken;
      const auto forecast = stream.take(line);
      if (!forecast) continue;
      answers << (json ? json_of(stream, *forecast) : row_of(stream, *forecast)) << std::endl;
      ++answered;
    } catch (const rnnts::Error& error) {
      const std::string message = sentence("standard input:", line_number, ": ", error.what());
      errors << (json ? json_text({{"error", message}, {"exit_code", 2}}, -1) : "rnnts: " + message) << std::endl;
      ++refused;
    }
  }
  if (answered == 0 && refused == 0) {
    throw DataError(
        sentence("standard input: expected at least ", stream.needed(), " rows of a series, found ", taken));
  }
  return refused;
}

}  // namespace tools
