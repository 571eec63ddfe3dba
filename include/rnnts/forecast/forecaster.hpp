// Forecaster: a data path and a net as one, in the units of the series.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/parallel_for.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/forecast/covariates.hpp"
#include "rnnts/forecast/data_path.hpp"
#include "rnnts/forecast/ensemble.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/forecast_levels.hpp"
#include "rnnts/forecast/forecast_net.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/forecaster_options.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "rnnts/forecast/origins.hpp"
#include "rnnts/forecast/quantile_calibration.hpp"
#include "rnnts/forecast/train_member.hpp"
#include "rnnts/forecast/window_inputs.hpp"
#include "rnnts/forecast/window_layout.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/losses/masked.hpp"
#include "rnnts/losses/mean_absolute_error.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/ranks.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A data path, a net and a loss, from series to forecasts in the units of the series.
///
///     Forecaster forecaster(DataPath{Log(), SubtractLevel(12)}, {.look_back = 36, .horizon = 12});
///     forecaster.fit(passengers);
///     const Forecast next_year = forecaster.predict(passengers);
///
/// The net is any `Sequential` that gives a vector: its inputs are a segment of the window, so that `Input<1>` reads it
/// value by value and `Input<24>` in pieces of 24; its outputs are the horizon, all steps at once, or with the loss
/// `Quantiles<Q>` Q for each step, and with `GaussianNegativeLogLikelihood` all means, then the logarithms of all
/// variances. Without one it is a `ForecastNet`. Several members are trained from different seeds, and the forecast is
/// their mean. Columns of a `ForecastSeries` that the options name are inputs beside the segment. With `mask_missing`
/// values may be NaN, and inputs beside the segment say which are.
///
/// A value, as a model is. `save` writes all that it has learnt to one file; `load` reads it into a forecaster that was
/// made in the same way.
template <class Path, Model Net = ForecastNet, Loss L = MeanAbsoluteError> class Forecaster {
  static_assert(!Net::output.is_sequence,
                "A Forecaster takes a net that gives one vector per window, the values to come, not a sequence.");
  static_assert(detail::ForecastLoss<L>,
                "A Forecaster takes a loss with one output for each label, Quantiles, or a "
                "GaussianNegativeLogLikelihood.");

  using T = typename Net::scalar;
  static constexpr std::size_t I = Net::input.features;

 public:
  /// Takes the net's sizes; its weights are drawn by `fit`.
  ///
  /// Throws ArgumentError if an option cannot be used, or does not fit the net or the steps of the path; with
  /// quantiles, if the path has a lag below the horizon, as sums of quantiles are none; with `mask_missing`, if it has
  /// a lag at all.
  Forecaster(Path path, const Net& net, L loss, ForecasterOptions options)
      : path_(std::move(path)),
        covariates_(options.known, options.past, options.fixed, options.known_season, detail::series_rows(options)),
        nets_(net, std::max<std::size_t>(1, options.members)),
        loss_(std::move(loss)),
        options_(std::move(options)) {
    if constexpr (requires { loss_.check(); }) loss_.check();
    const auto levels = detail::levels_of(loss_, options_.quantiles);
    levels_.resize(levels.size());
    std::ranges::copy(levels, levels_.begin());
    detail::check_table(options_, this->net().parameters());
    detail::check_missing(options_.mask_missing, MaskableLoss<L>, path_.shortest_lag());
    detail::settle(options_, this->net().input_shape(), detail::outputs_per_step<L>(levels.size()),
                   this->net().output_shape().features);
    state_(0) = static_cast<double>(options_.look_back);
    offsets_.resize(horizon() * levels.size());
    path_.check_look_back(look_back());
    if (levels.size() > 0) detail::refuse_lag(path_.shortest_lag(), horizon());
  }
  Forecaster(Path path, const Net& net, ForecasterOptions options)
      : Forecaster(std::move(path), net, L(), std::move(options)) {}

  /// With a `ForecastNet` of `options.units`, for which look_back and horizon are to be given.
  Forecaster(Path path, L loss, ForecasterOptions options)
    requires std::same_as<Net, ForecastNet>
      : Forecaster(std::move(path), net_of(loss, options), loss, options) {}
  Forecaster(Path path, ForecasterOptions options)
    requires std::same_as<Net, ForecastNet>
      : Forecaster(std::move(path), L(), std::move(options)) {}

  /// Fits the path and trains the net, from new weights, on all windows of one series or of many. Of each series the
  /// last `options.validation` values are left out of both; the weights are then those of the epoch with the lowest
  /// loss on them. Returns what `rnnts::fit` does, for each member. With `mask_missing` a window without a known value,
  /// and values to come that are missing, have no part in that.
  ///
  /// Throws DataError, naming the series, if there is none, one is too short for a window, a column does not fit it, or
  /// a step does not take a value, and what `rnnts::fit` throws. Whatever is thrown, the forecaster is as it was.
  template <ForecastData D> std::vector<History> fit(D&& data) {
    return train(detail::named_series("Forecaster::fit", data, options_.mask_missing));
  }

  /// The values that follow each series, of which the last ones are looked at; it need not be one of those that the
  /// forecaster was fitted to. Beyond the horizon that the net gives, forecasts are fed back as values. 0 is that
  /// horizon. Columns known in advance are needed for as many whole horizons.
  ///
  /// With quantiles they are put in order at each step, as they may cross (Chernozhukov, Fernandez-Val and Galichon
  /// 2010), moved if they are calibrated, and the mean is the one nearest to 0.5. Those of a normal distribution are
  /// taken back through the path, which keeps their order, so that the mean is then its median.
  ///
  /// Throws Error before fit, or if a forecast is not finite; DataError, naming the series, if there is none, one is
  /// too short, a column does not fit it, a step does not take a value or none in its window is known; ArgumentError
  /// beyond the horizon for quantiles and beside columns that are past only.
  template <ForecastData D> Forecast predict(D&& data, std::size_t horizon = 0) const {
    return extrapolate(detail::named_series("Forecaster::predict", data, options_.mask_missing),
                       horizon == 0 ? this->horizon() : horizon);
  }

  /// Moves the quantiles that `predict` gives by what a calibration says, until the next fit.
  /// Throws ArgumentError if that is for another horizon or other quantiles.
  void calibrate(const QuantileCalibration& calibration) {
    calibration.require(horizon(), levels());
    std::ranges::copy(calibration.offsets(), offsets_.begin());
  }

  /// Steps that the net gives at once.
  std::size_t horizon() const { return options_.horizon; }
  /// Values in a window.
  std::size_t look_back() const { return static_cast<std::size_t>(state_(0)); }
  /// Values that `predict` needs of a series: a window, and what the lags of the path lose.
  std::size_t least_values() const { return look_back() + path_.lost(); }
  /// The probabilities of the quantiles, ascending; none if the loss has none.
  std::span<const double> levels() const { return levels_.flat(); }

  const Path& path() const { return path_; }
  /// The first member.
  const Net& net() const { return nets_.first(); }
  const ForecasterOptions& options() const { return options_; }

  static constexpr auto fields() {
    return std::tuple{Field{"state", &Forecaster::state_},           Field{"levels", &Forecaster::levels_},
                      Field{"offsets", &Forecaster::offsets_},       Field{"path", &Forecaster::path_},
                      Field{"covariates", &Forecaster::covariates_}, Field{"nets", &Forecaster::nets_}};
  }

 private:
  static Net net_of(const L& loss, const ForecasterOptions& options) {
    return detail::default_net<Net>(options,
                                    detail::outputs_per_step<L>(detail::levels_of(loss, options.quantiles).size()));
  }

  /// Numbers that are forecast for each step.
  std::size_t numbers_per_step() const { return std::max<std::size_t>(1, levels_.size()); }

  detail::WindowLayout layout() const {
    detail::WindowLayout layout = detail::layout_of(options_);
    layout.look_back = look_back();
    return layout;
  }

  [[gnu::cold]] std::vector<History> train(std::vector<ForecastSeries> series) {
    constexpr std::string_view name = "Forecaster::fit";
    Path path = path_;
    detail::Covariates covariates = covariates_;
    const std::size_t held_out = options_.validation;
    for (const auto& one : series) {
      detail::require_length(name, one.unique_id, one.values.size(), least_values() + horizon() + held_out);
    }
    covariates.fit(name, series, held_out);
    std::vector<detail::SeriesColumns> columns;  // of each series, beside what the path leaves of its values
    for (const auto& one : series) columns.push_back(covariates.columns(name, one, path.lost(), 0));
    path.fit_transform(series, held_out);

    const detail::WindowSizes sizes{look_back(), horizon(), options_.stride};
    const auto origins = detail::split_origins(series, columns, sizes, held_out);
    const auto transform = [&](std::span<double> window, std::span<double> future) {
      path.transform_window(window, future);
    };

    std::vector<Net> nets(nets_.size(), net());
    std::vector<History> histories(nets.size());
    parallel_for(
        nets.size(),
        [&](std::size_t k) {
          const Seed its_seed = seed(options_.seed.value + k);
          nets[k].initialize(its_seed);
          histories[k] = detail::train_member(nets[k], loss_, options_, layout(), transform, origins.training,
                                              origins.validation, its_seed);
        },
        detail::are_several(options_.ranks) ? 1 : options_.threads);

    path_ = std::move(path);
    covariates_ = std::move(covariates);
    nets_.set(nets);
    std::ranges::fill(offsets_, 0.0);
    state_(1) = 1;
    return histories;
  }

  [[gnu::cold]] Forecast extrapolate(std::vector<ForecastSeries> series, std::size_t steps) const {
    constexpr std::string_view name = "Forecaster::predict";
    if (state_(1) == 0) throw Error("Forecaster: predict needs a fit first");
    if (levels_.size() > 0) detail::refuse_feedback(steps, horizon());
    covariates_.refuse_feedback(steps, horizon());
    const std::size_t Q = numbers_per_step(), H = horizon();
    Forecast result{.horizon = steps, .levels = {levels_.begin(), levels_.end()}};
    std::vector<detail::SeriesColumns> columns;  // of each series, beside its last window and what follows
    for (auto& one : series) {
      const std::size_t count = one.values.size();
      detail::require_length(name, one.unique_id, count, least_values());
      columns.push_back(covariates_.columns(name, one, count - look_back(), detail::ceil_div(steps, H) * H));
      one.values.erase(one.values.begin(), one.values.end() - static_cast<std::ptrdiff_t>(least_values()));
      result.unique_ids.push_back(one.unique_id);
    }
    const std::size_t middle = detail::nearest_to_half(levels_.flat());
    result.values.resize(series.size() * steps);
    for (std::size_t done = 0; done < steps; done += H) {
      std::vector<double> block = next_block(series, columns, done);  // (S,H,Q)
      for (std::size_t s = 0; s < series.size(); ++s) {
        auto& values = series[s].values;
        const std::span<double> all(block.data() + s * H * Q, H * Q);
        sort_quantiles(all, Q);
        detail::move_quantiles(path_, series[s], all, levels(), offsets_.flat());
        for (std::size_t h = 0; h < H; ++h) {
          const auto quantiles = all.subspan(h * Q, Q);
          values.push_back(quantiles[middle]);
          if (done + h >= steps) continue;
          result.values[s * steps + done + h] = quantiles[middle];
          if (!result.levels.empty())
            result.quantiles.insert(result.quantiles.end(), quantiles.begin(), quantiles.end());
        }
        values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(H));
      }
    }
    return result;
  }

  /// What the members say on average of the values after each series, in its units: (S,H,Q). `done` is the number of
  /// values that are forecasts, fed back.
  std::vector<double> next_block(const std::vector<ForecastSeries>& series,
                                 const std::vector<detail::SeriesColumns>& columns, std::size_t done) const {
    const detail::WindowLayout layout = this->layout();
    const std::size_t Q = numbers_per_step(), H = horizon();
    detail::WindowInputs<T, I> inputs(layout, series.size());
    for (std::size_t s = 0; s < series.size(); ++s) {
      const std::vector<double> seen = path_.transform(series[s].values, series[s].unique_id);
      if (layout.may_miss) detail::require_known("Forecaster::predict", series[s].unique_id, seen);
      inputs.write(s, seen, {seen, columns[s], done});
    }
    const auto window = [&](std::size_t s) { return inputs[s]; };

    const detail::OutputLevels<L> level_of(levels(), H);
    std::vector<double> block(series.size() * Q * H), future(H);
    for (std::size_t member = 0; member < nets_.size(); ++member) {
      const Net net = nets_.member(member);
      const auto outputs = net.predict(std::views::iota(std::size_t{0}, series.size()) | std::views::transform(window));
      for (std::size_t s = 0; s < series.size(); ++s) {
        for (std::size_t q = 0; q < Q; ++q) {
          const auto output = [&](std::size_t k) { return outputs(s, k); };
          for (std::size_t h = 0; h < H; ++h) future[h] = level_of(output, h, q);
          path_.inverse_transform(series[s].values, future);
          for (std::size_t h = 0; h < H; ++h) {
            detail::require_finite_forecast(series[s].unique_id, h, future[h]);
            block[(s * H + h) * Q + q] += future[h] / static_cast<double>(nets_.size());
          }
        }
      }
    }
    return block;
  }

  Path path_;
  detail::Covariates covariates_;
  detail::Ensemble<Net> nets_;
  L loss_;
  ForecasterOptions options_;
  Tensor<double, 2> state_;          ///< look_back, and whether it is fitted
  Tensor<double, dynamic> levels_;   ///< those of the loss
  Tensor<double, dynamic> offsets_;  ///< (H,Q), what the quantiles are moved by, in the numbers of the path
};

template <class Path, Model Net, Loss L> Forecaster(Path, Net, L, ForecasterOptions) -> Forecaster<Path, Net, L>;
template <class Path, Model Net> Forecaster(Path, Net, ForecasterOptions) -> Forecaster<Path, Net>;
template <class Path, Loss L> Forecaster(Path, L, ForecasterOptions) -> Forecaster<Path, ForecastNet, L>;
template <class Path> Forecaster(Path, ForecasterOptions) -> Forecaster<Path>;

}  // namespace rnnts::inline RNNTS_ABI
