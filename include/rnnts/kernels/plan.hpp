// Which kernel runs: decided here, from the sizes and from what the program is compiled for.
// benchmarks/product_bench.cpp and stream_bench.cpp measure what these numbers were set by.
#pragma once

#include <cstddef>
#include <limits>

#include "rnnts/core/abi.hpp"
#include "rnnts/core/extent.hpp"
#include "rnnts/kernels/simd.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Whether there are registers of several numbers, and a BLAS.
inline constexpr bool with_simd = simd::widest<float> > 1;
inline constexpr bool with_blas = RNNTS_WITH_BLAS != 0;

/// The kernels of the library for products with weights.
enum class Kernel {
  few_terms,  ///< the weights stay in registers while the rows go by
  tiles,      ///< sums stay in registers
  naive,      ///< plain loops
};

/// How products with weights (I,N) run: with a BLAS if there are as many rows as pay there, else by a kernel. Where
/// only a run knows I or N, that is always tiles.
struct ProductPlan {
  Kernel kernel;
  std::size_t blas_from_rows = never;
  std::size_t blas_to_rows = never;  ///< those of rows with rows, for gradients, are not bound by this

  static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

  constexpr bool may_use_blas() const { return blas_from_rows != never; }
};

/// With fewer rows the weights are read once anyway.
inline constexpr std::size_t blas_from_rows = 4;

constexpr ProductPlan product_plan(std::size_t I, std::size_t N) {
  // Plain loops are as fast for fewer columns than 8, and where each number is a sum of fewer than 4 terms; then the
  // weights stay in registers, if there are 4 columns.
  if (with_simd && I > 0 && I < 4 && N >= 4) return {Kernel::few_terms};
  const Kernel kernel = with_simd && I >= 4 && N >= 8 ? Kernel::tiles : Kernel::naive;

  // A call of a BLAS costs more than it saves for smaller weights. It chooses its instructions when it runs: where the
  // build may use wide registers too, tiles keep up with it for longer.
  const std::size_t blas_from_weights = kernel == Kernel::tiles && simd::widest<float> >= 8 ? 128 * 128 : 32 * 32;
  if (!with_blas || I * N < blas_from_weights) return {kernel};
  // For more than a million multiply-adds a BLAS packs a copy of the weights first, which does not pay for the rows of
  // one step where tiles run in the widest registers.
  const bool tiles_are_widest = kernel == Kernel::tiles && simd::widest<float> >= 16;
  return {kernel, blas_from_rows, tiles_are_widest ? 1'000'000 / (I * N) : ProductPlan::never};
}

/// Tiles have another shape where a row of weights takes as many bytes or more.
inline constexpr std::size_t wide_row_bytes = 1536;

/// Recurrent layers of fewer units have samples, not units, in the lanes of registers …
inline constexpr std::size_t lanes_below_units = !with_simd                  ? 0
                                                 : simd::widest<float> >= 16 ? 17
                                                 : simd::widest<float> >= 8  ? 16
                                                                             : 8;

/// … in batches of as many samples or more.
constexpr std::size_t lanes_from_batch(std::size_t units) { return units < 8 ? 3 : units < 16 ? 8 : 32; }

/// Orthogonal matrices of up to as many numbers, LSTM<256>'s among them, are drawn with all sums in order; for larger
/// ones that takes seconds.
inline constexpr std::size_t orthonormal_in_order_to = 256 * 1024;

/// A stream reads weights of so many bytes or more in turn from the front and from behind: as many as the smaller of
/// the common first levels of caches has, 32 and 48 kB.
inline constexpr std::size_t turns_from_bytes = 32 * 1024;

/// Numbers of units that are common and so few that a step would take longer to find them out than to compute: code for
/// each. In a stream, where nothing is shared by a batch, these are more.
template <std::size_t... units> struct CommonUnits {};
inline constexpr CommonUnits<8, 16, 32> common_units;
inline constexpr CommonUnits<8, 16, 24, 32, 40, 48, 64> common_units_of_streams;

/// Calls `body<M>()`: M is N if the compiler knows that; else the number of units if it is one of the common ones; else
/// `dynamic`.
template <std::size_t N, std::size_t... common>
[[gnu::always_inline]] inline void with_constant_units(Extent<N> units, CommonUnits<common...>, const auto& body) {
  bool is_common = false;
  if constexpr (N == dynamic && with_simd) {
    is_common = ((units == common && (body.template operator()<common>(), true)) || ...);
  }
  if (!is_common) body.template operator()<N>();
}

}  // namespace rnnts::inline RNNTS_ABI::detail
