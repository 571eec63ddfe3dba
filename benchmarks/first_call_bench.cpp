// What the first call costs, beside later ones: memory is allocated then, and if it is the first in the process, code
// is read from disk and nothing is in a cache.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "bench.hpp"
#include "rnnts/rnnts.hpp"

namespace bench {
namespace {

constexpr std::size_t steps = 20, batch = 32;

template <class Layer> using Model = rnnts::Sequential<float, rnnts::Input<1>, Layer, rnnts::Dense<1>>;

/// What can be called again and again, made anew for each measurement.
template <class M> struct TrainingStep {
  explicit TrainingStep(M& model) : trainer(model, {}, {}) {}

  void operator()() { trainer.step({windows.data(), steps, batch}, {labels.data(), 1, batch}); }

  std::vector<float> windows = std::vector<float>(steps * batch, 0.5F), labels = std::vector<float>(batch, 1.0F);
  rnnts::Trainer<M, rnnts::MeanSquaredError, rnnts::Adam> trainer;
};

template <class M> struct Prediction {
  explicit Prediction(M& its_model) : model(its_model) {}

  void operator()() { benchmark::DoNotOptimize(model.predict(window, scratch)); }

  M& model;
  std::vector<float> window = std::vector<float>(steps, 0.5F);
  typename M::Scratch scratch;
};

template <class M> struct StreamStep {
  explicit StreamStep(M& model) : stream(model) {}

  void operator()() { benchmark::DoNotOptimize(stream.step(0.5F)); }

  rnnts::Stream<M> stream;
};

/// Seconds of `calls` calls, by the wall's clock.
double seconds(auto&& call, std::size_t calls = 1) {
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t k = 0; k < calls; ++k) call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <template <class> class Work, class Layer> void add(const std::string& name) {
  const auto run = [](benchmark::State& state) {
    Model<Layer> model{rnnts::seed(7)};
    double first = 0, later = 1;
    for (auto _ : state) {
      Work<Model<Layer>> work(model);
      first = seconds(work);
      for (double spent = 0; spent < 0.2;) {
        const double burst = seconds(work, 64);
        later = std::min(later, burst / 64);
        spent += burst;
      }
      state.SetIterationTime(first);
    }
    state.counters["first_us"] = 1e6 * first;
    state.counters["later_us"] = 1e6 * later;
  };
  benchmark::RegisterBenchmark(("first/" + name).c_str(), run)
      ->Iterations(1)
      ->UseManualTime()
      ->Unit(benchmark::kMicrosecond);
}

template <class Layer> void add_all(const std::string& layer) {
  add<TrainingStep, Layer>("train/" + layer + "/B=32");
  add<Prediction, Layer>("predict/" + layer);
  add<StreamStep, Layer>("stream/" + layer);
}

}  // namespace

void add_first_call_benchmarks() {
  add_all<rnnts::SimpleRNN<5>>("SimpleRNN/float/N=5");
  add_all<rnnts::LSTM<16>>("LSTM/float/N=16");
  add_all<rnnts::GRU<32>>("GRU/float/N=32");
  add_all<rnnts::LSTM<256>>("LSTM/float/N=256");
}

}  // namespace bench
