// The forecaster of `rnnts forecast`, whatever its net is: each net is compiled in a file of its own.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forecast_model.hpp"
#include "forecast_path.hpp"
#include "rnnts/forecast/data_path.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/quantile_calibration.hpp"

namespace tools {

using Path = rnnts::DataPath<ChosenScale, ChosenLevel, ChosenSeason>;

/// The numbers that stand first in the file of a forecaster, which say its sizes.
inline constexpr std::size_t count_of_sizes = 10;
using FileSizes = std::array<double, count_of_sizes>;

/// Does what a rnnts::Forecaster does, and throws what that throws.
class AnyForecaster {
 public:
  AnyForecaster() = default;
  AnyForecaster(const AnyForecaster&) = delete;
  AnyForecaster& operator=(const AnyForecaster&) = delete;
  virtual ~AnyForecaster() = default;

  virtual void fit(std::span<const rnnts::ForecastSeries> series) = 0;
  virtual rnnts::Forecast predict(std::span<const rnnts::ForecastSeries> series) const = 0;
  virtual rnnts::QuantileCalibration calibration(std::span<const rnnts::ForecastSeries> series,
                                                 const rnnts::CalibrationOptions& options) const = 0;
  virtual void calibrate(const rnnts::QuantileCalibration& calibration) = 0;
  virtual std::size_t least_values() const = 0;
  virtual std::span<const double> levels() const = 0;
  virtual const Path& path() const = 0;
  /// Of the first member: a line for its input and for each layer, and how many weights it has.
  virtual std::string layers() const = 0;
  virtual std::size_t weights() const = 0;

  /// With these numbers, and any text, before it.
  virtual void save(const std::filesystem::path& path, const FileSizes& sizes, std::string_view text) = 0;
  /// From the bytes of a file of this name that `save` wrote, with as much text.
  virtual void load(std::string_view file, const std::string& name, std::size_t text_size) = 0;
};

/// With a rnnts::ForecastNet, and with a rnnts::HorizonNet. The levels are those of the options.
std::unique_ptr<AnyForecaster> with_forecast_net(const ModelOptions& options);
std::unique_ptr<AnyForecaster> with_horizon_net(const ModelOptions& options);

}  // namespace tools
