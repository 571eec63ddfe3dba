// The data path and the loss of `rnnts forecast`: a run chooses what they do, so that one Forecaster serves all series.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "forecast_model.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/forecast/window_steps.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/losses/pinball.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace tools {

/// Steps as they stand in a file; for a number that is none, more than any window has.
inline std::size_t steps_of(double number) {
  return number >= 0 && number < 0x1p53 ? static_cast<std::size_t>(number) : static_cast<std::size_t>(-1);
}

class ChosenScale {
 public:
  static constexpr std::string_view name = "chosen_scale", domain = "a number above 0, as all were in the training";

  explicit ChosenScale(Scale scale) { scale_(0) = static_cast<double>(scale); }

  Scale scale() const {
    return is(Scale::log) ? Scale::log : is(Scale::not_negative) ? Scale::not_negative : Scale::as_is;
  }

  double transform(double x) const { return is(Scale::log) ? std::log(x) : x; }
  double inverse_transform(double y) const {
    return is(Scale::log) ? std::exp(y) : is(Scale::not_negative) ? std::max(y, 0.0) : y;
  }

  static constexpr auto fields() { return std::tuple{rnnts::Field{"scale", &ChosenScale::scale_}}; }

 private:
  bool is(Scale scale) const { return scale_(0) == static_cast<double>(scale); }

  rnnts::Tensor<double, 1> scale_;
};

/// The mean of a window's last n values subtracted, and where it is chosen, the numbers divided by their spread.
class ChosenLevel {
 public:
  static constexpr std::string_view name = "chosen_level";

  ChosenLevel(std::size_t n, bool divide) {
    options_(0) = static_cast<double>(n);
    options_(1) = divide ? 1 : 0;
  }

  std::size_t steps() const { return steps_of(options_(0)); }
  bool divides() const { return options_(1) != 0; }

  void transform(std::span<double> window, std::span<double> future) const {
    if (divides()) {
      rnnts::LevelAndSpread(steps()).transform(window, future);
    } else {
      rnnts::SubtractLevel(steps()).transform(window, future);
    }
  }
  void inverse_transform(std::span<const double> window, std::span<double> future) const {
    if (divides()) {
      rnnts::LevelAndSpread(steps()).inverse_transform(window, future);
    } else {
      rnnts::SubtractLevel(steps()).inverse_transform(window, future);
    }
  }

  bool has_scale(std::span<const double> window) const {
    return !divides() || rnnts::LevelAndSpread(steps()).has_scale(window);
  }

  static constexpr auto fields() { return std::tuple{rnnts::Field{"options", &ChosenLevel::options_}}; }

 private:
  rnnts::Tensor<double, 2> options_;
};

/// What follows a window as the difference from its last season, or as it is.
class ChosenSeason {
 public:
  static constexpr std::string_view name = "chosen_season";

  /// With 0 for none.
  explicit ChosenSeason(std::size_t season) { season_(0) = static_cast<double>(season); }

  std::size_t steps() const { return steps_of(season_(0)); }

  void transform(std::span<double> window, std::span<double> future) const {
    if (steps() > 0) rnnts::SubtractSeason(steps()).transform(window, future);
  }
  void inverse_transform(std::span<const double> window, std::span<double> future) const {
    if (steps() > 0) rnnts::SubtractSeason(steps()).inverse_transform(window, future);
  }

  static constexpr auto fields() { return std::tuple{rnnts::Field{"season", &ChosenSeason::season_}}; }

 private:
  rnnts::Tensor<double, 1> season_;
};

/// The mean of the pinball losses of as many quantiles as a run asks for; see rnnts::Quantiles. Labels may be missing.
struct ChosenQuantiles {
  static constexpr std::string_view name = "quantiles";

  std::vector<double> quantiles = {};  ///< ascending

  void check() const {
    for (const double quantile : quantiles) rnnts::Pinball{quantile}.check();
  }

  static constexpr std::size_t labels(std::size_t outputs) {
    return outputs;
  }  // for nets of known size, as here are none

  template <rnnts::Scalar T, class Counts = rnnts::detail::EveryLabel>
  T value(const T* y_true, const T* y_pred, std::size_t outputs, Counts counts = {}) const {
    T sum = 0;
    const std::size_t Q = quantiles.size();
    for (std::size_t n = 0; n < outputs; ++n) {
      if (counts(y_true[n / Q])) sum += rnnts::Pinball{quantiles[n % Q]}.value(y_true[n / Q], y_pred[n]);
    }
    return sum / static_cast<T>(outputs);
  }

  template <rnnts::Scalar T, class Counts = rnnts::detail::EveryLabel>
  void derivative(const T* y_true, const T* y_pred, T* dy, std::size_t outputs, Counts counts = {}) const {
    const std::size_t Q = quantiles.size();
    for (std::size_t n = 0; n < outputs; ++n) {
      const rnnts::Pinball of_quantile{quantiles[n % Q]};
      dy[n] = counts(y_true[n / Q]) ? of_quantile.derivative(y_true[n / Q], y_pred[n]) / static_cast<T>(outputs) : T(0);
    }
  }
};

}  // namespace tools
