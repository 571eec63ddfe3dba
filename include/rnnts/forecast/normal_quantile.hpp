// The quantiles of the normal distribution.
#pragma once

#include <cmath>
#include <numbers>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// What a number with mean 0 and variance 1 that is distributed normally stays below with a probability between 0 and
/// 1: the inverse of (1 + erf(z / sqrt(2))) / 2, between two doubles that follow each other.
inline double normal_quantile(double probability) {
  if (probability > 0.5) return -normal_quantile(1 - probability);
  if (probability == 0.5) return 0;
  double below = -40, above = 0;  // beyond, no probability is left
  for (;;) {
    const double middle = below + (above - below) / 2;
    if (middle <= below || middle >= above) return above;
    const bool is_below = std::erfc(-middle / std::numbers::sqrt2) / 2 < probability;
    (is_below ? below : above) = middle;
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
