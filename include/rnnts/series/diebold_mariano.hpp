// The test of Diebold and Mariano: whether two forecasts of the same values differ by more than chance.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/series/numbers.hpp"

namespace rnnts::inline RNNTS_ABI {

struct DieboldMariano {
  double statistic = 0;  ///< below 0 where the first forecast has the smaller losses
  double p_value = 1;    ///< of losses that are alike in the long run, how often they would differ at least as much
};

namespace detail {

/// P(|t| >= statistic) for Student's t with `degrees` of freedom, as a finite sum. Abramowitz and Stegun, "Handbook of
/// Mathematical Functions" (1964), 26.7.3 and 26.7.4.
inline double student_t_two_sided(double statistic, std::size_t degrees) {
  constexpr double pi = 3.14159265358979323846;
  const auto n = static_cast<double>(degrees);
  const double angle = std::atan(std::abs(statistic) / std::sqrt(n));
  const double sine = std::sin(angle), square = std::cos(angle) * std::cos(angle);
  const bool odd = degrees % 2 == 1;
  // Each term is the one before times square k / (k + 1), from k = 1 if even and from k = 2 if odd.
  double sum = 0, term = odd ? std::cos(angle) : 1;
  for (double k = odd ? 1 : 0; k < n - 1; k += 2) {
    sum += term;
    term *= square * (k + 1) / (k + 2);
  }
  const double within = odd ? 2 / pi * (angle + sine * sum) : sine * sum;
  return std::clamp(1 - within, 0.0, 1.0);
}

/// The sum of products of the differences with those `lag` later, divided by their number n.
inline double autocovariance(const std::vector<double>& differences, double mean, std::size_t lag) {
  double sum = 0;
  for (std::size_t t = lag; t < differences.size(); ++t) sum += (differences[t] - mean) * (differences[t - lag] - mean);
  return sum / static_cast<double>(differences.size());
}

}  // namespace detail

/// The two-sided test of Diebold and Mariano, "Comparing predictive accuracy", Journal of Business & Economic
/// Statistics 13 (1995), with the correction for short series of Harvey, Leybourne and Newbold, "Testing the equality
/// of prediction mean squared errors", International Journal of Forecasting 13 (1997).
///
/// `losses` and `other_losses` are what each forecast cost, as its absolute or squared error, in the order of time.
/// Forecasts of `horizon` steps overlap, so that the variance of the mean difference counts autocovariances up to the
/// lag horizon - 1; where that is not above 0, which can happen, they count with weights that fall to 0 (Bartlett's).
/// With too few losses for the horizon the p value is 1.
///
/// Throws ArgumentError if horizon is 0; ShapeError if the losses are not as many; DataError if there are none.
template <detail::Numbers R, detail::Numbers S>
DieboldMariano diebold_mariano(R&& losses, S&& other_losses, std::size_t horizon = 1) {
  constexpr std::string_view name = "diebold_mariano";
  if (horizon == 0) throw ArgumentError(detail::sentence(name, ": expected a horizon of at least 1, found 0"));
  auto differences = detail::numbers_of(losses);
  const auto others = detail::numbers_of(other_losses);
  if (differences.size() != others.size())
    throw ShapeError(detail::sentence(name, ": ", differences.size(), " losses, but ", others.size(), " of the other"));
  if (differences.empty()) throw DataError(detail::sentence(name, ": expected at least 1 loss, found 0"));
  for (std::size_t t = 0; t < others.size(); ++t) differences[t] -= others[t];

  const auto n = static_cast<double>(differences.size()), h = static_cast<double>(horizon);
  const double correction = (n + 1 - 2 * h + h * (h - 1) / n) / n;
  if (differences.size() < 2 || h >= n || !(correction > 0)) return {};

  const double mean = std::accumulate(differences.begin(), differences.end(), 0.0) / n;
  double plain = detail::autocovariance(differences, mean, 0), weighted = plain;
  if (plain == 0) {  // all differences are the same
    if (mean == 0) return {};
    return {std::copysign(std::numeric_limits<double>::infinity(), mean), 0};
  }
  for (std::size_t lag = 1; lag < horizon; ++lag) {
    const double covariance = detail::autocovariance(differences, mean, lag);
    plain += 2 * covariance;
    weighted += 2 * (1 - static_cast<double>(lag) / h) * covariance;
  }
  const double variance = (plain > 0 ? plain : weighted) / n;
  const double statistic = mean / std::sqrt(variance) * std::sqrt(correction);
  return {statistic, detail::student_t_two_sided(statistic, differences.size() - 1)};
}

}  // namespace rnnts::inline RNNTS_ABI
