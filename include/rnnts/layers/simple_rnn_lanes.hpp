// SimpleRNN of a few units: samples stand in the lanes of registers, a group of as many as fit.
#pragma once

#include <cstddef>
#include <type_traits>

#include "rnnts/kernels/activation.hpp"
#include "rnnts/kernels/lanes.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/kernels/thresholds.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline v0::detail {

/// Where there are no registers to fill.
template <Scalar T, std::size_t I, std::size_t N, class Act, bool return_sequences> struct SimpleRNNLanes {
  static constexpr bool is_faster = false;
  struct Tape {};
  struct Workspace {};
};

#if RNNTS_WITH_XSIMD

/// h[t] = act(x[t] W + h[t-1] U + b), h[-1] = 0, for all steps of one group after the other.
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
    lanes::Buffer<T, N> dz;
    Tensor<T, N, N> recurrent_kernel_transposed;
  };

  static void forward(const auto& p, Sequence<const T, I> x, Tape& tape, Sequence<T, N> y) {
    tape.x.assign(x);
    tape.h.resize(x.steps, x.batch);
    auto& zs = keeps_z ? tape.z : tape.h;
    if constexpr (keeps_z) zs.resize(x.steps, x.batch);
    for (std::size_t g = 0; g < tape.h.groups(); ++g) {
      for (std::size_t t = 0; t < x.steps; ++t) {
        Pack z[N];
        simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) {
          z[n] = Pack::all(p.bias.size == 0 ? T(0) : p.bias.data()[n]);
        });
        lanes::add_product<I>(tape.x.at(g, t), p.kernel.data(), z);
        if (t > 0) lanes::add_product<N>(tape.h.at(g, t - 1), p.recurrent_kernel.data(), z);
        store(z, zs.at(g, t));
        activate<Act>(Row{zs.at(g, t), 1}, Row{tape.h.at(g, t), 1});
      }
    }
    if constexpr (return_sequences) {
      tape.h.copy_to(y);
    } else {
      tape.h.copy_step(x.steps - 1, y[0]);
    }
  }

  /// Leaves dL/dz in the workspace.
  static void backward(const auto& p, const Tape& tape, Sequence<const T, N> dy, Workspace& workspace, auto& dp) {
    const std::size_t steps = tape.x.steps(), last = steps - 1;
    auto& dz = workspace.dz;
    const auto& zs = keeps_z ? tape.z : tape.h;
    transpose(p.recurrent_kernel, workspace.recurrent_kernel_transposed);
    dz.resize(steps, dy.batch);
    for (std::size_t t = return_sequences ? 0 : last; t < steps; ++t)
      dz.assign_gradient(t, dy[return_sequences ? t : 0]);
    for (std::size_t g = 0; g < dz.groups(); ++g) {
      for (std::size_t t = steps; t-- > 0;) {
        const Row dh{dz.at(g, t), 1};  // becomes dz in place
        if (t < last) {
          Pack sum[N];
          simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) {
            sum[n] = return_sequences ? Pack::load(dh.data + n * L) : Pack::all(0);
          });
          lanes::add_product<N>(dz.at(g, t + 1), workspace.recurrent_kernel_transposed.data(), sum);
          store(sum, dh.data);
        }
        activate_backward<Act>({zs.at(g, t), 1}, {tape.h.at(g, t), 1}, dh, dh);
      }
      lanes::add_outer_product<N, N>(last, tape.h.at(g, 0), dz.at(g, 1), dp.recurrent_kernel.data());
    }
    const std::size_t all_steps = dz.groups() * steps;
    lanes::add_outer_product<I, N>(all_steps, tape.x.at(0, 0), dz.at(0, 0), dp.kernel.data());
    if constexpr (std::remove_cvref_t<decltype(dp.bias)>::size != 0)
      lanes::add_sum<N>(all_steps, dz.at(0, 0), dp.bias.data());
  }

 private:
  using Pack = lanes::Pack<T>;
  static constexpr std::size_t L = lanes::count<T>;
  using Row = Rows<T, N * L>;

  [[gnu::always_inline]] static void store(const Pack (&packs)[N], T* into) {
    simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) { packs[n].store(into + n * L); });
  }
};

#endif

}  // namespace rnnts::inline v0::detail
