// A const model is used by eight threads at once, models are trained side by side, one by several threads, and one is
// swapped under a stream. Built with the thread sanitizer, which ends the program at a data race.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

#include "rnnts/rnnts.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, LSTM<4, Tanh, Sigmoid, LSTMOptions{.return_sequences = true, .dropout = 0.2}>,
                       Bidirectional<GRU<3>>, Concatenate<Dense<2, Tanh>, Residual<Dense<6>>>, Dense<1>>;
using StepByStep = Sequential<float, Input<1>, SimpleRNN<4>, Dense<1>>;

/// Losses of a net that draws random numbers, trained on windows of different length.
std::vector<double> losses(Seed seed, std::size_t threads) {
  std::vector<std::pair<std::vector<float>, float>> samples;
  for (std::size_t k = 0; k < 21; ++k) samples.emplace_back(std::vector<float>(2 + k % 5, 0.1f), 0.01f);
  Net model{seed};
  const FitOptions<Net> options{.epochs = 3,
                                .batch_size = 10,
                                .seed = seed,
                                .validation = samples,
                                .threads = threads,
                                .work_per_thread = 0,
                                .verbose = false};
  const History history = fit(model, samples, MeanSquaredError{}, Adam{}, options);
  std::vector<double> all = history.loss;
  all.insert(all.end(), history.val_loss.begin(), history.val_loss.end());
  return all;
}

/// The same for several seeds, some of them at once.
std::vector<std::vector<double>> losses_of_seeds(std::size_t at_once, std::size_t threads_of_each) {
  std::vector<std::vector<double>> all(6);
  parallel_for(all.size(), [&](std::size_t k) { all[k] = losses(seed(k), threads_of_each); }, at_once);
  return all;
}

/// Counts what differs from what one thread alone has found.
template <class Work> int differences(const Work& work) {
  const auto expected = work();
  std::atomic<int> different = 0;
  std::vector<std::thread> threads;
  for (int k = 0; k < 8; ++k) {
    threads.emplace_back([&] {
      for (int repeat = 0; repeat < 20; ++repeat) different += work() != expected ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return different;
}

/// Has a model published again and again while another thread streams. Each model gives a number of its own, whatever
/// the input and the state; counts the outputs that are none of these, or of a model older than one that was seen.
int wrong_outputs_of_swaps() {
  constexpr int swaps = 2000;
  StepByStep model;
  for (auto& weight : model.weights()) std::ranges::fill(weight.values, 0.0f);
  SwappableStream swappable(model);
  int wrong = 0;
  std::atomic<int> seen = 0;
  std::thread real_time([&] {
    for (float last = 0; last < swaps;) {
      auto& stream = swappable.stream();
      for (int step = 0; step < 4; ++step) {
        const float y = stream.step(0.5f)[0];
        wrong += y >= last && y == std::round(y) ? 0 : 1;
        last = y;
      }
      seen = static_cast<int>(last);
    }
  });
  for (int k = 1; k <= swaps; ++k) {
    model.layer<1>().bias(0) = static_cast<float>(k);
    swappable.publish(model, {.keep_state = k % 3 != 0, .prewarm = k % 3 == 0 ? 2u : 0u});
    while (k % 10 == 0 && seen < k) std::this_thread::yield();  // else it may see the last one alone
  }
  real_time.join();
  return wrong + (swappable.collect() == 1 ? 0 : 1);
}

}  // namespace

int main() {
  std::vector<float> series;
  for (int t = 0; t < 80; ++t) series.push_back(std::sin(0.3f * static_cast<float>(t)));
  const auto windows = series | views::window(10);
  const std::vector<std::vector<float>> many(400, std::vector<float>(series.begin(), series.begin() + 10));
  const Net model{seed(7)};
  const StepByStep steps{seed(7)};

  const int found = differences([&] { return model.predict(windows)(5, 0); }) +
                    differences([&] { return evaluate(model, windows).model.mae; }) +
                    differences([&] { return forecast(model, std::span(series).last(10), 5); }) + differences([&] {
                      Stream stream(steps);
                      float y = 0;
                      for (const float x : series) y = stream.step(x)[0];
                      return y;
                    }) +
                    differences([&] {
                      StepByStep copy = steps;  // each thread trains a copy of its own
                      fit(copy, windows, MeanSquaredError{}, Adam{}, {.epochs = 2, .verbose = false});
                      return copy.predict(windows)(5, 0);
                    }) +
                    (model.predict(many, {.threads = 4}) != model.predict(many) ? 1 : 0) +
                    (losses_of_seeds(3, 1) != losses_of_seeds(1, 1) ? 1 : 0) +
                    (losses_of_seeds(3, 2) != losses_of_seeds(1, 2) ? 1 : 0) + wrong_outputs_of_swaps();
  std::printf("%d results differ\n", found);
  return found == 0 ? 0 : 1;
}
