// `rnnts forecast --stream`: answers each row on standard input with a forecast.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "forecast_data.hpp"
#include "forecast_model.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/forecast/time_step.hpp"
#include "rnnts/series/csv_reader.hpp"

namespace tools {

/// The last values of series whose rows come one by one, and the forecasts from there.
class ForecastStream {
 public:
  /// `step` is that of the data that the model was trained with. Refers to the model.
  ///
  /// Throws ArgumentError if the model is of series that have no row for each value, or looks at columns known in
  /// advance that are not those of the calendar.
  ForecastStream(const ForecastModel& model, const DataOptions& data, const rnnts::TimeStep& step);

  /// Goes on behind these series, whose values have that step.
  ///
  /// Throws DataError, naming the series, if one has a value that the model does not take.
  void begin_with(const rnnts::SeriesTable& history);

  /// Finds the columns by the names in the first line.
  ///
  /// Throws FileError if one is missing that the model looks at.
  void find_columns(const rnnts::detail::CsvReader& rows);

  /// Takes the current row, and returns the forecast of what follows it; none while there are too few of its series, or
  /// if its value is a missing one that will be filled, not one that stays so.
  ///
  /// Throws FileError, with line and column, or DataError, with neither, if the row cannot be used; then all is as
  /// before but for what the message says.
  std::optional<rnnts::Forecast> take(const rnnts::detail::CsvReader& row);

  /// Leaves out a row that is not even one, and returns what becomes of its series, to be put behind a message.
  std::string leave_out();

  /// The series, and the time, if there are times, of the last row that was taken.
  const std::string& unique_id() const { return unique_id_; }
  const std::string& time() const { return time_; }

  /// How many rows of a series there must be.
  std::size_t needed() const { return model_.least_values(); }

 private:
  using Time = std::chrono::sys_seconds;

  struct Recent {
    std::vector<double> values = {};  ///< NaN where values are missing, until they are filled, if they are
    std::map<std::string, std::vector<double>> past = {};
    std::map<std::string, double> fixed = {};
    std::optional<Time> last = {};     ///< time of the last value
    std::optional<Time> doubted = {};  ///< that of the row behind it, if it was too far from there
  };

  /// What a row says.
  struct Row {
    std::optional<Time> time = {};
    double value = 0;
    std::map<std::string, double> past = {}, fixed = {};
  };

  /// The places of the columns.
  struct Columns {
    std::size_t target = 0;
    std::optional<std::size_t> id = {}, time = {};
    std::map<std::string, std::size_t> past = {}, fixed = {};
  };

  Row read(const rnnts::detail::CsvReader& row, const Recent& series) const;
  std::string leave_out(Recent& series) const;
  std::size_t steps_between(Time from, Time to) const;
  std::string make_room(Recent& series, Time time) const;
  bool append_missing(Recent& series, std::size_t count) const;
  void append(Recent& series, const Row& row) const;

  const ForecastModel& model_;
  DataOptions data_;
  rnnts::TimeStep step_;
  bool fills_;          ///< whether missing values are filled
  bool takes_missing_;  ///< whether they are, or stay missing
  bool takes_gaps_;     ///< whether rows may be missing too: where values stay so, no column may be past only
  Columns columns_;
  std::map<std::string, Recent> series_;
  std::string unique_id_, time_;
};

}  // namespace tools
