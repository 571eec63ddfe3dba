// A const model is used by eight threads at once. Built with the thread sanitizer, which ends the program at a data
// race.

#include <atomic>
#include <cmath>
#include <cstdio>
#include <thread>
#include <vector>

#include "rnnts/rnnts.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, LSTM<4, Tanh, Sigmoid, LSTMOptions{.return_sequences = true, .dropout = 0.2}>,
                       Bidirectional<GRU<3>>, Concatenate<Dense<2, Tanh>, Residual<Dense<6>>>, Dense<1>>;
using StepByStep = Sequential<float, Input<1>, SimpleRNN<4>, Dense<1>>;

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

}  // namespace

int main() {
  std::vector<float> series;
  for (int t = 0; t < 80; ++t) series.push_back(std::sin(0.3f * static_cast<float>(t)));
  const auto windows = series | views::window(10);
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
                    });
  std::printf("%d results differ\n", found);
  return found == 0 ? 0 : 1;
}
