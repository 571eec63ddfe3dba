// A sine wave, learnt and continued. Returns 0 if the net has learnt something.
#include <cmath>
#include <cstdio>
#include <rnnts/rnnts.hpp>
#include <vector>

int main() {
  std::vector<float> wave(200);
  for (std::size_t t = 0; t < wave.size(); ++t) wave[t] = std::sin(0.3f * static_cast<float>(t));
  auto windows = wave | rnnts::views::window(10);

  // Enough units for products to go through the BLAS, so that linking it is tested too.
  rnnts::Sequential<float, rnnts::Input<1>, rnnts::SimpleRNN<32>, rnnts::Dense<1>> model{rnnts::seed(7)};
  auto history = rnnts::fit(model, windows, rnnts::MeanSquaredError{}, rnnts::Adam{.learning_rate = 1e-2},
                            {.epochs = 20, .batch_size = 10});

  std::printf("rnnts %d.%d.%d, BLAS %d: loss %g, then %g\n", RNNTS_VERSION_MAJOR, RNNTS_VERSION_MINOR, RNNTS_VERSION_PATCH,
              RNNTS_WITH_BLAS, history.loss.front(), history.loss.back());
  return history.loss.back() < 0.1 * history.loss.front() ? 0 : 1;
}
