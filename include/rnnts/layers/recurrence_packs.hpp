// Steps of a stream whose units do not fill registers: each gate and each state stands in packs of its own.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "rnnts/core/extent.hpp"
#include "rnnts/core/loops.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/kernels/row_product.hpp"
#include "rnnts/kernels/unit_packs.hpp"
#include "rnnts/layers/cell.hpp"
#include "rnnts/tensor/aligned.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail {

/// Whether M units with weights P run so: where rows of M numbers do not fill registers, and the sums of all gates stay
/// in them. Weights of int8 and int16 have kernels of their own.
template <class Cell, std::size_t M, class P> consteval bool steps_in_packs() {
  if constexpr (M != dynamic && Cell::has_step && Cell::fits_lanes && requires(P p) {
                  p.kernel.flat();
                  p.recurrent_kernel.flat();
                }) {
    using T = std::remove_cvref_t<decltype(*std::declval<P>().kernel.data())>;
    return simd::UnitPacks<T, M>::pay(Cell::gates, tiles::row_sums);
  } else {
    return false;
  }
}

/// One step of one sample.   x: (I)   y: (M)
template <class Cell, std::size_t M, Scalar T, std::size_t I>
void step_in_packs(const auto& p, std::span<const T, I> x, auto& state, T* y) noexcept {
  using Packs = simd::UnitPacks<T, M>;
  constexpr std::size_t gates = Cell::gates, columns = gates * M, size = Packs::size, S = Cell::states.size();
  alignas(cache_line) T states[S][size]{}, z[gates * size], recurrent[Cell::has_recurrent ? gates * size : 1];
  for (std::size_t k = 0; k < S; ++k) Packs::copy_to(state.states[k].data(), states[k]);
  const auto of_input = row_product<I, columns>(x.data(), p.kernel);
  const auto of_state = row_product<M, columns>(state.states[0].data(), p.recurrent_kernel, state.order.next());
  if constexpr (Cell::has_recurrent) {
    tiles::set_gates<Packs, gates>(input_bias(p), z, of_input);
    tiles::set_gates<Packs, gates>(recurrent_bias(p), recurrent, of_state);
  } else {
    tiles::set_gates<Packs, gates>(input_bias(p), z, of_input, of_state);
  }
  [&]<std::size_t... k>(std::index_sequence<k...>) __attribute__((always_inline)) {
    Cell::template step<size>(z, recurrent, Extent<size>(), states[k]...);
  }(std::make_index_sequence<S>());
  for (std::size_t k = 0; k < S; ++k) Packs::copy_from(states[k], state.states[k].data());
  Packs::copy_from(states[0], y);
}

}  // namespace rnnts::inline RNNTS_ABI::detail

RNNTS_LOOPS_END
