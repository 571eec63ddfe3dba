// The same layer with sizes that are chosen when the program runs: `DynamicForm<GRU<5>>::make()` is GRU(5).
#pragma once

#include <cstddef>

#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/cycle.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/embedding.hpp"
#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/last_steps.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/layers/slstm.hpp"

/// Of what has no sizes, the thing itself.
template <class Specification> struct DynamicForm {
  static Specification make() { return {}; }
};

template <class Specification> using Dynamic = decltype(DynamicForm<Specification>::make());

template <std::size_t F> struct DynamicForm<rnnts::Input<F>> {
  static auto make() { return rnnts::Input(F); }
};
template <std::size_t F, std::size_t steps>
  requires(steps != rnnts::any_steps)
struct DynamicForm<rnnts::Input<F, steps>> {
  static auto make() { return rnnts::Input(F, steps); }
};

template <std::size_t N, class Act, rnnts::DenseOptions options> struct DynamicForm<rnnts::Dense<N, Act, options>> {
  static auto make() { return rnnts::Dense<rnnts::dynamic, Act, options>(N); }
};
template <std::size_t N, class Act, rnnts::SimpleRNNOptions options>
struct DynamicForm<rnnts::SimpleRNN<N, Act, options>> {
  static auto make() { return rnnts::SimpleRNN<rnnts::dynamic, Act, options>(N); }
};
template <std::size_t N, class Act, class RecurrentAct, rnnts::LSTMOptions options>
struct DynamicForm<rnnts::LSTM<N, Act, RecurrentAct, options>> {
  static auto make() { return rnnts::LSTM<rnnts::dynamic, Act, RecurrentAct, options>(N); }
};
template <std::size_t N, class Act, class RecurrentAct, rnnts::GRUOptions options>
struct DynamicForm<rnnts::GRU<N, Act, RecurrentAct, options>> {
  static auto make() { return rnnts::GRU<rnnts::dynamic, Act, RecurrentAct, options>(N); }
};
template <std::size_t N, rnnts::SLSTMOptions options> struct DynamicForm<rnnts::SLSTM<N, options>> {
  static auto make() { return rnnts::SLSTM<rnnts::dynamic, options>(N); }
};
template <std::size_t F, std::size_t K, class Act, rnnts::Conv1DOptions options>
struct DynamicForm<rnnts::Conv1D<F, K, Act, options>> {
  static auto make() { return rnnts::Conv1D<rnnts::dynamic, K, Act, options>(F); }
};
template <std::size_t N, std::size_t D, rnnts::EmbeddingOptions options>
struct DynamicForm<rnnts::Embedding<N, D, options>> {
  static auto make() { return rnnts::Embedding<rnnts::dynamic, rnnts::dynamic, options>(N, D); }
};
template <rnnts::Period period, class... Layers> struct DynamicForm<rnnts::Cycle<period, Layers...>> {
  static auto make() {
    constexpr rnnts::Period chosen{.steps = rnnts::dynamic, .series = rnnts::dynamic, .quantiles = period.quantiles};
    return rnnts::Cycle<chosen, Dynamic<Layers>...>(period, DynamicForm<Layers>::make()...);
  }
};
template <std::size_t steps> struct DynamicForm<rnnts::LastSteps<steps>> {
  static auto make() { return rnnts::LastSteps(steps); }
};
template <class Wrapped, rnnts::Merge merge> struct DynamicForm<rnnts::Bidirectional<Wrapped, merge>> {
  static auto make() { return rnnts::Bidirectional<Dynamic<Wrapped>, merge>(DynamicForm<Wrapped>::make()); }
};
template <class... Layers> struct DynamicForm<rnnts::Branch<Layers...>> {
  static auto make() { return rnnts::Branch(DynamicForm<Layers>::make()...); }
};
template <class... Branches> struct DynamicForm<rnnts::Concatenate<Branches...>> {
  static auto make() { return rnnts::Concatenate(DynamicForm<Branches>::make()...); }
};
template <class... Branches> struct DynamicForm<rnnts::Add<Branches...>> {
  static auto make() { return rnnts::Add(DynamicForm<Branches>::make()...); }
};

/// `gradcheck` of both forms of a layer: the result of the first one that fails, if one does.
template <class Specification, class Input>
rnnts::GradcheckResult gradcheck_both(const rnnts::GradcheckOptions& options = {}) {
  const auto as_it_stands = rnnts::gradcheck<Specification, Input>(options);
  if (!as_it_stands) return as_it_stands;
  return rnnts::gradcheck(DynamicForm<Specification>::make(), DynamicForm<Input>::make(), options);
}
