#include "rnnts/layers/slstm.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"
#include "support/dynamic_form.hpp"
#include "support/lanes_check.hpp"

using namespace rnnts;

namespace {

using L = SLSTM<2>::Layer<double, Input<1>::shape>;

}  // namespace

TEMPLATE_TEST_CASE("gradients of an SLSTM agree with differences", "", SLSTM<3>,
                   (SLSTM<2, SLSTMOptions{.use_bias = false}>), ReturnSequences<SLSTM<3>>,
                   (SLSTM<2, SLSTMOptions{.go_backwards = true}>),
                   (SLSTM<3, SLSTMOptions{.dropout = 0.3, .recurrent_dropout = 0.4}>), Bidirectional<SLSTM<2>>) {
  for (const std::size_t steps : {1U, 5U}) {
    for (const std::size_t batch : {1U, 2U, 7U}) {
      const auto result = gradcheck_both<TestType, Input<2>>({.steps = steps, .batch = batch});
      INFO(result.message());
      CHECK(result);
    }
  }
  const auto result = gradcheck_both<TestType, Input<2>>({.steps = 4, .batch = 3, .lengths = {2, 4, 1}});
  INFO(result.message());
  CHECK(result);
}

TEST_CASE("an SLSTM without the stabiliser's m is what its equations say") {
  L::Parameters p;
  Random random(seed(3));
  for (const auto numbers : detail::tensors(p)) {
    for (double& number : numbers) number = random.normal();
  }
  const std::vector<double> x{0.5, -1, 0.3};
  std::array<double, 2> h{}, c{}, n{}, y{};
  L::State state;
  for (const double value : x) {
    std::array<double, 8> z{};
    for (std::size_t k = 0; k < 8; ++k) {
      z[k] = p.bias(k) + value * p.kernel(0, k) + h[0] * p.recurrent_kernel(0, k) + h[1] * p.recurrent_kernel(1, k);
    }
    const auto sigmoid = [](double a) { return 1 / (1 + std::exp(-a)); };
    for (std::size_t k = 0; k < 2; ++k) {
      c[k] = sigmoid(z[2 + k]) * c[k] + std::exp(z[k]) * std::tanh(z[4 + k]);
      n[k] = sigmoid(z[2 + k]) * n[k] + std::exp(z[k]);
      h[k] = sigmoid(z[6 + k]) * c[k] / n[k];
    }
    L::step(p, std::array{value}, state, y);
    CHECK_THAT(y[0], WithinAbs(h[0], 1e-13));
    CHECK_THAT(y[1], WithinAbs(h[1], 1e-13));
  }
  L::Tape tape;
  L::forward(p, {x.data(), 3, 1}, tape, {y.data(), 1, 1});
  CHECK_THAT(y[0], WithinAbs(h[0], 1e-13));
  CHECK_THAT(y[1], WithinAbs(h[1], 1e-13));
}

TEST_CASE("gates of any size keep an SLSTM's numbers within range") {
  L::Parameters p;
  for (const double size : {1e3, 1e6}) {
    for (const double sign : {-1.0, 1.0}) {
      for (std::size_t k = 0; k < 8; ++k) p.kernel(0, k) = sign * size * (k % 3 == 0 ? -1 : 1);
      const std::vector<double> x{1, -1, 0.5, 1, 1, 0, -1};
      std::vector<double> y(2), dy{1, 1}, dx(x.size());
      L::Tape tape;
      L::Workspace workspace;
      L::Parameters dp;
      L::forward(p, {x.data(), x.size(), 1}, tape, {y.data(), 1, 1});
      L::backward(p, {x.data(), x.size(), 1}, tape, {y.data(), 1, 1}, {dy.data(), 1, 1}, workspace, dp,
                  {dx.data(), x.size(), 1});
      for (const double number : y) CHECK(std::abs(number) <= 1);
      for (const double number : dx) CHECK(std::isfinite(number));
      for (const auto numbers : detail::tensors(dp)) {
        for (const double number : numbers) CHECK(std::isfinite(number));
      }
    }
  }
}

TEMPLATE_TEST_CASE("samples of an SLSTM in lanes give what rows of units give", "", float, double) {
  using T = TestType;
  lanes_check::check<T, SLSTM<1>, 1>();
  lanes_check::check<T, SLSTM<5>, 2>();
  lanes_check::check<T, ReturnSequences<SLSTM<3>>, 2>();
}

TEST_CASE("the states of an SLSTM have names, and m is -∞ at first") {
  L::State state;
  std::string names;
  detail::visit_fields(
      [&](const detail::FieldInfo& field, const auto& numbers) {
        names += field.path() + " ";
        CHECK(numbers(1) == (field.name == "m" ? -std::numeric_limits<double>::infinity() : 0));
      },
      state);
  CHECK(names == "h c n m ");
}
