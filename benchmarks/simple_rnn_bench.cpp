// SimpleRNN(N) and Dense(1, sigmoid) on windows of 20 numbers, as in the tutorial, by state and batch size.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bench.hpp"
#include "rnnts/rnnts.hpp"

namespace bench {
namespace {

constexpr std::size_t steps = 20, inputs = 1;

template <class T, std::size_t N>
using Model = rnnts::Sequential<T, rnnts::Input<inputs>, rnnts::SimpleRNN<N>, rnnts::Dense<1, rnnts::Sigmoid>>;

/// Multiply-adds of matrix products; activations, biases, the loss and the optimizer come on top.
template <std::size_t N> constexpr std::size_t forward_multiply_adds(std::size_t batch) {
  const std::size_t input = steps * inputs * N, recurrence = (steps - 1) * N * N,
                    dense = N;  // h[-1] = 0 costs nothing
  return batch * (input + recurrence + dense);
}

/// The forward pass, as much again for the gradients by the weights, and those by states and by the input of
/// Dense.
template <std::size_t N> constexpr std::size_t backward_multiply_adds(std::size_t batch) {
  return 2 * forward_multiply_adds<N>(batch) + batch * ((steps - 1) * N * N + N);
}

/// A model, its trainer, and one batch of windows with two sets of labels in turn: no weights fit both, so
/// the gradients do not vanish. A net that has learnt all there is would be timed with subnormal numbers.
template <class T, std::size_t N> struct Training {
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
  Model<T, N> model{rnnts::seed(7)};
  rnnts::Trainer<Model<T, N>, rnnts::MeanSquaredError, rnnts::Adam> trainer{model, {}, {}};
};

template <class T, std::size_t N> void add(std::size_t batch) {
  const std::string sizes =
      std::string("/") + scalar_name<T>() + "/N=" + std::to_string(N) + "/B=" + std::to_string(batch);
  const auto add_one = [&](const std::string& what, std::size_t multiply_adds, auto work) {
    benchmark::RegisterBenchmark((what + sizes).c_str(), [=](benchmark::State& state) {
      Training<T, N> training(batch);
      run<T>(state, multiply_adds, [&] { benchmark::DoNotOptimize(work(training)); });
    })->Unit(benchmark::kMicrosecond);
  };
  add_one("forward", forward_multiply_adds<N>(batch),
          [](Training<T, N>& t) { return t.trainer.forward(t.x(), t.next_y()); });
  add_one("backward", backward_multiply_adds<N>(batch),
          [](Training<T, N>& t) { return t.trainer.backward(t.x(), t.next_y()); });
  add_one("train", backward_multiply_adds<N>(batch),
          [](Training<T, N>& t) { return t.trainer.step(t.x(), t.next_y()); });
}

template <class T, std::size_t... N> void add_sizes(std::index_sequence<N...>) {
  const auto add_batches = []<std::size_t units>() {
    for (const std::size_t batch : std::array<std::size_t, 4>{1, 10, 32, 64}) add<T, units>(batch);
  };
  (add_batches.template operator()<N>(), ...);
}

}  // namespace

void add_simple_rnn_benchmarks() {
  using Units = std::index_sequence<1, 2, 4, 5, 8, 16, 32, 64, 128, 256>;
  add_sizes<float>(Units{});
  add_sizes<double>(Units{});
}

}  // namespace bench
