// How the time and the memory of a training step grow with steps, samples and units: a table of exponents in Markdown,
// and all measurements as CSV, for growth.gnuplot.
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "openblas.hpp"
#include "rnnts/rnnts.hpp"

namespace {

using namespace rnnts;

constexpr std::size_t usual_steps = 20, usual_batch = 32;
constexpr std::array<std::size_t, 6> all_steps{10, 20, 40, 80, 160, 320};
constexpr std::array<std::size_t, 9> all_batches{1, 2, 4, 8, 16, 32, 64, 128, 256};
constexpr std::size_t fitted_from_batch = 16;  // fewer samples do not fill the registers

struct Cost {
  double seconds = 0;     ///< of one training step
  std::size_t bytes = 0;  ///< that tape and workspace take, beside weights, gradients and Adam's two moments
};

std::size_t allocated_bytes() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

/// The fastest of five series of training steps with Adam.
template <Model M> Cost measure(std::size_t steps, std::size_t batch) {
  std::vector<float> windows(steps * batch), labels(2 * batch);
  std::minstd_rand random(1);
  for (auto* numbers : {&windows, &labels}) {
    for (float& number : *numbers) number = std::uniform_real_distribution<float>(0, 1)(random);
  }
  bool second = false;  // no weights fit both labels, so that the net does not come to rest
  M model{seed(7)};
  Trainer<M, MeanSquaredError, Adam> trainer(model, {}, {});
  const auto step = [&] {
    second = !second;
    trainer.step({windows.data(), steps, batch}, {&labels[second ? batch : 0], 1, batch});
  };
  const auto seconds_of = [&](std::size_t repetitions) {
    const std::clock_t start = std::clock();
    for (std::size_t i = 0; i < repetitions; ++i) step();
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  };

  Cost cost;
  const std::size_t before = allocated_bytes();
  // Not a step, in the first of which the optimizer takes its memory.
  trainer.backward({windows.data(), steps, batch}, {labels.data(), 1, batch});
  cost.bytes = allocated_bytes() - before;
  std::size_t repetitions = 1;
  while (seconds_of(repetitions) < 0.01) repetitions *= 2;
  cost.seconds = seconds_of(repetitions);
  for (int series = 1; series < 5; ++series) cost.seconds = std::min(cost.seconds, seconds_of(repetitions));
  cost.seconds /= static_cast<double>(repetitions);
  return cost;
}

/// k of the power law y = c x^k that fits best: the slope of the least squares line through the logarithms.
double exponent(std::span<const std::pair<double, double>> points) {
  double x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& [at, value] : points) {
    const double u = std::log(at), v = std::log(value);
    x += u, y += v, xx += u * u, xy += u * v;
  }
  const double n = static_cast<double>(points.size());
  return (n * xy - x * y) / (n * xx - x * x);
}

struct Exponents {
  Cost usual;  ///< of `usual_steps` and `usual_batch`
  double time_by_steps = 0, time_by_batch = 0, memory = 0;
};

template <class Layer> Exponents measure_all(std::ofstream& csv, const char* layer, std::size_t units) {
  using M = Sequential<float, Input<1>, Layer, Dense<1>>;
  std::vector<std::pair<double, double>> by_steps, by_batch, by_both;
  const auto measure_one = [&](std::size_t steps, std::size_t batch) {
    const Cost cost = measure<M>(steps, batch);
    csv << layer << ',' << units << ',' << steps << ',' << batch << ',' << 1e6 * cost.seconds << ',' << cost.bytes
        << std::endl;
    by_both.emplace_back(steps * batch, cost.bytes);
    return cost;
  };
  Exponents found;
  for (const std::size_t steps : all_steps) {
    const Cost cost = measure_one(steps, usual_batch);
    by_steps.emplace_back(steps, cost.seconds);
    if (steps == usual_steps) found.usual = cost;
  }
  for (const std::size_t batch : all_batches) {
    const Cost cost = measure_one(usual_steps, batch);
    if (batch >= fitted_from_batch) by_batch.emplace_back(batch, cost.seconds);
  }
  std::erase_if(by_both, [](const auto& point) { return point.first < usual_steps * fitted_from_batch; });
  found.time_by_steps = exponent(by_steps);
  found.time_by_batch = exponent(by_batch);
  found.memory = exponent(by_both);
  return found;
}

/// Measures the layers with so many units, and prints them in a row.
template <std::size_t N> void add_row(std::ofstream& csv) {
  std::printf("| %zu |", N);
  for (const Exponents& found : {measure_all<SimpleRNN<N>>(csv, "SimpleRNN", N), measure_all<LSTM<N>>(csv, "LSTM", N),
                                 measure_all<GRU<N>>(csv, "GRU", N)}) {
    const double us = 1e6 * found.usual.seconds;
    std::printf(us < 1000 ? " %.1f µs;" : " %.1f ms;", us < 1000 ? us : us / 1000);
    std::printf(" %.2f, %.2f | %.0f B; %.2f |", found.time_by_steps, found.time_by_batch,
                static_cast<double>(found.usual.bytes) / static_cast<double>(usual_steps * usual_batch), found.memory);
  }
  std::puts("");
  std::fflush(stdout);
}

template <std::size_t... N> void add_rows(std::ofstream& csv, std::index_sequence<N...>) { (add_row<N>(csv), ...); }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "Usage: %s FILE.csv\n", argv[0]);
    return EXIT_FAILURE;
  }
  bench::hold_blas_to_one_thread();
  std::ofstream csv(argv[1]);
  csv << "layer,N,T,B,microseconds,bytes\n";
  std::puts("| units | `SimpleRNN` | its memory | `LSTM` | its memory | `GRU` | its memory |");
  std::puts("|---|---|---|---|---|---|---|");
  add_rows(csv, std::index_sequence<2, 8, 32, 128, 512>{});
  if (!csv) {
    std::fprintf(stderr, "%s: could not be written\n", argv[1]);
    return EXIT_FAILURE;
  }
}
