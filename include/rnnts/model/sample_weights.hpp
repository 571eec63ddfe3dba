// SampleWeights: how much each sample counts in training.
#pragma once

#include <concepts>
#include <ranges>
#include <span>
#include <type_traits>
#include <vector>

#include "rnnts/core/scalar.hpp"
#include "rnnts/series/numbers.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A factor for the loss of each sample, in the order of the samples; empty if all count alike. Made implicitly from
/// any range of numbers, a vector, an array or a span, whose numbers it copies, so that the range may be a temporary.
template <Scalar T> class SampleWeights {
 public:
  SampleWeights() = default;

  template <std::ranges::input_range R>
    requires(!std::same_as<std::remove_cvref_t<R>, SampleWeights> && detail::PlainNumber<std::ranges::range_value_t<R>>)
  SampleWeights(R&& weights) {
    for (const auto weight : weights) values_.push_back(static_cast<T>(weight));
  }

  operator std::span<const T>() const { return values_; }

 private:
  std::vector<T> values_;
};

}  // namespace rnnts::inline RNNTS_ABI
