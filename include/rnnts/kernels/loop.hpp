// Loops over as many numbers as the compiler knows, in a form that it vectorises.
#pragma once

#include <cstddef>

#include "rnnts/core/abi.hpp"
#include "rnnts/core/loops.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail {

/// Calls `body(n)` for n = 0, …, N - 1. A compiler that unrolls a short loop before it vectorises, as g++ does for N of
/// 8 or 16, ends up with one number at a time; so it must not unroll.
template <std::size_t N> [[gnu::always_inline]] inline void for_each_number(const auto& body) {
#pragma GCC unroll 1
  for (std::size_t n = 0; n < N; ++n) body(n);
}

}  // namespace rnnts::inline RNNTS_ABI::detail

RNNTS_LOOPS_END
