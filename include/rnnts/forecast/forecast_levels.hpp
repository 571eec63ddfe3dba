// What the outputs of a net say of each step ahead, by its loss: a number, quantiles, or a normal distribution.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include "rnnts/forecast/normal_quantile.hpp"
#include "rnnts/losses/gaussian_negative_log_likelihood.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/losses/pinball.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <class L> inline constexpr bool is_likelihood = std::same_as<L, GaussianNegativeLogLikelihood>;

/// A loss of which a forecaster can tell what the outputs are.
template <class L>
concept ForecastLoss = !RowLoss<L> || is_likelihood<L> || requires(const L& loss) { loss.quantiles; };

/// Whether a net gives all numbers of a step, then those of the next, as `Quantiles` take them.
template <class Net> inline constexpr bool is_step_by_step = false;

/// The probabilities of the quantiles that a loss is for, ascending; of a likelihood those that are asked for, with the
/// median; none of others.
///
/// Throws ArgumentError if one that is asked for is not between 0 and 1.
template <class L> std::vector<double> levels_of(const L& loss, const std::vector<double>& asked) {
  std::vector<double> levels;
  if constexpr (is_likelihood<L>) {
    for (const double level : asked) Pinball{level}.check();
    levels = asked;
    levels.push_back(0.5);
  } else if constexpr (requires { loss.quantiles; }) {
    levels.assign(loss.quantiles.begin(), loss.quantiles.end());
  } else if constexpr (requires { loss.quantile; }) {
    levels.push_back(loss.quantile);
  }
  std::ranges::sort(levels);
  if constexpr (is_likelihood<L>) {
    const auto repeated = std::ranges::unique(levels);
    levels.erase(repeated.begin(), repeated.end());
  }
  return levels;
}

/// The number of the level that is nearest to 0.5; 0 if there is none.
inline std::size_t nearest_to_half(std::span<const double> levels) {
  const auto nearest = std::ranges::min_element(levels, {}, [](double level) { return std::abs(level - 0.5); });
  return nearest == levels.end() ? 0 : static_cast<std::size_t>(nearest - levels.begin());
}

/// Outputs of a net for each step.
template <class L> std::size_t outputs_per_step(std::size_t levels) {
  return is_likelihood<L> ? 2 : std::max<std::size_t>(1, levels);
}

/// The quantiles that outputs are, or the one number, of each of H steps.
template <class L> class OutputLevels {
 public:
  OutputLevels(std::span<const double> levels, std::size_t horizon)
      : levels_(std::max<std::size_t>(1, levels.size())), horizon_(horizon) {
    if constexpr (is_likelihood<L>) {
      for (const double level : levels) deviations_.push_back(normal_quantile(level));
    }
  }

  /// Level q of step h. `output(k)` is the net's k-th.
  double operator()(auto output, std::size_t h, std::size_t q) const {
    if constexpr (is_likelihood<L>) {
      const auto mean = static_cast<double>(output(h)), log_variance = static_cast<double>(output(horizon_ + h));
      return mean + std::exp(log_variance / 2) * deviations_[q];
    } else {
      return static_cast<double>(output(h * levels_ + q));
    }
  }

 private:
  std::size_t levels_, horizon_;
  std::vector<double> deviations_ = {};  ///< from the mean, of each level, in standard deviations
};

}  // namespace rnnts::inline RNNTS_ABI::detail
