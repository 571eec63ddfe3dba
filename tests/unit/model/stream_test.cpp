#include "rnnts/model/stream.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "rnnts/kernels/plan.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/model/sequential.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("after any number of steps a stream gives what predict gives for all of them") {
  const Sequential<double, Input<2>, SimpleRNN<4, Tanh, SimpleRNNOptions{.return_sequences = true}>, SimpleRNN<3, SiLU>,
                   Dense<2, Softmax>>
      model{seed(9)};
  Stream stream(model);
  for (int round = 0; round < 2; ++round) {
    std::vector<std::array<double, 2>> window;
    for (int t = 0; t < 6; ++t) {
      window.push_back({std::sin(t), std::cos(2 * t)});
      const auto y = stream.step(window.back());
      const auto expected = model.predict(window);
      CHECK_THAT(y[0], WithinAbs(expected(0), 1e-14));
      CHECK_THAT(y[1], WithinAbs(expected(1), 1e-14));
    }
    stream.reset();
  }
}

TEST_CASE("a stream whose weights are read in turn from the front and from behind gives what predict gives") {
  const Sequential<double, Input<1>, LSTM<34, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>,
                   GRU<38, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>, SimpleRNN<65>>
      model{seed(9)};
  static_assert(34 * 4 * 34 * sizeof(double) >= detail::turns_from_bytes);
  static_assert(38 * 3 * 38 * sizeof(double) >= detail::turns_from_bytes);
  static_assert(65 * 65 * sizeof(double) >= detail::turns_from_bytes);
  Stream stream(model);
  std::vector<double> window;
  for (int t = 0; t < 4; ++t) {
    window.push_back(std::sin(t));
    const auto y = stream.step(window.back());
    const auto expected = model.predict(window);
    for (std::size_t n = 0; n < y.size(); ++n) CHECK_THAT(y[n], WithinAbs(expected(n), 1e-13));
  }
}

TEST_CASE("a stream of one input takes numbers, and a copy goes its own way") {
  const Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>> model{seed(9)};
  Stream stream(model);
  stream.step(0.5f);
  Stream copy = stream;
  const float next = stream.step(0.25f)[0];
  copy.step(-1.0f);
  CHECK(next == Approx(model.predict(std::vector{0.5f, 0.25f})(0)));
  CHECK(copy.step(0.25f)[0] != next);
}
