// The same net with sizes that the compiler knows and with sizes chosen when the program runs: a recurrent layer of N
// units and Dense(1) on windows of 20 numbers, training, prediction and one step of a stream.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bench.hpp"
#include "recurrent_layers.hpp"
#include "rnnts/rnnts.hpp"

namespace bench {
namespace {

constexpr std::size_t steps = 20, batch = 32;

template <class Kind, std::size_t N> auto static_model() {
  return rnnts::Sequential<float, rnnts::Input<1>, typename Kind::template Layer<N>, rnnts::Dense<1>>{rnnts::seed(7)};
}
template <class Kind, std::size_t N> auto dynamic_model() {
  using Layer = typename Kind::template Layer<rnnts::dynamic>;
  return rnnts::sequential<float>(rnnts::Input(1), Layer(N), rnnts::Dense(1), rnnts::seed(7));
}

std::vector<float> numbers(std::size_t count) {
  std::minstd_rand random(1);
  std::vector<float> all(count);
  for (float& number : all) number = std::uniform_real_distribution<float>(0, 1)(random);
  return all;
}

void add(const std::string& what, const std::string& sizes, auto work) {
  benchmark::RegisterBenchmark(("sizes/" + what + sizes).c_str(), [=](benchmark::State& state) {
    work(state);
  })->Unit(benchmark::kNanosecond);
}

/// `make` gives the model.
void add_model(const std::string& sizes, auto make) {
  using M = decltype(make());
  add("train", sizes, [=](benchmark::State& state) {
    M model = make();
    rnnts::Trainer<M, rnnts::MeanSquaredError, rnnts::Adam> trainer(model, {}, {});
    const auto windows = numbers(steps * batch), labels = numbers(2 * batch);
    bool second = false;  // two sets of labels in turn: no weights fit both, so the net does not come to rest
    run<float>(state, 0, [&] {
      second = !second;
      const float* const y = labels.data() + (second ? batch : 0);
      benchmark::DoNotOptimize(trainer.step({windows.data(), steps, batch, nullptr, 1}, {y, 1, batch, nullptr, 1}));
    });
  });
  add("predict", sizes, [=](benchmark::State& state) {
    const M model = make();
    const auto windows = numbers(steps);
    typename M::Scratch scratch;
    run<float>(state, 0, [&] { benchmark::DoNotOptimize(model.predict(windows, scratch)); });
  });
  add("stream", sizes, [=](benchmark::State& state) {
    const M model = make();
    rnnts::Stream stream(model);
    const float x = 0.5F;
    run<float>(state, 0, [&] { benchmark::DoNotOptimize(stream.step(x)[0]); });
  });
}

template <class Kind, std::size_t... N> void add_sizes(std::index_sequence<N...>) {
  const auto name = [](const char* form, std::size_t units) {
    return std::string("/") + Kind::name + "/" + form + "/N=" + std::to_string(units);
  };
  ((add_model(name("static", N), static_model<Kind, N>), add_model(name("dynamic", N), dynamic_model<Kind, N>)), ...);
}

}  // namespace

void add_sizes_benchmarks() {
  using Units = std::index_sequence<8, 16, 32, 128>;
  add_sizes<GRU>(Units{});
  add_sizes<LSTM>(Units{});
}

}  // namespace bench
