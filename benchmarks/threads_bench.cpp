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

template <class Net> void train(const std::vector<float>& series, std::size_t batch_size, std::size_t threads) {
  Net model{rnnts::seed(7)};
  rnnts::fit(model, series | rnnts::views::window(look_back), rnnts::MeanSquaredError{}, rnnts::Adam{},
             {.epochs = 2, .batch_size = batch_size, .threads = threads, .verbose = false});
}

/// `fit` for two epochs of `batches` batches, on 1 and 2 threads, by the wall's clock.
template <class Layer> void add_fit(const std::string& layer, std::size_t batch_size, std::size_t batches) {
  using Net = rnnts::Sequential<float, rnnts::Input<1>, Layer, rnnts::Dense<1>>;
  for (const std::size_t threads : {1u, 2u}) {
    const std::string name =
        "threads/fit/" + layer + "/B=" + std::to_string(batch_size) + "/threads=" + std::to_string(threads);
    benchmark::RegisterBenchmark(name.c_str(),
                                 [=](benchmark::State& state) {
                                   const std::vector<float> series = wave(batch_size * batches);
                                   for (auto _ : state) train<Net>(series, batch_size, threads);
                                   state.counters["time_per_step"] = benchmark::Counter(
                                       2 * static_cast<double>(batches),
                                       benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
                                 })
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  }
}

/// Eight models, each trained by one thread.
void add_parallel_for() {
  using Net = rnnts::Sequential<float, rnnts::Input<1>, rnnts::LSTM<32>, rnnts::Dense<1>>;
  for (const std::size_t threads : {1u, 2u}) {
    const std::string name = "threads/parallel_for/8 models/LSTM/N=32/B=32/threads=" + std::to_string(threads);
    benchmark::RegisterBenchmark(name.c_str(),
                                 [=](benchmark::State& state) {
                                   const std::vector<float> series = wave(32 * 20);
                                   for (auto _ : state) {
                                     rnnts::parallel_for(8, [&](std::size_t) { train<Net>(series, 32, 1); }, threads);
                                   }
                                 })
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  }
}

}  // namespace

void add_threads_benchmarks() {
  add_fit<rnnts::SimpleRNN<5>>("SimpleRNN/N=5", 10, 200);
  add_fit<rnnts::SimpleRNN<5>>("SimpleRNN/N=5", 256, 20);
  add_fit<rnnts::LSTM<8>>("LSTM/N=8", 32, 100);
  add_fit<rnnts::LSTM<32>>("LSTM/N=32", 32, 50);
  add_fit<rnnts::LSTM<128>>("LSTM/N=128", 64, 5);
  add_parallel_for();
}

}  // namespace bench
