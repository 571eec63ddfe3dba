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

class Growth {
 public:
  explicit Growth(const std::string& file) : csv_(file) {
    csv_ << "layer,N,T,B,microseconds,bytes\n";
    std::puts("| layer | units | T=20, B=32 | time over T | time over B | memory per T B | memory over T B |");
    std::puts("|---|---|---|---|---|---|---|");
  }

  template <class Layer> void add(const char* layer, std::size_t units) {
    using M = Sequential<float, Input<1>, Layer, Dense<1>>;
    std::vector<std::pair<double, double>> by_steps, by_batch, by_both;
    const auto measure_one = [&](std::size_t steps, std::size_t batch) {
      const Cost cost = measure<M>(steps, batch);
      csv_ << layer << ',' << units << ',' << steps << ',' << batch << ',' << 1e6 * cost.seconds << ',' << cost.bytes
           << std::endl;
      by_both.emplace_back(steps * batch, cost.bytes);
      return cost;
    };
    Cost usual;
    for (const std::size_t steps : all_steps) {
      const Cost cost = measure_one(steps, usual_batch);
      by_steps.emplace_back(steps, cost.seconds);
      if (steps == usual_steps) usual = cost;
    }
    for (const std::size_t batch : all_batches) {
      const Cost cost = measure_one(usual_steps, batch);
      if (batch >= fitted_from_batch) by_batch.emplace_back(batch, cost.seconds);
    }
    std::erase_if(by_both, [](const auto& point) { return point.first < usual_steps * fitted_from_batch; });
    std::printf("| `%s` | %zu | %.1f µs | %.2f | %.2f | %.0f B | %.2f |\n", layer, units, 1e6 * usual.seconds,
                exponent(by_steps), exponent(by_batch),
                static_cast<double>(usual.bytes) / static_cast<double>(usual_steps * usual_batch), exponent(by_both));
    std::fflush(stdout);
  }

  bool failed() const { return !csv_; }

 private:
  std::ofstream csv_;
};

template <std::size_t... N> void measure_all(Growth& growth, std::index_sequence<N...>) {
  (growth.add<SimpleRNN<N>>("SimpleRNN", N), ...);
  (growth.add<LSTM<N>>("LSTM", N), ...);
  (growth.add<GRU<N>>("GRU", N), ...);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "Usage: %s FILE.csv\n", argv[0]);
    return EXIT_FAILURE;
  }
  bench::hold_blas_to_one_thread();
  Growth growth(argv[1]);
  measure_all(growth, std::index_sequence<2, 8, 32, 128, 512>{});
  if (growth.failed()) {
    std::fprintf(stderr, "%s: could not be written\n", argv[1]);
    return EXIT_FAILURE;
  }
}
