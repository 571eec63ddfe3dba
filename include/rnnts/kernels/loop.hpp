// Loops over as many numbers as the compiler knows, in a form that it vectorises.
#pragma once

#include <cstddef>

#include "rnnts/core/abi.hpp"
#include "rnnts/core/loops.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail {

#if defined(__clang__)
// Where a body cannot be vectorised, because it calls the C library or N is 1, clang warns, and at the place of the
// function that the loop was inlined into, which may be one of the program. So it is silent about that from here on.
#pragma clang diagnostic ignored "-Wpass-failed"
#define RNNTS_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define RNNTS_INDEPENDENT _Pragma("GCC ivdep")
#endif

/// Calls `body(n)` for n = 0, …, count - 1. No call may read what another one writes, as where each reads and writes
/// the numbers with its own index: then it does not matter whether arrays are one and the same memory, and a compiler
/// need not find out.
[[gnu::always_inline]] inline void for_each_number(std::size_t count, const auto& body) {
  RNNTS_INDEPENDENT
  for (std::size_t n = 0; n < count; ++n) body(n);
}

/// The same for N numbers. A compiler that unrolls a short loop before it vectorises, as g++ does for N of 8 or 16,
/// ends up with one number at a time; so it must not unroll.
template <std::size_t N> [[gnu::always_inline]] inline void for_each_number(const auto& body) {
  RNNTS_INDEPENDENT
#pragma GCC unroll 1
  for (std::size_t n = 0; n < N; ++n) body(n);
}

#undef RNNTS_INDEPENDENT

}  // namespace rnnts::inline RNNTS_ABI::detail

RNNTS_LOOPS_END
