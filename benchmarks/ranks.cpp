// What several ranks gain: the time of a step on as many as mpirun starts, that of its parts, and by a model of what
// communication costs, that of more ranks on a network. docs/several_machines.md has what it prints.
//
//     mpirun -n 1 ranks_bench; mpirun -n 2 ranks_bench
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "rnnts/distributed/mpi_ranks.hpp"
#include "rnnts/rnnts.hpp"

using namespace rnnts;

namespace {

using Clock = std::chrono::steady_clock;
using Small = Sequential<float, Input<1>, LSTM<32>, Dense<1>>;
using Large =
    Sequential<float, Input<24>, GRU<64, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>, GRU<64>, Dense<48>>;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Seconds of a call, the median of as many.
double seconds_of(std::size_t calls, const auto& call) {
  std::vector<double> all;
  for (std::size_t k = 0; k < calls; ++k) {
    const auto begin = Clock::now();
    call();
    all.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return median(all);
}

/// Of so many numbers.
double seconds_of_sum(Ranks& ranks, std::size_t count) {
  std::vector<float> numbers(count);
  return seconds_of(201, [&] { ranks.sum(std::span(numbers)); });
}

/// An all-reduce of n bytes on p ranks in the model of Thakur, Rabenseifner and Gropp (2005): a message of m bytes
/// takes alpha + beta m. By recursive doubling, or by scattering and gathering (Rabenseifner), whichever is faster; the
/// additions are left out.
double computed_sum(double p, double n, double alpha, double beta) {
  const double rounds = std::ceil(std::log2(p));
  return std::min(rounds * (alpha + n * beta), 2 * rounds * alpha + 2 * (p - 1) / p * n * beta);
}

template <Model M> void measure(const char* name, Ranks& ranks, std::size_t steps, std::size_t batch_size) {
  constexpr std::size_t batches = 10, features = M::input.features, labels = M::output.features;
  Random random(seed(1));
  std::vector<std::pair<std::vector<std::vector<float>>, std::vector<float>>> windows(batches * batch_size);
  for (auto& [window, label] : windows) {
    window.assign(steps, std::vector<float>(features));
    label.resize(labels);
    for (auto& row : window) {
      for (float& x : row) x = static_cast<float>(random.uniform(-1, 1));
    }
    for (float& y : label) y = static_cast<float>(random.uniform(-1, 1));
  }
  M model{seed(1)};
  std::vector<double> epochs;
  double before = 0;
  const auto time = [&](EpochEnd<M>& end) {
    epochs.push_back((end.seconds - before) / batches);
    before = end.seconds;
  };
  fit(model, windows, MeanSquaredError{}, Adam{},
      {.epochs = 30, .batch_size = batch_size, .callbacks = {time}, .verbose = false, .ranks = &ranks});

  using Samples = typename M::template SamplesWith<labels>;
  const Samples samples(windows);
  detail::SampleBatches<float, Samples::input, Samples::output> source(
      samples, {batch_size, detail::sample_shapes(model, MeanSquaredError{})});
  const double reading = seconds_of(31,
                                    [&] {
                                      source.begin(nullptr);
                                      while (source.next() != nullptr) continue;
                                    }) /
                         batches;
  const std::size_t weights = model.parameter_count();
  const double sum = ranks.size() > 1 ? seconds_of_sum(ranks, weights) : 0, step = median(epochs);
  if (ranks.rank() > 0) return;
  std::printf("%s, %zu weights, %zu windows in a batch, on %zu: step %.3f ms, of it reading %.3f ms, sum %.3f ms\n",
              name, weights, batch_size, ranks.size(), 1e3 * step, 1e3 * reading, 1e3 * sum);
  if (ranks.size() > 1) return;
  const double bytes = 4 * static_cast<double>(weights);
  for (const auto& [network, alpha, beta] :
       {std::tuple{"1 Gbit/s", 50e-6, 8e-9}, std::tuple{"10 Gbit/s", 20e-6, 0.8e-9}}) {
    for (const double p : {2., 4., 8., 16.}) {
      const double t = reading + (step - reading) / p + computed_sum(p, bytes, alpha, beta);
      std::printf("  computed, %s, %2.0f ranks: %.3f ms, %.2f times as fast\n", network, p, 1e3 * t, step / t);
    }
  }
}

}  // namespace

int main() {
  MpiRanks ranks;
  measure<Small>("LSTM of 32 units, 20 steps", ranks, 20, 32);
  measure<Large>("two GRUs of 64 units, 14 steps of 24", ranks, 14, 256);
  for (const std::size_t count : {1u, 1000u, 10000u, 100000u}) {
    const double seconds = seconds_of_sum(ranks, count);
    if (ranks.rank() == 0) std::printf("sum of %zu numbers on %zu: %.1f us\n", count, ranks.size(), 1e6 * seconds);
  }
}
