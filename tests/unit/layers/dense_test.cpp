#include "rnnts/layers/dense.hpp"

#include <array>
#include <vector>

#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"
#include "support/dynamic_form.hpp"

using namespace rnnts;

TEST_CASE("a dense layer is a product, a bias and an activation, for every step") {
  using L = Dense<2, ReLU>::Layer<double, sequence_shape(any_steps, 3)>;
  STATIC_REQUIRE(L::output == sequence_shape(any_steps, 2));
  L::Parameters p;
  for (std::size_t i = 0; i < 6; ++i) p.kernel.data()[i] = static_cast<double>(i);  // 0 1 / 2 3 / 4 5
  p.bias(0) = -20;
  p.bias(1) = 1;
  const std::vector<double> x{1, 2, 3, -1, -1, -1};  // two steps of one sample
  std::vector<double> y(4);
  L::Tape tape;
  L::forward(p, {x.data(), 2, 1}, tape, {y.data(), 2, 1});
  CHECK(y == std::vector<double>{0, 23, 0, 0});
  L::State state;
  std::array<double, 2> step{};
  L::step(p, std::span<const double, 3>(x.data(), 3), state, step);
  CHECK(step == std::array{0.0, 23.0});
}

TEST_CASE("a dense layer on a vector gives a vector, and may have no bias") {
  using L = Dense<1, Linear, DenseOptions{.use_bias = false}>::Layer<float, vector_shape(2)>;
  STATIC_REQUIRE(L::output == vector_shape(1));
  int fields = 0;
  L::Parameters p;
  detail::visit_fields(
      [&](const detail::FieldInfo& field, auto&) {
        ++fields;
        CHECK(field.path() == "kernel");
      },
      p);
  CHECK(fields == 1);
}

TEMPLATE_TEST_CASE("gradients of a dense layer agree with differences, for every activation", "", Linear, Tanh, Sigmoid,
                   ReLU, LeakyReLU, Softplus, ELU, SELU, SiLU, GELU, Softsign, HardSigmoid, Exponential, Softmax) {
  const auto result = gradcheck_both<Dense<3, TestType>, Input<2>>();
  INFO(result.message());
  CHECK(result);
}

TEST_CASE("gradients of a dense layer agree with differences, for every shape and option") {
  const auto check = [](const GradcheckResult& result) {
    INFO(result.message());
    CHECK(result);
  };
  check(gradcheck_both<Dense<1>, Input<5>>({.steps = 1, .batch = 1}));
  check(gradcheck_both<Dense<4, Tanh, DenseOptions{.use_bias = false}>, Input<1>>({.steps = 3, .batch = 7}));
  check(gradcheck_both<Dense<35, GELU>, Input<33>>({.steps = 2, .batch = 5, .tolerance = 1e-5}));
  check(gradcheck<Dense<2, Softmax>::Layer<double, vector_shape(4)>>({.steps = 1}));
}
