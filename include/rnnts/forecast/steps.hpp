// Steps of a data path that act on a whole series: what they learn, they learn from the training part.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <tuple>

#include "rnnts/core/error.hpp"
#include "rnnts/core/extent.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/series/difference.hpp"
#include "rnnts/series/scale.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// A number of steps or values that is an option, as a tensor, so that it is saved with what was fitted.
///
/// Throws ArgumentError if it is 0.
inline Tensor<double, 1> count_option(std::string_view step, std::size_t count, std::string_view what) {
  Tensor<double, 1> option;
  option(0) = static_cast<double>(check_extent(step, count, what));
  return option;
}

}  // namespace detail

/// y = log(x), for series that grow by percents. Takes values above 0.
///
/// The inverse of a mean of logarithms is rather a median than a mean.
struct Log {
  static constexpr std::string_view name = "log", domain = "a number above 0";

  double transform(double x) const { return std::log(x); }
  double inverse_transform(double y) const { return std::exp(y); }
};

/// y = (x^lambda - 1) / lambda, and log(x) for a lambda of 0 (Box and Cox 1964): between Log and the values themselves.
/// Takes values of at least 0, and above 0 where lambda is not. With a lambda above 0 a forecast below all y is 0.
class BoxCox {
 public:
  static constexpr std::string_view name = "box_cox", domain = "a number above 0";

  /// Throws ArgumentError if lambda is not finite.
  explicit BoxCox(double lambda) {
    if (!std::isfinite(lambda)) {
      throw ArgumentError(detail::sentence("box_cox: expected a finite lambda, found ", lambda));
    }
    lambda_(0) = lambda;
  }

  double lambda() const { return lambda_(0); }

  double transform(double x) const {
    if (x < 0) return std::numeric_limits<double>::quiet_NaN();
    return lambda() == 0 ? std::log(x) : (std::pow(x, lambda()) - 1) / lambda();
  }
  double inverse_transform(double y) const {
    if (lambda() == 0) return std::exp(y);
    const double power = lambda() * y + 1;
    return std::pow(lambda() > 0 ? std::max(power, 0.0) : power, 1 / lambda());
  }

  static constexpr auto fields() { return std::tuple{Field{"lambda", &BoxCox::lambda_}}; }

 private:
  Tensor<double, 1> lambda_;
};

/// y[t] = x[t] - x[t-lag]. The series is shorter by `lag` values from then on.
class Difference {
 public:
  static constexpr std::string_view name = "difference";

  /// Throws ArgumentError if lag is 0.
  explicit Difference(std::size_t lag = 1) : lag_(detail::count_option("difference", lag, "steps")) {}

  std::size_t lag() const { return static_cast<std::size_t>(lag_(0)); }

  double transform(double x, double earlier) const { return x - earlier; }
  double inverse_transform(double y, double earlier) const { return inverse_difference(y, earlier); }

  static constexpr auto fields() { return std::tuple{Field{"lag", &Difference::lag_}}; }

 private:
  Tensor<double, 1> lag_;
};

/// y[t] = x[t] - x[t-season], as Difference with that lag.
struct SeasonalDifference : Difference {
  static constexpr std::string_view name = "seasonal_difference";

  /// Throws ArgumentError if season is 0.
  explicit SeasonalDifference(std::size_t season) : Difference(season) {}
};

/// The scalers as steps. They are fitted to the values of all series together, so that a forecaster also takes series
/// that it has not seen.
struct StandardScale : StandardScaler<double> {
  static constexpr std::string_view name = "standard_scale";
};

struct MinMaxScale : MinMaxScaler<double> {
  static constexpr std::string_view name = "min_max_scale";

  using MinMaxScaler<double>::MinMaxScaler;
};

struct RobustScale : RobustScaler<double> {
  static constexpr std::string_view name = "robust_scale";
};

}  // namespace rnnts::inline RNNTS_ABI
