// GRU of a few units: samples stand in the lanes of registers, a group of as many as fit.
#pragma once

#include <cstddef>

#include "rnnts/kernels/lanes.hpp"
#include "rnnts/kernels/plan.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/layers/gru_cell.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <Scalar T, std::size_t I, std::size_t N, class Act, class RecurrentAct, bool reset_after,
          bool return_sequences>
struct GRULanes : lanes::None {};

/// GRU's formulas with reset_after and from h[-1] = 0 on, for all steps of one group after the other; names are those
/// of its tape.
///
/// x: (groups,T,I,L)   h: (groups,T,N,L), L samples side by side
template <Scalar T, std::size_t I, std::size_t N, class Act, class RecurrentAct, bool return_sequences>
  requires(N < lanes_below_units && lanes::count<T> > 1)
struct GRULanes<T, I, N, Act, RecurrentAct, true, return_sequences> {
  static constexpr bool is_faster = true;
  static constexpr bool keeps_a = Act::needs_input || RecurrentAct::needs_input;

  struct Tape {
    lanes::Buffer<T, I> x;
    lanes::Buffer<T, N> h, reset;
    lanes::Buffer<T, 3 * N> gates, a;
  };

  struct Workspace {
    lanes::Buffer<T, N> dy;
    lanes::Buffer<T, 3 * N> da, drecurrent;
    Tensor<T, 3 * N, N> recurrent_kernel_transposed;
  };

  static void forward(const auto& p, auto input_bias, auto recurrent_bias, Sequence<const T, I> x, Tape& tape,
                      Sequence<T, N> y) {
    auto& [xs, h, reset, gates, a_or_none] = tape;
    auto& a = keeps_a ? a_or_none : gates;
    xs.assign(x);
    for (auto* const buffer : {&h, &reset}) buffer->resize(x.steps, x.batch);
    for (auto* const buffer : {&gates, &a}) buffer->resize(x.steps, x.batch);
    for (std::size_t g = 0; g < h.groups(); ++g) {
      for (std::size_t t = 0; t < x.steps; ++t) {
        const T* const h_before = h.before_or_zero(g, t);
        alignas(cache_line) T recurrent[3 * M];
        lanes::set_product<N>(input_bias, a.at(g, t), lanes::Product(xs.at(g, t), p.kernel));
        lanes::set_product<N>(recurrent_bias, recurrent, lanes::Product(h.before(g, t), p.recurrent_kernel));
        Cell::template open<M>(a.at(g, t), recurrent, h_before, gates.at(g, t), reset.at(g, t));
        Cell::template mix<M>(a.at(g, t), gates.at(g, t), reset.at(g, t), recurrent, h_before, h.at(g, t));
      }
    }
    h.copy_to(y);
  }

  /// Leaves dL/da in the workspace.
  static void backward(const auto& p, const Tape& tape, Sequence<const T, N> dy, Workspace& workspace, auto& dp,
                       auto dinput_bias, auto drecurrent_bias) {
    const auto& [x, h, reset, gates, a_or_none] = tape;
    const auto& a = keeps_a ? a_or_none : gates;
    const std::size_t steps = x.steps(), last = steps - 1;
    auto &da = workspace.da, &drecurrent = workspace.drecurrent;
    transpose(p.recurrent_kernel, workspace.recurrent_kernel_transposed);
    for (auto* const buffer : {&da, &drecurrent}) buffer->resize(steps, dy.batch);
    workspace.dy.assign_gradient(dy);
    for (std::size_t g = 0; g < da.groups(); ++g) {
      alignas(cache_line) T dh[M] = {};
      for (std::size_t t = steps; t-- > 0;) {
        if (return_sequences || t == last) workspace.dy.add_to(dh, g, return_sequences ? t : 0);
        Cell::template mix_backward<M>(a.at(g, t), gates.at(g, t), h.before_or_zero(g, t), dh, da.at(g, t));
        Cell::template reset_after_backward<M>(a.at(g, t), gates.at(g, t), reset.at(g, t), da.at(g, t),
                                               drecurrent.at(g, t));
        if (t > 0) lanes::add_product(lanes::Product(drecurrent.at(g, t), workspace.recurrent_kernel_transposed), dh);
      }
      lanes::add_outer_product<N>(last, h.at(g, 0), drecurrent.at(g, 1), dp.recurrent_kernel);
    }
    const std::size_t all_steps = da.groups() * steps;
    lanes::add_outer_product<N>(all_steps, x.at(0, 0), da.at(0, 0), dp.kernel);
    lanes::add_sum<N>(all_steps, da.at(0, 0), dinput_bias);
    lanes::add_sum<N>(all_steps, drecurrent.at(0, 0), drecurrent_bias);
  }

 private:
  using Cell = GRUCell<Act, RecurrentAct, true>;

  static constexpr std::size_t M = N * lanes::count<T>;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
