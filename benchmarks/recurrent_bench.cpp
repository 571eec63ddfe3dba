// A recurrent layer of N units and Dense(1, sigmoid) on windows of 20 numbers, as in the tutorial, by layer, units and
// batch size.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bench.hpp"
#include "multiply_adds.hpp"
#include "recurrent_layers.hpp"
#include "rnnts/rnnts.hpp"

namespace bench {
namespace {

constexpr std::size_t steps = 20, inputs = 1;

template <class Kind, class T, std::size_t N>
using Model =
    rnnts::Sequential<T, rnnts::Input<inputs>, typename Kind::template Layer<N>, rnnts::Dense<1, rnnts::Sigmoid>>;

template <class Kind, std::size_t N> constexpr RecurrentSizes sizes_of(std::size_t batch) {
  return {.gates = Kind::gates, .inputs = inputs, .units = N, .steps = steps, .batch = batch};
}

/// A model, its trainer, and one batch of windows with two sets of labels in turn: no weights fit both, so
/// the net does not come to rest.
template <class Kind, class T, std::size_t N> struct Training {
  explicit Training(std::size_t batch) : windows(steps * batch * inputs), labels(2 * batch) {
    std::minstd_rand random(1);
    for (auto* numbers : {&windows, &labels}) {
      for (T& number : *numbers) number = std::uniform_real_distribution<T>(0, 1)(random);
    }
  }

  std::size_t batch() const { return labels.size() / 2; }
  rnnts::Sequence<const T, inputs> x() const { return {windows.data(), steps, batch()}; }
  rnnts::Sequence<const T, 1> next_y() {
    second = !second;
    return {labels.data() + (second ? batch() : 0), 1, batch()};
  }

  std::vector<T> windows, labels;
  bool second = false;
  Model<Kind, T, N> model{rnnts::seed(7)};
  rnnts::Trainer<Model<Kind, T, N>, rnnts::MeanSquaredError, rnnts::Adam> trainer{model, {}, {}};
};

template <class Kind, class T, std::size_t N> void add(std::size_t batch) {
  const std::string sizes = std::string("/") + Kind::name + "/" + scalar_name<T>() + "/N=" + std::to_string(N) +
                            "/B=" + std::to_string(batch);
  const auto add_one = [&](const std::string& what, std::size_t multiply_adds, auto work) {
    benchmark::RegisterBenchmark((what + sizes).c_str(), [=](benchmark::State& state) {
      Training<Kind, T, N> training(batch);
      run<T>(state, multiply_adds, [&] { benchmark::DoNotOptimize(work(training)); });
    })->Unit(benchmark::kMicrosecond);
  };
  add_one("forward", forward_multiply_adds(sizes_of<Kind, N>(batch)),
          [](auto& t) { return t.trainer.forward(t.x(), t.next_y()); });
  add_one("backward", backward_multiply_adds(sizes_of<Kind, N>(batch)),
          [](auto& t) { return t.trainer.backward(t.x(), t.next_y()); });
  add_one("train", backward_multiply_adds(sizes_of<Kind, N>(batch)),
          [](auto& t) { return t.trainer.step(t.x(), t.next_y()); });
}

template <class Kind, class T, std::size_t... N> void add_sizes(std::index_sequence<N...>) {
  const auto add_batches = []<std::size_t units>() {
    for (const std::size_t batch : std::array<std::size_t, 4>{1, 10, 32, 64}) add<Kind, T, units>(batch);
  };
  (add_batches.template operator()<N>(), ...);
}

}  // namespace

void add_recurrent_benchmarks() {
  using Units = std::index_sequence<4, 8, 16, 32, 64, 256>;
  add_sizes<SimpleRNN, float>(std::index_sequence<5>{});
  add_sizes<SimpleRNN, double>(std::index_sequence<5, 32>{});
  add_sizes<SimpleRNN, float>(Units{});
  add_sizes<LSTM, float>(Units{});
  add_sizes<GRU, float>(Units{});
}

}  // namespace bench
