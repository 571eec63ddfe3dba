// LSTM of a few units: samples stand in the lanes of registers, a group of as many as fit.
#pragma once

#include <cstddef>
#include <span>

#include "rnnts/kernels/lanes.hpp"
#include "rnnts/kernels/plan.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/layers/lstm_cell.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <Scalar T, std::size_t I, std::size_t N, class Act, class RecurrentAct, bool return_sequences>
struct LSTMLanes : lanes::None {};

/// LSTM's formulas from h[-1] = c[-1] = 0 on, for all steps of one group after the other; names are those of its tape.
///
/// x: (groups,T,I,L)   h, c: (groups,T,N,L), L samples side by side
template <Scalar T, std::size_t I, std::size_t N, class Act, class RecurrentAct, bool return_sequences>
  requires(N < lanes_below_units && lanes::count<T> > 1)
struct LSTMLanes<T, I, N, Act, RecurrentAct, return_sequences> {
  static constexpr bool is_faster = true;
  static constexpr bool keeps_z = Act::needs_input || RecurrentAct::needs_input;

  struct Tape {
    lanes::Buffer<T, I> x;
    lanes::Buffer<T, N> h, c, act_c;
    lanes::Buffer<T, 4 * N> gates, z;
  };

  struct Workspace {
    lanes::Buffer<T, N> dy;
    lanes::Buffer<T, 4 * N> dz;
    Tensor<T, 4 * N, N> recurrent_kernel_transposed;
  };

  static void forward(const auto& p, Sequence<const T, I> x, Tape& tape, Sequence<T, N> y) {
    auto& [xs, h, c, act_c, gates, z_or_none] = tape;
    auto& z = keeps_z ? z_or_none : gates;
    xs.assign(x);
    for (auto* const buffer : {&h, &c, &act_c}) buffer->resize(x.steps, x.batch);
    for (auto* const buffer : {&gates, &z}) buffer->resize(x.steps, x.batch);
    for (std::size_t g = 0; g < h.groups(); ++g) {
      for (std::size_t t = 0; t < x.steps; ++t) {
        lanes::set_product<N>(p.bias.flat(), z.at(g, t), lanes::Product(xs.at(g, t), p.kernel),
                              lanes::Product(h.before(g, t), p.recurrent_kernel));
        Cell::template forward<M>(z.at(g, t), c.before_or_zero(g, t), gates.at(g, t), c.at(g, t), act_c.at(g, t),
                                  h.at(g, t));
      }
    }
    h.copy_to(y);
  }

  /// Leaves dL/dz in the workspace.
  static void backward(const auto& p, const Tape& tape, Sequence<const T, N> dy, Workspace& workspace, auto& dp) {
    const auto& [x, h, c, act_c, gates, z_or_none] = tape;
    const auto& z = keeps_z ? z_or_none : gates;
    const std::size_t steps = x.steps(), last = steps - 1;
    auto& dz = workspace.dz;
    transpose(p.recurrent_kernel, workspace.recurrent_kernel_transposed);
    dz.resize(steps, dy.batch);
    workspace.dy.assign_gradient(dy);
    for (std::size_t g = 0; g < dz.groups(); ++g) {
      alignas(cache_line) T dh[M], dc[M] = {};
      for (std::size_t t = steps; t-- > 0;) {
        lanes::set_product<N>(std::span<const T, 0>{}, dh,
                              lanes::Product(dz.after(g, t), workspace.recurrent_kernel_transposed));
        if (return_sequences || t == last) workspace.dy.add_to(dh, g, return_sequences ? t : 0);
        Cell::template backward<M>(z.at(g, t), c.before_or_zero(g, t), gates.at(g, t), c.at(g, t), act_c.at(g, t), dh,
                                   dc, dz.at(g, t));
      }
      lanes::add_outer_product<N>(last, h.at(g, 0), dz.at(g, 1), dp.recurrent_kernel);
    }
    const std::size_t all_steps = dz.groups() * steps;
    lanes::add_outer_product<N>(all_steps, x.at(0, 0), dz.at(0, 0), dp.kernel);
    lanes::add_sum<N>(all_steps, dz.at(0, 0), dp.bias.flat());
  }

 private:
  using Cell = LSTMCell<Act, RecurrentAct>;

  static constexpr std::size_t M = N * lanes::count<T>;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
