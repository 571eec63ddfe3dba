// For the tests of layers: random numbers, and layers run by hand.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/layer.hpp"
#include "support/catch.hpp"

inline std::vector<double> random_numbers(std::size_t count, std::uint64_t seed = 5) {
  rnnts::Random random(rnnts::seed(seed));
  std::vector<double> numbers(count);
  for (double& number : numbers) number = random.normal();
  return numbers;
}

template <class L> typename L::Parameters random_parameters() {
  typename L::Parameters p;
  rnnts::Random random(rnnts::seed(11));
  rnnts::detail::visit_fields(
      [&](const rnnts::detail::FieldInfo&, auto& weights) {
        for (double& weight : weights) weight = random.normal();
      },
      p);
  return p;
}

/// What a layer gives for x, (steps, batch, features) in all, outside of training.
template <class L>
std::vector<double> run(const typename L::Parameters& p, const std::vector<double>& x, std::size_t batch,
                        const std::size_t* lengths = nullptr) {
  const std::size_t steps = x.size() / (batch * L::input.features),
                    output_steps = rnnts::detail::output_steps<L>(p, steps);
  std::vector<double> y(output_steps * batch * L::output.features);
  typename L::Tape tape;
  L::forward(p, {x.data(), steps, batch, lengths}, tape, {y.data(), output_steps, batch, nullptr});
  return y;
}

/// dL/dx of a layer without weights, from dL/dy.
template <class L>
std::vector<double> run_backward(const std::vector<double>& x, const std::vector<double>& dy, std::size_t batch,
                                 const std::size_t* lengths = nullptr) {
  const std::size_t steps = x.size() / (batch * L::input.features),
                    output_steps = rnnts::detail::output_steps<L>({}, steps);
  std::vector<double> y(dy.size()), dx(x.size(), -1);
  typename L::Tape tape;
  typename L::Workspace workspace;
  typename L::Parameters dp;
  L::forward({}, {x.data(), steps, batch, lengths}, tape, {y.data(), output_steps, batch, nullptr});
  L::backward({}, {x.data(), steps, batch, lengths}, tape, {y.data(), output_steps, batch, nullptr},
              {dy.data(), output_steps, batch, nullptr}, workspace, dp, {dx.data(), steps, batch, lengths});
  return dx;
}

/// The outputs of one sample, step by step.
template <class L> std::vector<double> run_by_steps(const typename L::Parameters& p, const std::vector<double>& x) {
  constexpr std::size_t I = L::input.features, N = L::output.features;
  std::vector<double> y(x.size() / I * N);
  typename L::State state;
  for (std::size_t t = 0; t < x.size() / I; ++t) {
    L::step(p, std::span<const double, I>(&x[t * I], I), state, std::span<double, N>(&y[t * N], N));
  }
  return y;
}

inline void check_close(const std::vector<double>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO("number " << i);
    CHECK_THAT(found[i], WithinAbs(expected[i], 1e-13));
  }
}

inline void check_gradients(const rnnts::GradcheckResult& result) {
  INFO(result.message());
  CHECK(result);
}

/// Several steps, one, a batch of one, and an odd one.
template <class Specification, class Input> void check_gradients_of() {
  check_gradients(rnnts::gradcheck<Specification, Input>({.steps = 7, .batch = 3}));
  check_gradients(rnnts::gradcheck<Specification, Input>({.steps = 6, .batch = 1}));
  check_gradients(rnnts::gradcheck<Specification, Input>({.steps = 1, .batch = 5}));
}
