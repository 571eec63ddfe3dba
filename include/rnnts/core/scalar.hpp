// The number types that layers, losses and optimizers are written for, and the arithmetic that they rely on.
#pragma once

#include <cfloat>
#include <concepts>

#include "rnnts/core/abi.hpp"

// clang 19 defines none of these for -fassociative-math alone.
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "rnnts needs -fno-fast-math: -ffast-math and its parts make tanh wrong by 0.17 and take the checks for NaN away."
#endif

static_assert(FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 16,  // 16 is 0 but for a type of 16 bits
              "rnnts needs float and double in their own precision: x87 arithmetic makes tanh wrong by 0.17. On x86, "
              "-msse2 -mfpmath=sse.");

namespace rnnts::inline RNNTS_ABI {

template <class T>
concept Scalar = std::same_as<T, float> || std::same_as<T, double>;

}  // namespace rnnts::inline RNNTS_ABI
