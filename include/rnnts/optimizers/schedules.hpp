// Schedules: learning rates that change from update to update. Names and formulas are those of Keras 3 where it has
// them.
//
// u is the number of updates before, 0 at first. Every schedule throws ArgumentError when it is called with options
// that it cannot use, which is the case as soon as it becomes the learning rate of an optimizer.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numbers>
#include <optional>
#include <vector>

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

inline void check_schedule(bool good, const char* schedule, const char* expected, auto found) {
  if (!good) throw ArgumentError(sentence(schedule, ": expected ", expected, ", found ", found));
}

/// From `start`, where done is 0, to `end`, where it is 1, along half a wave of the cosine.
inline double cosine_between(double start, double end, double done) {
  return end + (start - end) * (1 + std::cos(std::numbers::pi * done)) / 2;
}

}  // namespace detail

/// initial_learning_rate decay_rate^(u / decay_steps); with staircase, of the quotient rounded down.
struct ExponentialDecay {
  double initial_learning_rate = 0;
  std::uint64_t decay_steps = 0;
  double decay_rate = 0;
  bool staircase = false;

  double operator()(std::uint64_t update) const {
    detail::check_schedule(initial_learning_rate > 0, "ExponentialDecay", "an initial_learning_rate above 0",
                           initial_learning_rate);
    detail::check_schedule(decay_steps > 0, "ExponentialDecay", "decay_steps of at least 1", decay_steps);
    detail::check_schedule(decay_rate > 0, "ExponentialDecay", "a decay_rate above 0", decay_rate);
    const double passed = static_cast<double>(update) / static_cast<double>(decay_steps);
    return initial_learning_rate * std::pow(decay_rate, staircase ? std::floor(passed) : passed);
  }
};

/// Falls from initial_learning_rate to alpha initial_learning_rate along half a wave of the cosine, and stays there
/// after decay_steps updates (Loshchilov and Hutter 2016, arXiv:1608.03983, without restarts).
///
/// With a warmup_target the rate rises from initial_learning_rate to the target in a straight line over warmup_steps
/// updates, and falls from there to alpha times the target over the decay_steps updates that follow.
struct CosineDecay {
  double initial_learning_rate = 0;
  std::uint64_t decay_steps = 0;
  double alpha = 0;
  std::optional<double> warmup_target = {};
  std::uint64_t warmup_steps = 0;

  double operator()(std::uint64_t update) const {
    detail::check_schedule(decay_steps > 0, "CosineDecay", "decay_steps of at least 1", decay_steps);
    detail::check_schedule(alpha >= 0, "CosineDecay", "an alpha of at least 0", alpha);
    detail::check_schedule(warmup_target || warmup_steps == 0, "CosineDecay", "a warmup_target with warmup_steps",
                           "none");
    const double peak = warmup_target.value_or(initial_learning_rate);
    detail::check_schedule(peak > 0, "CosineDecay",
                           warmup_target ? "a warmup_target above 0" : "an initial_learning_rate above 0", peak);
    if (update < warmup_steps) {
      const double done = static_cast<double>(update) / static_cast<double>(warmup_steps);
      return initial_learning_rate + (peak - initial_learning_rate) * done;
    }
    const std::uint64_t falling = std::min(update - warmup_steps, decay_steps);
    const double done = static_cast<double>(falling) / static_cast<double>(decay_steps);
    return detail::cosine_between(peak, alpha * peak, done);
  }
};

/// Steps: values[0] while u <= boundaries[0], then values[1] while u <= boundaries[1], and so on; the last value after
/// the last boundary.
struct PiecewiseConstantDecay {
  std::vector<std::uint64_t> boundaries = {};  ///< ascending
  std::vector<double> values = {};             ///< one more

  double operator()(std::uint64_t update) const {
    if (values.size() != boundaries.size() + 1) {
      throw ArgumentError(
          detail::sentence("PiecewiseConstantDecay: expected one more of values than of boundaries, found ",
                           values.size(), " values and ", boundaries.size(), " boundaries"));
    }
    const auto next = std::ranges::adjacent_find(boundaries, std::greater_equal{});
    if (next != boundaries.end()) {
      throw ArgumentError(detail::sentence("PiecewiseConstantDecay: expected boundaries that ascend, found ", next[0],
                                           " before ", next[1]));
    }
    const auto passed = std::ranges::lower_bound(boundaries, update) - boundaries.begin();
    return values[static_cast<std::size_t>(passed)];
  }
};

/// One cycle: up from max_learning_rate / initial_divisor to max_learning_rate, which is reached after the fraction
/// `rise` of all updates, and down to the first value / final_divisor at the last of total_steps updates, both along
/// half a wave of the cosine; there it stays.
///
/// Smith and Topin 2017, arXiv:1708.07120, who rise and fall in straight lines; the cosine, the defaults and the
/// updates at which the peak and the end are reached, rise total_steps - 1 and total_steps - 1, are those of PyTorch's
/// OneCycleLR. The momentum does not change.
struct OneCycle {
  double max_learning_rate = 0;
  std::uint64_t total_steps = 0;
  double rise = 0.3;
  double initial_divisor = 25;
  double final_divisor = 1e4;

  double operator()(std::uint64_t update) const {
    detail::check_schedule(max_learning_rate > 0, "OneCycle", "a max_learning_rate above 0", max_learning_rate);
    detail::check_schedule(total_steps > 0, "OneCycle", "total_steps of at least 1", total_steps);
    detail::check_schedule(rise >= 0 && rise <= 1, "OneCycle", "a rise between 0 and 1", rise);
    detail::check_schedule(initial_divisor > 0, "OneCycle", "an initial_divisor above 0", initial_divisor);
    detail::check_schedule(final_divisor > 0, "OneCycle", "a final_divisor above 0", final_divisor);
    const double first = max_learning_rate / initial_divisor, last = first / final_divisor;
    const double end = static_cast<double>(total_steps) - 1;
    const double peak = std::max(rise * static_cast<double>(total_steps) - 1, 0.0);
    const double u = std::min(static_cast<double>(update), end);
    if (u < peak) return detail::cosine_between(first, max_learning_rate, u / peak);
    if (u == peak) return max_learning_rate;
    return detail::cosine_between(max_learning_rate, last, (u - peak) / (end - peak));
  }
};

}  // namespace rnnts::inline RNNTS_ABI
