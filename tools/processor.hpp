// What the program is compiled for.
#pragma once

#include <string_view>

namespace tools {

/// The level of x86-64 whose instructions the compiler may use, as -march= calls it, or the kind of processor.
inline constexpr std::string_view processor =
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512CD__) && defined(__AVX512DQ__) && \
    defined(__AVX512VL__)
    "x86-64-v4";
#elif defined(__AVX2__) && defined(__FMA__) && defined(__BMI__) && defined(__BMI2__) && defined(__F16C__) && \
    defined(__LZCNT__) && defined(__MOVBE__)
    "x86-64-v3";
#elif defined(__SSE4_2__) && defined(__SSSE3__) && defined(__POPCNT__)
    "x86-64-v2";
#elif defined(__x86_64__)
    "x86-64";
#elif defined(__aarch64__)
    "aarch64";
#else
    "another processor";
#endif

}  // namespace tools
