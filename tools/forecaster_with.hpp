// AnyForecaster with a net of one type. What includes this compiles its training.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "any_forecaster.hpp"
#include "forecast_model.hpp"
#include "forecast_path.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/forecast/forecaster.hpp"
#include "rnnts/forecast/forecaster_options.hpp"
#include "rnnts/io/contents.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace tools {

template <rnnts::Model Net> class ForecasterWith final : public AnyForecaster {
 public:
  using Forecaster = rnnts::Forecaster<Path, Net, ChosenQuantiles>;

  explicit ForecasterWith(Forecaster forecaster) : file_{.forecaster = std::move(forecaster)} {}

  void fit(std::span<const rnnts::ForecastSeries> series) override { file_.forecaster.fit(series); }
  rnnts::Forecast predict(std::span<const rnnts::ForecastSeries> series) const override {
    return file_.forecaster.predict(series);
  }
  rnnts::QuantileCalibration calibration(std::span<const rnnts::ForecastSeries> series,
                                         const rnnts::CalibrationOptions& options) const override {
    return rnnts::calibration(file_.forecaster, series, options);
  }
  void calibrate(const rnnts::QuantileCalibration& calibration) override { file_.forecaster.calibrate(calibration); }
  std::size_t least_values() const override { return file_.forecaster.least_values(); }
  std::span<const double> levels() const override { return file_.forecaster.levels(); }
  const Path& path() const override { return file_.forecaster.path(); }
  std::string layers() const override { return rnnts::detail::layers_of(file_.forecaster.net(), ""); }
  std::size_t weights() const override { return file_.forecaster.net().parameter_count(); }

  void save(const std::filesystem::path& path, const FileSizes& sizes, std::string_view text) override {
    std::ranges::copy(sizes, file_.sizes.begin());
    file_.text.resize(text.size());
    std::ranges::transform(text, file_.text.begin(), [](unsigned char byte) { return static_cast<double>(byte); });
    rnnts::save(file_, path);
  }
  void load(std::string_view file, const std::string& name, std::size_t text_size) override {
    file_.text.resize(text_size);
    rnnts::detail::decode(file_, file, name, {});
  }

 private:
  struct File {
    rnnts::Tensor<double, count_of_sizes> sizes = {};
    rnnts::Tensor<double, rnnts::dynamic> text = {};  ///< a number for each byte
    Forecaster forecaster;

    static constexpr auto fields() {
      return std::tuple{rnnts::Field{"sizes", &File::sizes}, rnnts::Field{"text", &File::text},
                        rnnts::Field{"forecaster", &File::forecaster}};
    }
  };

  File file_;
};

inline Path path_of(const ModelOptions& o) {
  return Path(ChosenScale(o.scale), ChosenLevel(o.level, o.spread), ChosenSeason(o.season));
}

inline rnnts::ForecasterOptions forecaster_options(const ModelOptions& o) {
  return {.look_back = o.look_back,
          .horizon = o.horizon,
          .segment = o.segment,
          .units = o.units,
          .known = o.known,
          .known_season = o.season,
          .past = o.past,
          .fixed = o.fixed,
          .mask_missing = o.masked,
          .epochs = o.epochs,
          .batch_size = o.batch_size,
          .learning_rate = o.learning_rate,
          .stride = o.stride,
          .validation = o.validation,
          .members = o.members,
          .seed = rnnts::seed(o.seed),
          .threads = o.threads,
          .verbose = o.verbose,
          .ranks = o.ranks,
          .on_epoch = o.on_epoch};
}

}  // namespace tools
