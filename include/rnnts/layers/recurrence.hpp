// Recurrence: what all recurrent layers are but for the formulas of one step, which are those of their cell.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/loops.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/kernels/plan.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/kernels/row_product.hpp"
#include "rnnts/layers/cell.hpp"
#include "rnnts/layers/recurrence_lanes.hpp"
#include "rnnts/layers/recurrence_packs.hpp"
#include "rnnts/layers/recurrent.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail {

/// A recurrent layer, which derives from it: weights, dropout, states that are given and left behind, sequences that
/// are read backwards or end early, and the two ways to run, with units or with samples side by side. G is N for each
/// of the cell's gates.
template <class Cell, Scalar T, Shape Input, std::size_t N, auto options> struct Recurrence {
  using scalar = T;
  using Parameters = RecurrentWeights<Cell, T, Input.features, N, options>;

  static constexpr std::size_t I = Input.features, G = times<Cell::gates, N>, K = times<Cell::kept, N>;
  static constexpr std::size_t S = Cell::states.size();
  static constexpr Shape input = Input;
  static constexpr Shape output = options.return_sequences ? sequence_shape(Input.steps, N) : vector_shape(N);
  static constexpr double dropout_rate = options.dropout, recurrent_dropout_rate = options.recurrent_dropout;

  /// How narrow layers run, whose samples stand in the lanes of registers.
  using Lanes = RecurrenceLanes<Cell, T, I, N, options.return_sequences>;

  struct Tape {
    std::array<BoundaryState<T, N>, S> ends;     ///< of each state
    std::array<SequenceBuffer<T, N>, S> states;  ///< after each step, (T,B,N); the first only if it is not the output
    SequenceBuffer<T, G> gates;                  ///< what the cell keeps of them, (T,B,G)
    SequenceBuffer<T, G> z;                      ///< what goes into their activations, where the cell needs that
    SequenceBuffer<T, K> kept;                   ///< what else it keeps, (T,B,K)
    SequenceBuffer<T, G> recurrent;              ///< scratch: h[t-1] U + b' of the step at hand, (1,B,G)
    RecurrentInput<options.go_backwards, (options.dropout > 0), T, I> x;
    StateDropout<(options.recurrent_dropout > 0), T, N> dropout;
    typename Lanes::Tape lanes;
    bool in_lanes = false;  ///< which way the last forward pass has taken

    static constexpr auto fields() {
      return fields_of_states<Cell>([]<std::size_t k>(auto& tape) -> auto& { return tape.ends[k]; });
    }
  };

  struct Workspace {
    std::array<SequenceBuffer<T, N>, S> dstates;  ///< of the step at hand; in the end by the initial states
    SequenceBuffer<T, G> dz, drecurrent;          ///< by x W + b and, where that is apart, by h[t-1] U + b', (T,B,G)
    SequenceBuffer<T, N> dropped;                 ///< scratch of the dropout
    SecondProduct<Cell, T, N> second;
    Tensor<T, G, N> recurrent_kernel_transposed;
    InputGradient<options.go_backwards, T, I, G> input_gradient;
    typename Lanes::Workspace lanes;

    static constexpr auto fields() {
      return fields_of_states<Cell>([]<std::size_t k>(auto& workspace) -> auto& { return workspace.dstates[k]; });
    }
  };

  struct State {
    std::array<Tensor<T, N>, S> states = first_states<Cell, T, N>();
    Tensor<T, G> z;  ///< scratch, as all that follows
    Tensor<T, Cell::has_recurrent ? G : 0> recurrent;
    Tensor<T, Cell::has_step ? 0 : K> kept;
    [[no_unique_address]] RowOrder<N == dynamic ? dynamic : N * G * sizeof(T)> order;

    static constexpr auto fields() {
      return fields_of_states<Cell>([]<std::size_t k>(auto& state) -> auto& { return state.states[k]; });
    }
  };

  static void resize(auto& p, [[maybe_unused]] const auto& layer, const Shape& in) {
    std::size_t units = N;
    if constexpr (N == dynamic) units = layer.units;
    const std::size_t columns = Cell::gates * units;
    p.kernel.resize(in.features, columns);
    p.recurrent_kernel.resize(units, columns);
    if constexpr (decltype(p.bias)::rank == 2) {
      p.bias.resize(2, columns);
    } else {
      p.bias.resize(columns);
    }
  }
  /// Numbers of the state.
  static std::size_t output_features(const auto& p, const Shape& = {}) { return p.recurrent_kernel.extents()[0]; }

  static void resize(const auto& p, const Shape&, State& state) {
    const std::size_t units = output_features(p), columns = Cell::gates * units;
    for (std::size_t k = 0; k < S; ++k) {
      state.states[k].resize(units);
      state.states[k].fill(static_cast<T>(first_value<Cell>(k)));
    }
    state.z.resize(columns);
    state.recurrent.resize(columns);
    state.kept.resize(Cell::kept * units);
    if constexpr (N == dynamic) state.order.turns = units * columns * sizeof(T) >= turns_from_bytes;
  }

  static void forward(const auto& p, Sequence<const T, I> x, Tape& tape, Sequence<T, N> y, Random* random = nullptr) {
    const Extent<N> units = y.width;
    const Extent<G> columns = Cell::gates * units;
    for (std::size_t k = 0; k < S; ++k) tape.ends[k].begin(x.batch, units, static_cast<T>(first_value<Cell>(k)));
    const auto in = tape.x.forward(x, options.dropout, random);
    tape.dropout.begin(options.recurrent_dropout, x.steps, x.batch, units, random);
    tape.in_lanes = may_run_in_lanes && x.batch >= lanes_from_batch(N) && x.lengths == nullptr &&
                    std::ranges::none_of(tape.ends, [](const auto& state) { return state.is_given(); });
    if constexpr (may_run_in_lanes) {
      if (tape.in_lanes) return Lanes::forward(p, in, tape.lanes, tape.ends, y);
    }
    // What a backward pass reads, or no more than is at work; of the states, that before the step at hand too, and of h
    // all if it is the memory of z.
    const std::size_t at_work = steps_at_once(Sequence<T, G>{nullptr, x.steps, x.batch, nullptr, columns});
    const std::size_t steps_held = tape.ends[0].is_recorded ? x.steps : std::min(x.steps, at_work);
    const std::size_t states_held = std::min(x.steps, std::max<std::size_t>(2, steps_held));
    for (std::size_t k = options.return_sequences ? 1 : 0; k < S; ++k) {
      const bool is_z = k == 0 && !Cell::keeps_gates;
      tape.states[k].resize(is_z ? x.steps : states_held, x.batch, units);
    }
    if (Cell::keeps_gates) tape.gates.resize(steps_held, x.batch, columns);
    if (Cell::keeps_z) tape.z.resize(steps_held, x.batch, columns);
    if (Cell::kept > 0) tape.kept.resize(steps_held, x.batch, Cell::kept * units);
    if (Cell::has_recurrent) tape.recurrent.resize(1, x.batch, columns);
    with_constant_units(units, common_units, [&]<std::size_t M>() { run_steps<M>(p, in, tape, y); });
    const CellSteps<Cell, N, T> steps(tape, y, options.return_sequences);
    for (std::size_t k = 0; k < S; ++k) tape.ends[k].keep_last(steps.after(k, x.steps - 1));
    if constexpr (!options.return_sequences) std::ranges::copy(steps.after(0, x.steps - 1), y.data);
  }

  static void backward(const auto& p, Sequence<const T, I> x, const Tape& tape, Sequence<const T, N> y,
                       Sequence<const T, N> dy, Workspace& workspace, auto& dp, Sequence<T, I> dx) {
    const auto in = tape.x.recorded(x);
    transpose(p.recurrent_kernel, workspace.recurrent_kernel_transposed);
    if constexpr (may_run_in_lanes) {
      if (tape.in_lanes) {
        Lanes::backward(workspace.recurrent_kernel_transposed, tape.lanes, dy, workspace.lanes, dp);
        for (std::size_t k = 0; k < S; ++k) tape.ends[k].finish_gradient(workspace.dstates[k]);
        if (dx.empty()) return;
        const auto dz = workspace.dz.resize(x.steps, x.batch);
        workspace.lanes.dz.copy_to(dz);
        return workspace.input_gradient.backward(p.kernel, dz, tape.x, dx);
      }
    }
    const CellSteps<Cell, N, const T> steps(tape, y, options.return_sequences);
    const Extent<N> units = y.width;
    const Extent<G> columns = Cell::gates * units;
    const auto dz = workspace.dz.resize(x.steps, x.batch, columns);
    const auto drecurrent = Cell::has_recurrent ? workspace.drecurrent.resize(x.steps, x.batch, columns) : dz;
    const auto dstates = array_of<S>([&](std::size_t k) { return workspace.dstates[k].resize(1, x.batch, units)[0]; });
    for (const auto& dstate : dstates) std::ranges::fill(dstate, T(0));
    const auto dh = dstates[0];
    const bool is_given = tape.ends[0].is_given();
    for (std::size_t t = x.steps; t-- > 0;) {
      add_output_gradient<options.return_sequences>(x, dy, t, dh);
      auto step = steps.at(t, tape.ends);
      const bool is_zero = t == 0 && !is_given;
      if (!is_zero) step.dropped = tape.dropout.recorded(t, step.before[0]);
      const CellGradient<Cell, N, T> gradient{dz[t], drecurrent[t], dstates};
      for_each_part<T, !Cell::takes_rows>(units, [&]<std::size_t M>(std::size_t first) {
        Cell::backward(step.template part<M>(first), gradient.template part<M>(first));
      });
      if constexpr (!Cell::carries_h) std::ranges::fill(dh, T(0));
      tape.dropout.backward(dh, workspace.dropped, [&](Rows<T, N> into) {
        if constexpr (Cell::multiplies_twice) {
          workspace.second.backward(workspace.recurrent_kernel_transposed, step, gradient, x.steps, t, into);
        }
        if (!is_zero) add_product(drecurrent[t], workspace.recurrent_kernel_transposed, into);
      });
      add_input_gradients(t, in, dz, dp.kernel, input_bias(dp));
      add_sum_of_rows(drecurrent[t], recurrent_bias(dp));
    }
    const auto before_first = tape.ends[0].before_first().first(is_given ? x.batch : 0);
    tape.dropout.add_weight_gradient(steps.states[0], before_first, Sequence<const T, G>(drecurrent),
                                     dp.recurrent_kernel);
    if constexpr (Cell::multiplies_twice) workspace.second.add_weight_gradient(steps.kept, dp.recurrent_kernel);
    for (std::size_t k = 0; k < S; ++k) tape.ends[k].finish_gradient(workspace.dstates[k]);
    workspace.input_gradient.backward(p.kernel, dz, tape.x, dx);
  }

  /// One step of one sample, without an allocation.   x: (I)   y: (N)
  static void step(const auto& p, std::span<const T, I> x, State& state, std::span<T, N> y) noexcept
    requires(!options.go_backwards)
  {
    const auto step = [&]<std::size_t M>() __attribute__((always_inline)) { step_of<M>(p, x, state, y); };
    with_constant_units(Extent<N>(y.size()), common_units_of_streams, step);
  }

 private:
  /// A step of M units: N, or as many where only the run knows N.
  template <std::size_t M>
  static void step_of(const auto& p, std::span<const T, I> x, State& state, std::span<T, N> y) noexcept {
    if constexpr (steps_in_packs<Cell, M, decltype(p)>()) return step_in_packs<Cell, M>(p, x, state, y.data());
    constexpr std::size_t columns = times<Cell::gates, M>;
    const Extent<M> units = y.size();
    T *const z = state.z.data(), *const h = state.states[0].data();
    const auto of_input = row_product<I, columns>(x.data(), p.kernel);
    if constexpr (!Cell::has_recurrent) {
      set_row(input_bias(p), z, of_input, row_product<M, columns>(h, p.recurrent_kernel, state.order.next()));
    } else {
      set_row(input_bias(p), z, of_input);
      if constexpr (!Cell::multiplies_twice) {
        set_row(recurrent_bias(p), state.recurrent.data(),
                row_product<M, columns>(h, p.recurrent_kernel, state.order.next()));
      }
    }
    if constexpr (Cell::has_step) {
      for_each_part<T, Cell::fits_lanes>(
          units, [&]<std::size_t part>(std::size_t first) __attribute__((always_inline)) {
            [&]<std::size_t... k>(std::index_sequence<k...>) __attribute__((always_inline)) {
              Cell::template step<part>(z + first, Cell::has_recurrent ? state.recurrent.data() + first : nullptr,
                                        units, state.states[k].data() + first...);
            }(std::make_index_sequence<S>());
          });
    } else {
      run_one(p, state);
    }
    copy_row(std::span<const T, M>(h, units), y.data());
  }

  /// The formulas of a step of one sample for a cell that has them for batches alone.
  static void run_one(const auto& p, State& state) noexcept {
    const Extent<N> units = state.states[0].size();
    const Extent<G> columns = Cell::gates * units;
    T* const z = state.z.data();
    const auto states = array_of<S>([&](std::size_t k) { return Rows<T, N>{state.states[k].data(), 1, units}; });
    const CellStep<Cell, N, T> one{.z = {z, 1, columns},
                                   .gates = {z, 1, columns},
                                   .kept = {state.kept.data(), 1, Cell::kept * units},
                                   .before = array_of<S>([&](std::size_t k) { return Rows<const T, N>(states[k]); }),
                                   .after = states,
                                   .dropped = {states[0].data, 1, units},
                                   .recurrent = {Cell::has_recurrent ? state.recurrent.data() : z, 1, columns},
                                   .stride = units};
    if constexpr (Cell::multiplies_twice) {
      run(p, one, false);
    } else {
      forward(one);
    }
  }

  /// All steps of M units: N, or as many where only the run knows N.
  template <std::size_t M> static void run_steps(const auto& p, Sequence<const T, I> x, Tape& tape, Sequence<T, N> y) {
    constexpr std::size_t columns = times<Cell::gates, M>;
    const CellSteps<Cell, M, T> steps(tape, y, options.return_sequences);
    for (std::size_t t = 0; t < x.steps; ++t) {
      input_products(t, x, p.kernel, input_bias(p), of_width<G>(steps.z));
      auto step = steps.at(t, tape.ends);
      if constexpr (Cell::has_recurrent) step.recurrent = of_width<columns>(tape.recurrent.view()[0]);
      const bool is_zero = t == 0 && !tape.ends[0].is_given();
      if constexpr (options.recurrent_dropout > 0) {
        if (!is_zero) step.dropped = of_width<M>(tape.dropout.forward(t, of_width<N>(step.before[0])));
      }
      run(p, step, is_zero);
      for (std::size_t k = 0; k < S; ++k) hold_ended(x, t, step.before[k], step.after[k]);
    }
  }

  /// From the product with the inputs on. If h[t-1] is zero, so is its product with U.
  template <std::size_t M> static void run(const auto& p, const CellStep<Cell, M, T>& step, bool is_zero) {
    if constexpr (Cell::has_recurrent) set_rows(recurrent_bias(p), step.recurrent);
    if (!is_zero) add_product(step.dropped, p.recurrent_kernel, step.recurrent);
    if constexpr (Cell::multiplies_twice) {
      for_each_part<T, !Cell::takes_rows>(
          step.stride, [&]<std::size_t units>(std::size_t first) { Cell::open(step.template part<units>(first)); });
      std::ranges::fill(step.recurrent, T(0));
      add_product(step.kept, p.recurrent_kernel, step.recurrent);
    }
    forward(step);
  }

  /// The cell's formulas.
  template <std::size_t M> static void forward(const CellStep<Cell, M, T>& step) {
    for_each_part<T, !Cell::takes_rows>(
        step.stride, [&]<std::size_t units>(std::size_t first) { Cell::forward(step.template part<units>(first)); });
  }

  static constexpr bool may_run_in_lanes = Lanes::is_faster && options.recurrent_dropout == 0;
};

}  // namespace rnnts::inline RNNTS_ABI::detail

RNNTS_LOOPS_END
