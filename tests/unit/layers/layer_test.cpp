#include "rnnts/layers/layer.hpp"

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// Gives every second step.
struct Halve {
  template <Scalar T, Shape Input> struct Layer : Flatten::Layer<T, Input> {
    static constexpr Shape output = sequence_shape(any_steps, Input.features* Input.steps);
    static constexpr std::size_t output_steps(std::size_t steps) { return steps / 2; }
  };
};

constexpr Shape sequence = sequence_shape(6, 2);

}  // namespace

TEST_CASE("the library's layers are layers, and those that can run step by step say so") {
  STATIC_REQUIRE(StepLayer<Dense<3>::Layer<float, sequence>>);
  STATIC_REQUIRE(StepLayer<SimpleRNN<3, GELU>::Layer<double, sequence>>);
  STATIC_REQUIRE(Layer<Flatten::Layer<double, sequence>>);
  STATIC_REQUIRE_FALSE(StepLayer<Flatten::Layer<double, sequence>>);
  STATIC_REQUIRE_FALSE(Layer<Flatten>);
  STATIC_REQUIRE_FALSE(Layer<int>);
}

TEST_CASE("a vector has one step, a sequence as many as it was given or the layer says") {
  STATIC_REQUIRE(detail::output_steps<Flatten::Layer<double, sequence>>({}, 6) == 1);
  STATIC_REQUIRE(detail::output_steps<SimpleRNN<3>::Layer<double, sequence>>({}, 6) == 1);
  STATIC_REQUIRE(detail::output_steps<Dense<3>::Layer<double, sequence>>({}, 6) == 6);
  STATIC_REQUIRE(detail::output_steps<Halve::Layer<double, sequence>>({}, 6) == 3);
}
