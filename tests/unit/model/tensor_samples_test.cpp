#include "rnnts/model/tensor_samples.hpp"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<2>, SimpleRNN<3>, Dense<1>>;
using Labelling = Sequential<float, Input<2>, SimpleRNN<3, Tanh, SimpleRNNOptions{.return_sequences = true}>, Dense<2>>;

template <std::size_t Rank> xt::xtensor<float, Rank> numbers(std::array<std::size_t, Rank> shape) {
  xt::xtensor<float, Rank> tensor(shape);
  float next = 0;
  for (float& value : tensor) value = std::sin(next += 1);
  return tensor;
}

}  // namespace

TEST_CASE("tensors train a model as the same samples in a range do") {
  const auto x = numbers<3>({7, 4, 2});
  const auto y = numbers<2>({7, 1});
  std::vector<std::pair<std::vector<std::array<float, 2>>, float>> range;
  for (std::size_t b = 0; b < 7; ++b) {
    range.emplace_back();
    for (std::size_t t = 0; t < 4; ++t) range.back().first.push_back({x(b, t, 0), x(b, t, 1)});
    range.back().second = y(b, 0);
  }
  Net from_tensor{seed(1)}, from_range{seed(1)};
  const FitOptions<Net> options{.epochs = 3, .batch_size = 2, .verbose = false};
  const auto history = fit(from_tensor, tensor_samples(x, y), MeanSquaredError{}, Adam{}, options);
  CHECK(history.loss == fit(from_range, range, MeanSquaredError{}, Adam{}, options).loss);
  CHECK(from_tensor.layer<0>().kernel(0, 0) == from_range.layer<0>().kernel(0, 0));
}

TEST_CASE("a label per step comes from a tensor of rank 3") {
  const auto x = numbers<3>({5, 4, 2}), y = numbers<3>({5, 4, 2});
  Labelling model{seed(1)};
  const auto history = fit(model, tensor_samples(x, y), MeanSquaredError{}, Adam{.learning_rate = 1e-2},
                           {.epochs = 50, .verbose = false});
  CHECK(history.loss.back() < 0.8 * history.loss.front());
}

TEST_CASE("another number of labels than of windows is refused") {
  const auto x = numbers<3>({7, 4, 2});
  const auto y = numbers<2>({6, 1});
  CHECK_THROWS_WITH(tensor_samples(x, y),
                    "tensor_samples: expected as many labels as windows, found the shapes (7, 4, 2) and (6, 1)");
}
