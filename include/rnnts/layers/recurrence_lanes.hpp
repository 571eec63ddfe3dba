// Recurrent layers of a few units: samples stand in the lanes of registers, a group of as many as fit.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "rnnts/core/loops.hpp"
#include "rnnts/kernels/lanes.hpp"
#include "rnnts/kernels/plan.hpp"
#include "rnnts/layers/cell.hpp"
#include "rnnts/tensor/aligned.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail {

template <class Cell, Scalar T, std::size_t I, std::size_t N, bool return_sequences>
struct RecurrenceLanes : lanes::None {};

/// The cell's formulas from the first states on, for all steps of all groups.
///
/// x: (groups,T,I,L)   states: (groups,T,N,L), L samples side by side
template <class Cell, Scalar T, std::size_t I, std::size_t N, bool return_sequences>
  requires(Cell::fits_lanes && N < lanes_below_units && I != dynamic && lanes::count<T> > 1)
struct RecurrenceLanes<Cell, T, I, N, return_sequences> {
  static constexpr bool is_faster = true;
  static constexpr std::size_t G = Cell::gates * N, S = Cell::states.size(), M = N * lanes::count<T>;

  struct Tape {
    lanes::Buffer<T, I> x;
    std::array<lanes::Buffer<T, N>, S> states;
    lanes::Buffer<T, G> gates, z;
    lanes::Buffer<T, Cell::kept * N> kept;
  };

  struct Workspace {
    lanes::Buffer<T, N> dy;
    lanes::Buffer<T, G> dz, drecurrent;
  };

  /// `ends` are the states at both ends, of which the last are written.
  static void forward(const auto& p, Sequence<const T, I> x, Tape& tape, auto& ends, Sequence<T, N> y) {
    tape.x.assign(x);
    for (auto& state : tape.states) state.resize(x.steps, x.batch);
    if (Cell::keeps_gates) tape.gates.resize(x.steps, x.batch);
    if (Cell::keeps_z) tape.z.resize(x.steps, x.batch);
    if (Cell::kept > 0) tape.kept.resize(x.steps, x.batch);
    const auto& h = tape.states[0];
    const auto run = [&](std::size_t g, std::size_t t) {
      alignas(cache_line) T recurrent[Cell::has_recurrent ? Cell::gates * M : 1];
      auto step = at<T>(tape, g, t);
      const lanes::Product of_input(tape.x.at(g, t), p.kernel);
      const lanes::Product of_state(h.before(g, t), p.recurrent_kernel);
      if constexpr (Cell::has_recurrent) {
        step.recurrent = {recurrent, 1};
        lanes::set_product<N>(input_bias(p), step.z.data, of_input);
        lanes::set_product<N>(recurrent_bias(p), step.recurrent.data, of_state);
      } else {
        lanes::set_product<N>(input_bias(p), step.z.data, of_input, of_state);
      }
      Cell::forward(step);
    };
    if constexpr (Cell::works_in_place) {
      for (std::size_t t = 0; t < x.steps; ++t) {
        for (std::size_t g = 0; g < h.groups(); ++g) run(g, t);
      }
    } else {
      for (std::size_t g = 0; g < h.groups(); ++g) {
        for (std::size_t t = 0; t < x.steps; ++t) run(g, t);
      }
    }
    h.copy_to(y);
    for (std::size_t k = 0; k < S; ++k) tape.states[k].copy_to(ends[k].last.resize(1, x.batch));
  }

  /// Leaves dL/dz in the workspace.
  static void backward(const Tensor<T, G, N>& recurrent_kernel_transposed, const Tape& tape, Sequence<const T, N> dy,
                       Workspace& workspace, auto& dp) {
    const std::size_t steps = tape.x.steps(), last = steps - 1;
    auto& dz = workspace.dz;
    auto& drecurrent = Cell::has_recurrent ? workspace.drecurrent : dz;
    for (auto* const buffer : {&dz, &drecurrent}) buffer->resize(steps, dy.batch);
    workspace.dy.assign_gradient(dy);
    const auto run = [&](std::size_t g, std::size_t t, std::array<Row, S>& dstates) {
      CellGradient<Cell, M, T> gradient{.dz = {dz.at(g, t), 1}, .drecurrent = {drecurrent.at(g, t), 1}};
      for (std::size_t k = 0; k < S; ++k) gradient.dstates[k] = {dstates[k].values, 1};
      if constexpr (Cell::works_in_place) gradient.dstates[0] = gradient.dz;
      T* const dh = gradient.dstates[0].data;
      const lanes::Product through_next(drecurrent.after(g, t), recurrent_kernel_transposed);
      if constexpr (Cell::carries_h) {
        lanes::add_product(through_next, dh);
      } else {
        lanes::set_product<N>(std::span<const T, 0>{}, dh, through_next);
      }
      if (return_sequences || t == last) workspace.dy.add_to(dh, g, return_sequences ? t : 0);
      Cell::backward(at<const T>(tape, g, t), gradient);
    };
    if constexpr (Cell::works_in_place) {
      std::array<Row, S> unused;
      for (std::size_t t = steps; t-- > 0;) {
        for (std::size_t g = 0; g < dz.groups(); ++g) run(g, t, unused);
      }
    } else {
      for (std::size_t g = 0; g < dz.groups(); ++g) {
        std::array<Row, S> dstates{};  // memory that nothing else can overlap
        for (std::size_t t = steps; t-- > 0;) run(g, t, dstates);
      }
    }
    for (std::size_t g = 0; g < dz.groups(); ++g) {
      lanes::add_outer_product<N>(last, tape.states[0].at(g, 0), drecurrent.at(g, 1), dp.recurrent_kernel);
    }
    const std::size_t all_steps = dz.groups() * steps;
    lanes::add_outer_product<N>(all_steps, tape.x.at(0, 0), dz.at(0, 0), dp.kernel);
    lanes::add_sum<N>(all_steps, dz.at(0, 0), input_bias(dp));
    lanes::add_sum<N>(all_steps, drecurrent.at(0, 0), recurrent_bias(dp));
  }

 private:
  struct alignas(cache_line) Row {
    T values[M];
  };

  static constexpr std::array<Row, S> first = [] {
    std::array<Row, S> rows{};
    for (std::size_t k = 0; k < S; ++k) std::ranges::fill(rows[k].values, static_cast<T>(first_value<Cell>(k)));
    return rows;
  }();

  /// Step t of group g. Number is T, or const T.
  template <class Number> static CellStep<Cell, M, Number> at(auto& tape, std::size_t g, std::size_t t) {
    CellStep<Cell, M, Number> step;
    for (std::size_t k = 0; k < S; ++k) {
      step.before[k] = {t == 0 ? first[k].values : tape.states[k].at(g, t - 1), 1};
      step.after[k] = {tape.states[k].at(g, t), 1};
    }
    if constexpr (Cell::keeps_gates) step.gates = {tape.gates.at(g, t), 1};
    if constexpr (Cell::kept > 0) step.kept = {tape.kept.at(g, t), 1};
    if constexpr (Cell::keeps_z) {
      step.z = {tape.z.at(g, t), 1};
    } else if constexpr (Cell::keeps_gates) {
      step.z = step.gates;
    } else {
      step.z = step.after[0];
    }
    step.dropped = step.before[0];
    return step;
  }
};

}  // namespace rnnts::inline RNNTS_ABI::detail

RNNTS_LOOPS_END
