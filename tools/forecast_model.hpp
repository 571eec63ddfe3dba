// The forecaster of `rnnts forecast`, behind a wall: what includes this does not compile a net.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/quantile_calibration.hpp"
#include "rnnts/model/ranks.hpp"

namespace tools {

/// What is done to each value: nothing, its logarithm is taken, or nothing but that forecasts are not below 0.
enum class Scale { as_is, log, not_negative };

/// A rnnts::ForecastNet, or a rnnts::HorizonNet, which is for columns that are known in advance.
enum class NetKind { forecast, horizon };

/// All that decides what a forecaster does. Sizes are in steps.
struct ModelOptions {
  std::size_t horizon = 0, look_back = 0;
  std::size_t segment = 1;  ///< values that the net reads at once; for a HorizonNet a part of the horizon too
  std::size_t level = 1;    ///< values at the end of a window whose mean is subtracted
  std::size_t season = 0;   ///< that the net learns the difference from; 0: none
  Scale scale = Scale::as_is;
  bool spread = false;
  NetKind net = NetKind::forecast;
  bool masked = false;  ///< whether values may be NaN, missing: inputs say which, and the loss leaves them out
  std::size_t units = 32, members = 2;
  std::vector<std::string> known = {}, past = {}, fixed = {};  ///< columns beside the values
  std::vector<double> levels = {};  ///< of the quantiles, ascending; none if a file will say them
  std::size_t quantiles = 0;        ///< how many there are
  // Only for the training:
  std::size_t epochs = 30, stride = 1, validation = 0, batch_size = 32, threads = 1;
  double learning_rate = 3e-3;
  std::uint64_t seed = 0;
  bool verbose = false;
  rnnts::Ranks* ranks = nullptr;  ///< of the processes that train it together
  /// Called after each epoch of each net, by the thread that trains it.
  std::function<void()> on_epoch = {};
};

class AnyForecaster;

class ForecastModel {
 public:
  explicit ForecastModel(const ModelOptions& options);
  ForecastModel(ForecastModel&&) noexcept;
  ~ForecastModel();

  /// Trains it, each time anew. Throws what rnnts::Forecaster does.
  void fit(std::span<const rnnts::ForecastSeries> series);
  rnnts::Forecast predict(std::span<const rnnts::ForecastSeries> series) const;
  /// What forecasts of the last values of each series, with which it was not trained, say of its quantiles.
  rnnts::QuantileCalibration calibration(std::span<const rnnts::ForecastSeries> series,
                                         const rnnts::CalibrationOptions& options) const;
  /// Moves the quantiles by what is said of them, until it is trained again.
  void calibrate(const rnnts::QuantileCalibration& calibration);
  /// Values that it needs of a series to forecast, and to be trained.
  std::size_t least_values() const;

  const ModelOptions& options() const { return options_; }
  /// The probabilities of its quantiles, ascending.
  std::vector<double> levels() const;
  /// Of the first member: a line for its input and for each layer, and how many weights it has.
  std::vector<std::string> layers() const;
  std::size_t weights() const;

  /// The notes are any text, for the program itself.
  void save(const std::filesystem::path& path, const std::string& notes);
  /// Whether a model file of the library is one of these. Throws FileError if it is none of the library.
  static bool is_in(const std::filesystem::path& path);
  /// The forecaster of a file, and its notes. Of the options, those for the training are not in it. Throws FileError if
  /// it is no such file.
  static std::pair<ForecastModel, std::string> load(const std::filesystem::path& path);

 private:
  ModelOptions options_;
  std::unique_ptr<AnyForecaster> forecaster_;
};

}  // namespace tools
