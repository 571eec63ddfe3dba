// `rnnts forecast --stream`: answers each row on standard input with a forecast.
#pragma once

#include <chrono>
#include <cstddef>
#include <istream>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "forecast_data.hpp"
#include "forecast_model.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/forecast/time_step.hpp"

namespace tools {

/// The last values of series whose rows come one by one, and the forecasts from there.
class ForecastStream {
 public:
  /// `step` is what the model's notes say of its data. Refers to the model.
  ///
  /// Throws ArgumentError if the model is of series that have no row for each value, or looks at columns known in
  /// advance that are not those of the calendar.
  ForecastStream(const ForecastModel& model, const DataOptions& data, std::string step);

  /// Goes on behind these series.
  void begin_with(const rnnts::SeriesTable& history);

  /// Takes the names of the columns.
  ///
  /// Throws FileError if one is missing that the model looks at.
  void take_header(std::string_view line);

  /// Takes a row, and returns the forecast of what follows it; none while there are too few of its series.
  ///
  /// Throws DataError if the row cannot be used, with no line. After a gap in time that is not filled, its series
  /// begins anew with it.
  std::optional<rnnts::Forecast> take(std::string_view line);

  /// The series, and the time, if there are times, of the last row that was taken.
  const std::string& unique_id() const { return unique_id_; }
  const std::string& time() const { return time_; }

  /// How many rows of a series there must be.
  std::size_t needed() const { return model_.least_values(); }

 private:
  struct Recent {
    std::vector<double> values = {};
    std::map<std::string, std::vector<double>> past = {};
    std::map<std::string, double> fixed = {};
    std::optional<std::chrono::sys_seconds> last = {};  ///< time
  };

  std::size_t column(const std::string& name) const;
  double number(const std::vector<std::string>& fields, std::size_t column) const;
  void make_room(Recent& series, std::chrono::sys_seconds time);
  void append(Recent& series, double value, const std::map<std::string, double>& past) const;

  const ForecastModel& model_;
  DataOptions data_;
  std::string step_text_;
  std::optional<rnnts::TimeStep> step_;  ///< known once there are two times
  std::vector<std::string> names_;
  std::map<std::string, Recent> series_;
  std::string unique_id_, time_;
};

/// Reads rows until there are none, and answers each. Returns how many could not be used: each of these has a line on
/// `errors`. Answers are rows of CSV, or lines of JSON, as errors are then.
///
/// Throws what `ForecastStream::take_header` does; DataError if there were too few rows for a forecast.
std::size_t answer_rows(ForecastStream& stream, const ForecastModel& model, bool json, std::istream& rows,
                        std::ostream& answers, std::ostream& errors);

}  // namespace tools
