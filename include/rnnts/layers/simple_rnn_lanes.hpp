// SimpleRNN of a few units: samples stand in the lanes of registers, a group of as many as fit.
#pragma once

#include <cstddef>
#include <span>

#include "rnnts/kernels/activation.hpp"
#include "rnnts/kernels/lanes.hpp"
#include "rnnts/kernels/plan.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <Scalar T, std::size_t I, std::size_t N, class Act, bool return_sequences>
struct SimpleRNNLanes : lanes::None {};

/// h[t] = act(x[t] W + h[t-1] U + b), h[-1] = 0.
///
/// x: (groups,T,I,L)   h: (groups,T,N,L), L samples side by side
template <Scalar T, std::size_t I, std::size_t N, ElementwiseActivation Act, bool return_sequences>
  requires(N < lanes_below_units && lanes::count<T> > 1)
struct SimpleRNNLanes<T, I, N, Act, return_sequences> {
  static constexpr bool is_faster = true;
  static constexpr bool keeps_z = Act::needs_input;

  struct Tape {
    lanes::Buffer<T, I> x;
    lanes::Buffer<T, N> h;
    lanes::Buffer<T, N> z;  ///< what goes into the activation, where its derivative needs that
  };

  struct Workspace {
    lanes::Buffer<T, N> dy, dz;
    Tensor<T, N, N> recurrent_kernel_transposed;
  };

  /// Step by step for all groups: what one of them waits for, others do not.
  static void forward(const auto& p, Sequence<const T, I> x, Tape& tape, Sequence<T, N> y) {
    auto& [xs, h, z_or_none] = tape;
    auto& z = keeps_z ? z_or_none : h;
    xs.assign(x);
    h.resize(x.steps, x.batch);
    z.resize(x.steps, x.batch);
    for (std::size_t t = 0; t < x.steps; ++t) {
      for (std::size_t g = 0; g < h.groups(); ++g) {
        lanes::set_product<N>(p.bias.flat(), z.at(g, t), lanes::Product(xs.at(g, t), p.kernel),
                              lanes::Product(h.before(g, t), p.recurrent_kernel));
        activate<Act>(Row{z.at(g, t), 1}, Row{h.at(g, t), 1});
      }
    }
    h.copy_to(y);
  }

  /// Leaves dL/dz in the workspace.
  static void backward(const auto& p, const Tape& tape, Sequence<const T, N> dy, Workspace& workspace, auto& dp) {
    const auto& [x, h, z_or_none] = tape;
    const auto& z = keeps_z ? z_or_none : h;
    const std::size_t steps = x.steps(), last = steps - 1;
    auto& dz = workspace.dz;
    transpose(p.recurrent_kernel, workspace.recurrent_kernel_transposed);
    dz.resize(steps, dy.batch);
    workspace.dy.assign_gradient(dy);
    for (std::size_t t = steps; t-- > 0;) {
      for (std::size_t g = 0; g < dz.groups(); ++g) {
        const Row dh{dz.at(g, t), 1};  // becomes dz in place
        lanes::set_product<N>(std::span<const T, 0>{}, dh.data,
                              lanes::Product(dz.after(g, t), workspace.recurrent_kernel_transposed));
        if (return_sequences || t == last) workspace.dy.add_to(dh.data, g, return_sequences ? t : 0);
        activate_backward<Act>({z.at(g, t), 1}, {h.at(g, t), 1}, dh, dh);
      }
    }
    for (std::size_t g = 0; g < dz.groups(); ++g) {
      lanes::add_outer_product<N>(last, h.at(g, 0), dz.at(g, 1), dp.recurrent_kernel);
    }
    const std::size_t all_steps = dz.groups() * steps;
    lanes::add_outer_product<N>(all_steps, x.at(0, 0), dz.at(0, 0), dp.kernel);
    lanes::add_sum<N>(all_steps, dz.at(0, 0), dp.bias.flat());
  }

 private:
  using Row = Rows<T, N * lanes::count<T>>;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
