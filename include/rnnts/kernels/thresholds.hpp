// From which sizes on which kernel runs. benchmarks/product_bench.cpp measures what these numbers were set
// by.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rnnts/kernels/simd.hpp"

namespace rnnts::inline v0::detail {

#ifndef RNNTS_WITH_BLAS
#define RNNTS_WITH_BLAS 1
#endif

/// Whether there are kernels for SIMD registers.
inline constexpr bool with_xsimd = RNNTS_WITH_XSIMD != 0;

/// Whether products may go through a BLAS; the build option RNNTS_WITH_BLAS sets it.
inline constexpr bool with_blas = RNNTS_WITH_BLAS != 0;

/// Products whose rows have as many columns run in tiles of SIMD registers; with fewer, plain loops are as fast.
inline constexpr std::size_t tiles_from_columns = 8;

/// … and if each number is a sum of as many terms.
inline constexpr std::size_t tiles_from_terms = 4;

/// With fewer terms the weights stay in registers, if there are as many columns.
inline constexpr std::size_t few_terms_from_columns = 4;

/// Tiles have another shape where a row of weights takes as many bytes or more.
inline constexpr std::size_t wide_row_bytes = 1536;

/// Recurrent layers of fewer units have samples, not units, in the lanes of registers …
#if RNNTS_WITH_XSIMD
inline constexpr std::size_t lanes_below_units = simd::widest<float> >= 16 ? 17 : simd::widest<float> >= 8 ? 16 : 8;
#else
inline constexpr std::size_t lanes_below_units = 0;
#endif

/// … in batches of as many samples or more.
constexpr std::size_t lanes_from_batch(std::size_t units) { return units < 8 ? 3 : units < 16 ? 8 : 32; }

/// Products with weights of (I, N) go through the BLAS from I * N of this size on; below, a call costs more
/// than it saves.
inline constexpr std::size_t blas_from_weights = 32 * 32;

/// … and where there are tiles, from this size on. A BLAS chooses its instructions when it runs: where the build may
/// use wide registers too, tiles keep up with it for longer.
#if RNNTS_WITH_XSIMD
inline constexpr std::size_t blas_from_weights_in_tiles = simd::widest<float> >= 8 ? 128 * 128 : blas_from_weights;
#else
inline constexpr std::size_t blas_from_weights_in_tiles = blas_from_weights;
#endif

/// … and only with as many rows: with fewer, the weights are read once anyway.
inline constexpr std::size_t blas_from_rows = 4;

/// Products of rows with weights go through it up to as many multiply-adds where tiles run in the widest registers: for
/// larger ones a BLAS packs a copy of the weights first, which does not pay for the rows of one step. Those of rows
/// with rows, for gradients, are not bound by this.
#if RNNTS_WITH_XSIMD
inline constexpr std::size_t blas_to_multiply_adds = simd::widest<float> >= 16 ? 1'000'000 : SIZE_MAX;
#else
inline constexpr std::size_t blas_to_multiply_adds = SIZE_MAX;
#endif

/// A stream reads weights of so many bytes or more in turn from the front and from behind: as many as the smaller of
/// the common first levels of caches has, 32 and 48 kB. Set by benchmarks/stream_bench.cpp.
inline constexpr std::size_t turns_from_bytes = 32 * 1024;

}  // namespace rnnts::inline v0::detail
