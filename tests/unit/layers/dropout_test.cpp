#include "rnnts/layers/dropout.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "rnnts/layers/input.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

namespace {

constexpr std::size_t steps = 100, batch = 20, features = 5;

template <double rate> using Of = Dropout<rate>::template Layer<double, sequence_shape(any_steps, features)>;

template <class L> std::vector<double> train(const std::vector<double>& x, typename L::Tape& tape) {
  std::vector<double> y(x.size(), -1);
  Random random(seed(3));
  L::forward({}, {x.data(), steps, batch}, tape, {y.data(), steps, batch}, &random);
  return y;
}

}  // namespace

TEST_CASE("dropout drops as many numbers as its rate says, each on its own, and scales the others") {
  const std::vector<double> x(steps * batch * features, 3);
  Of<0.25>::Tape tape;
  const auto y = train<Of<0.25>>(x, tape);
  const auto dropped = std::ranges::count(y, 0.0);
  CHECK(std::ranges::count(y, 4.0) + dropped == std::ptrdiff_t(x.size()));
  CHECK(double(dropped) / double(x.size()) == Approx(0.25).margin(0.02));
  // Of one step of one sample, some features are dropped and others not, and of one feature some steps.
  const auto dropped_in_row = std::count(y.begin(), y.begin() + features, 0.0);
  CHECK(dropped_in_row > 0);
  CHECK(dropped_in_row < std::ptrdiff_t(features));
  std::vector<double> first_feature;
  for (std::size_t t = 0; t < steps; ++t) first_feature.push_back(y[t * batch * features]);
  CHECK(std::ranges::count(first_feature, 0.0) > 0);
  CHECK(std::ranges::count(first_feature, 4.0) > 0);
}

TEST_CASE("the gradient passes where the number has passed") {
  const std::vector<double> x(steps * batch * features, 1), dy(x.size(), 1);
  Of<0.5>::Tape tape;
  const auto y = train<Of<0.5>>(x, tape);
  std::vector<double> dx(x.size(), -1);
  Of<0.5>::Workspace workspace;
  Nothing dp;
  Of<0.5>::backward({}, {x.data(), steps, batch}, tape, {y.data(), steps, batch}, {dy.data(), steps, batch}, workspace,
                    dp, {dx.data(), steps, batch});
  CHECK(dx == y);
}

TEST_CASE("dropout leaves everything as it is outside of training, after training too, and with a rate of 0") {
  const auto x = random_numbers(steps * batch * features);
  CHECK(run<Of<0.5>>({}, x, batch) == x);
  CHECK(run_by_steps<Of<0.5>>({}, x) == x);
  Of<0.0>::Tape none;
  CHECK(train<Of<0.0>>(x, none) == x);
  Of<0.5>::Tape tape;
  CHECK(train<Of<0.5>>(x, tape) != x);
  std::vector<double> y(x.size());
  Of<0.5>::forward({}, {x.data(), steps, batch}, tape, {y.data(), steps, batch});
  CHECK(y == x);
}

TEST_CASE("gradients of dropout agree with differences") {
  check_gradients_of<Dropout<0.4>, Input<3>>();
  check_gradients_of<Dropout<0.0>, Input<2>>();
  check_gradients(gradcheck<Dropout<0.3>::Layer<double, vector_shape(4)>>({.steps = 1, .batch = 3}));
  check_gradients(gradcheck_both<Dropout<0.3>, Input<2>>({.steps = 4, .batch = 3, .lengths = {4, 1, 3}}));
}
