// Division of sizes, rounded up.
#pragma once

#include <cstddef>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// How many pieces of at most `d` are needed for `n`. For all n and all d but 0, unlike (n + d - 1) / d, which
/// overflows.
constexpr std::size_t ceil_div(std::size_t n, std::size_t d) { return n / d + (n % d != 0 ? 1 : 0); }

}  // namespace rnnts::inline RNNTS_ABI::detail
