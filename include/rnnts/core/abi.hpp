// RNNTS_ABI: the inline namespace of the library. Its name says what a program is compiled for.
#pragma once

#include "rnnts/core/version.hpp"

// Whether there are kernels for SIMD registers, and whether products may go through a BLAS. The build option
// RNNTS_WITH_BLAS sets the latter.
#ifndef RNNTS_WITH_XSIMD
#if __has_include(<xsimd/xsimd.hpp>)
#define RNNTS_WITH_XSIMD 1
#else
#define RNNTS_WITH_XSIMD 0
#endif
#endif

#ifndef RNNTS_WITH_BLAS
#define RNNTS_WITH_BLAS 1
#endif

// The instructions that the compiler may use, as far as they decide how wide registers are and what is kept in them.
#if defined(__AVX512F__)
#define RNNTS_ABI_INSTRUCTIONS avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define RNNTS_ABI_INSTRUCTIONS avx2_fma
#elif defined(__AVX2__)
#define RNNTS_ABI_INSTRUCTIONS avx2
#elif defined(__AVX__) && defined(__FMA__)
#define RNNTS_ABI_INSTRUCTIONS avx_fma
#elif defined(__AVX__)
#define RNNTS_ABI_INSTRUCTIONS avx
#elif defined(__SSE4_2__)
#define RNNTS_ABI_INSTRUCTIONS sse4_2
#elif defined(__SSE2__)
#define RNNTS_ABI_INSTRUCTIONS sse2
#elif defined(__ARM_FEATURE_SVE_BITS) && __ARM_FEATURE_SVE_BITS == 128
#define RNNTS_ABI_INSTRUCTIONS sve128
#elif defined(__ARM_FEATURE_SVE_BITS) && __ARM_FEATURE_SVE_BITS == 256
#define RNNTS_ABI_INSTRUCTIONS sve256
#elif defined(__ARM_FEATURE_SVE_BITS) && __ARM_FEATURE_SVE_BITS == 512
#define RNNTS_ABI_INSTRUCTIONS sve512
#elif defined(__ARM_NEON)
#define RNNTS_ABI_INSTRUCTIONS neon
#else
#define RNNTS_ABI_INSTRUCTIONS plain
#endif

#if RNNTS_WITH_XSIMD
#define RNNTS_ABI_XSIMD _xsimd
#else
#define RNNTS_ABI_XSIMD
#endif

#if RNNTS_WITH_BLAS
#define RNNTS_ABI_BLAS _blas
#else
#define RNNTS_ABI_BLAS
#endif

#if defined(__cpp_exceptions)
#define RNNTS_ABI_EXCEPTIONS
#else
#define RNNTS_ABI_EXCEPTIONS _noexceptions
#endif

// While the major number is 0, a new minor one may break.
#define RNNTS_ABI_JOINED(major, minor, instructions, xsimd, blas, exceptions) \
  v##major##_##minor##_##instructions##xsimd##blas##exceptions
#define RNNTS_ABI_JOIN(...) RNNTS_ABI_JOINED(__VA_ARGS__)

/// `namespace rnnts::inline RNNTS_ABI` is where everything stands, as `rnnts::v0_1_avx2_fma_xsimd_blas`: the
/// version, and what decides how tapes and tensors are laid out and which kernels run. Two files of a program that are
/// compiled differently, or with two versions of the library, have types and functions of their own. Where they pass
/// each other nothing of the library, both work; where they do, the program does not link.
#define RNNTS_ABI                                                                                                   \
  RNNTS_ABI_JOIN(RNNTS_VERSION_MAJOR, RNNTS_VERSION_MINOR, RNNTS_ABI_INSTRUCTIONS, RNNTS_ABI_XSIMD, RNNTS_ABI_BLAS, \
                 RNNTS_ABI_EXCEPTIONS)
