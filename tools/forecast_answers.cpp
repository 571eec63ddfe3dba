#include "forecast_answers.hpp"

#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>

#include "forecast_output.hpp"
#include "json_text.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/series/csv.hpp"

namespace tools {

using rnnts::DataError;
using rnnts::FileError;
using rnnts::detail::CsvReader;
using rnnts::detail::sentence;

namespace {

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
    text += "," + number_text(mean[h]);
    for (const double quantile : quantiles.subspan(h * Q, Q)) text += "," + number_text(quantile);
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

/// Goes to the row on the line that has come, if there is one.
bool next_row(CsvReader& rows, ForecastStream& stream) {
  try {
    return rows.next();
  } catch (const FileError& error) {
    throw FileError(error.what() + stream.leave_out());
  }
}

}  // namespace

std::size_t answer_rows(ForecastStream& stream, const ForecastModel& model, const rnnts::CsvOptions& csv, bool json,
                        std::istream& rows, std::ostream& answers, std::ostream& errors) {
  const std::string name = "standard input";
  std::size_t line_number = 0, taken = 0, answered = 0, refused = 0;
  const auto refuse = [&](const std::string& message) {
    errors << (json ? json_text({{"error", message}, {"exit_code", 2}}, -1) : "rnnts: " + message) << std::endl;
    ++refused;
  };
  std::optional<CsvReader> reader;
  std::string unread;  // lines, the reader takes them when they are there
  for (std::string line; std::getline(rows, line);) {
    ++line_number;
    unread += line + "\n";
    if (!reader) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      reader.emplace(name, csv, [&unread](std::string& text) { text += std::exchange(unread, ""); });
      stream.find_columns(*reader);
      if (!json) answers << header_of(model) << std::endl;
      continue;
    }
    try {
      if (!next_row(*reader, stream)) continue;
      ++taken;
      const auto forecast = stream.take(*reader);
      if (!forecast) continue;
      answers << (json ? json_of(stream, *forecast) : row_of(stream, *forecast)) << std::endl;
      ++answered;
    } catch (const FileError& error) {  // says itself where
      refuse(error.what());
    } catch (const rnnts::Error& error) {
      refuse(sentence(name, ":", line_number, ": ", error.what()));
    }
  }
  if (answered == 0 && refused == 0) {
    throw DataError(sentence(name, ": expected at least ", stream.needed(), " rows of a series, found ", taken));
  }
  return refused;
}

}  // namespace tools
