// What several threads bring: in the training of one model, and with models side by side.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "bench.hpp"
#include "rnnts/rnnts.hpp"

namespace bench {
namespace {

constexpr std::size_t look_back = 20;

std::vector<float> wave(std::size_t windows) {
  std::vector<float> series;
  for (std::size_t t = 0; t < windows + look_back; ++t) {
    const double x = static_cast<double>(t);
    series.push_back(static_cast<float>(std::sin(0.3 * x) + 0.3 * std::sin(0.71 * x * x)));  // not to be learnt
  }
  return series;
}

/// Two epochs, of a copy of the model: its first weights are not drawn while the clock runs.
template <class Net>
void train(Net model, const std::vector<float>& series, std::size_t batch_size, std::size_t threads) {
  rnnts::fit(model, series | rnnts::views::window(look_back), rnnts::MeanSquaredError{}, rnnts::Adam{},
             {.epochs = 2, .batch_size = batch_size, .threads = threads, .verbose = false});
}

/// Registers `work(threads)` on 1 and 2 threads, by the wall's clock. `steps` are those that the work does in all.
void add(const std::string& name, std::size_t steps, auto work) {
  for (const std::size_t threads : {1u, 2u}) {
    const auto run = [=](benchmark::State& state) {
      for (auto _ : state) work(threads);
      using benchmark::Counter;
      state.counters["step"] =
          Counter(static_cast<double>(steps), Counter::kIsIterationInvariantRate | Counter::kInvert);
    };
    const std::string whole_name = "threads/" + name + "/threads=" + std::to_string(threads);
    benchmark::RegisterBenchmark(whole_name.c_str(), run)->Unit(benchmark::kMillisecond)->UseRealTime();
  }
}

/// `fit` with so many batches in an epoch.
template <class Layer> void add_fit(const std::string& layer, std::size_t batch_size, std::size_t batches) {
  using Net = rnnts::Sequential<float, rnnts::Input<1>, Layer, rnnts::Dense<1>>;
  const Net model{rnnts::seed(7)};
  const std::vector<float> series = wave(batch_size * batches);
  add("fit/" + layer + "/B=" + std::to_string(batch_size), 2 * batches,
      [=](std::size_t threads) { train(model, series, batch_size, threads); });
}

/// Eight models, each trained by one thread.
void add_parallel_for() {
  using Net = rnnts::Sequential<float, rnnts::Input<1>, rnnts::LSTM<32>, rnnts::Dense<1>>;
  const Net model{rnnts::seed(7)};
  const std::vector<float> series = wave(32 * 20);
  add("parallel_for/LSTM/N=32/B=32", 8 * 2 * 20,
      [=](std::size_t threads) { rnnts::parallel_for(8, [&](std::size_t) { train(model, series, 32, 1); }, threads); });
}

}  // namespace

void add_threads_benchmarks() {
  add_fit<rnnts::SimpleRNN<5>>("SimpleRNN/N=5", 10, 200);
  add_fit<rnnts::SimpleRNN<5>>("SimpleRNN/N=5", 256, 20);
  add_fit<rnnts::LSTM<8>>("LSTM/N=8", 32, 100);
  add_fit<rnnts::LSTM<32>>("LSTM/N=32", 32, 50);
  add_fit<rnnts::LSTM<128>>("LSTM/N=128", 64, 10);
  add_parallel_for();
}

}  // namespace bench
