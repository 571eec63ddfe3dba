// LearningRate: a number, or a schedule that gives another number for each update.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI {

class LearningRate;

/// A function from the number of updates before, 0 at first, to the learning rate of the next one.
template <class S>
concept LearningRateSchedule = !std::same_as<std::remove_cvref_t<S>, LearningRate> && std::copy_constructible<S> &&
                               requires(const S& schedule, std::uint64_t update) {
                                 { schedule(update) } -> std::convertible_to<double>;
                               };

/// The learning rate of an optimizer, made implicitly from a number or a schedule: `Adam{.learning_rate = 1e-3}`,
/// `Adam{.learning_rate = CosineDecay{.initial_learning_rate = 1e-2, .decay_steps = 1000}}`.
///
/// A schedule is asked for its first value at once, so that options that it refuses are found where they are
/// written. Throws ArgumentError if the number or the first value is negative or not finite.
class LearningRate {
 public:
  LearningRate(double constant) : factor_(checked(constant)) {}

  template <LearningRateSchedule S> LearningRate(S schedule) : factor_(1), schedule_(std::move(schedule)) {
    checked(schedule_(0));
  }

  /// The learning rate of an update, counted from 0.
  double operator()(std::uint64_t update) const { return schedule_ ? factor_ * schedule_(update) : factor_; }

  /// Multiplies the learning rate of every update from now on.
  void scale(double factor) { factor_ *= factor; }

  /// What the schedule is multiplied by; without one, the learning rate itself.
  double factor() const { return factor_; }
  /// Throws ArgumentError if it is negative or not finite.
  void set_factor(double factor) { factor_ = checked(factor); }
  bool has_schedule() const { return schedule_ != nullptr; }

 private:
  static double checked(double rate) {
    if (rate >= 0 && std::isfinite(rate)) return rate;
    throw ArgumentError(detail::sentence("learning_rate: expected a finite number of at least 0, found ", rate));
  }

  double factor_;  ///< of the schedule; without one, the learning rate itself
  std::function<double(std::uint64_t)> schedule_;
};

}  // namespace rnnts::inline RNNTS_ABI
