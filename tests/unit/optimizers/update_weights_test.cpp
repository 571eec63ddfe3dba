#include "rnnts/optimizers/update_weights.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "rnnts/optimizers/adam.hpp"
#include "rnnts/optimizers/rmsprop.hpp"
#include "rnnts/optimizers/schedules.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "support/catch.hpp"
#include "unit/optimizers/weights.hpp"

using namespace rnnts;

namespace {

struct TwoTensors {
  Tensor<double, 2> kernel;
  Tensor<double, 1> bias;

  static constexpr auto fields() {
    return std::tuple{Field{"kernel", &TwoTensors::kernel}, Field{"bias", &TwoTensors::bias}};
  }
};

struct Layers {
  TwoTensors first, second;

  static constexpr auto fields() {
    return std::tuple{Field{"first", &Layers::first}, Field{"second", &Layers::second}};
  }
};

TwoTensors two_tensors(double a, double b, double c) {
  TwoTensors result;
  result.kernel(0) = a;
  result.kernel(1) = b;
  result.bias(0) = c;
  return result;
}

template <class O, class P> P one_update(const O& optimizer, P parameters, const P& gradients) {
  typename O::template State<P> state;
  optimizer.update(parameters, gradients, state);
  return parameters;
}

}  // namespace

TEST_CASE("clipvalue cuts each number, clipnorm scales each tensor, global_clipnorm all together") {
  const auto zero = two_tensors(0, 0, 0), g = two_tensors(3, -4, 12);  // norms 5 and 12, of all 13
  const auto by_value = one_update(SGD{.learning_rate = 1, .clipvalue = 3.5}, zero, g);
  CHECK(by_value.kernel(0) == -3);
  CHECK(by_value.kernel(1) == 3.5);
  CHECK(by_value.bias(0) == -3.5);
  const auto by_norm = one_update(SGD{.learning_rate = 1, .clipnorm = 6}, zero, g);
  CHECK(by_norm.kernel(0) == -3);  // 5 is less than 6
  CHECK(by_norm.kernel(1) == 4);
  CHECK_THAT(by_norm.bias(0), WithinRel(-6.0, 1e-15));
  const auto global = one_update(SGD{.learning_rate = 1, .global_clipnorm = 6.5}, zero, g);
  CHECK_THAT(global.kernel(0), WithinRel(-1.5, 1e-15));
  CHECK_THAT(global.kernel(1), WithinRel(2.0, 1e-15));
  CHECK_THAT(global.bias(0), WithinRel(-6.0, 1e-15));
  const auto below = one_update(SGD{.learning_rate = 1, .global_clipnorm = 14}, zero, g);
  CHECK(below.bias(0) == -12);
  CHECK(one_update(SGD{.learning_rate = 1, .clipnorm = 1}, zero, zero).bias(0) == 0);
}

TEST_CASE("weight decay goes with the learning rate, and before the update") {
  const auto zero = two_tensors(0, 0, 0), w = two_tensors(1, -2, 8);
  const auto decayed = one_update(SGD{.learning_rate = 0.5, .weight_decay = 0.25}, w, zero);
  CHECK(decayed.kernel(1) == -2 * 0.875);
  CHECK(decayed.bias(0) == 7);
  const auto updated = one_update(SGD{.learning_rate = 0.5, .weight_decay = 0.25}, w, two_tensors(0, 0, 2));
  CHECK(updated.bias(0) == 7 - 1);
}

TEST_CASE("weights whose name has an excluded part do not decay") {
  Layers w, zero;
  detail::visit_fields([](const detail::FieldInfo&, auto& values) { values.fill(1); }, w);
  const auto without_bias =
      one_update(SGD{.learning_rate = 0.5, .weight_decay = 1, .exclude_from_weight_decay = {"bias"}}, w, zero);
  CHECK(without_bias.first.kernel(0) == 0.5);
  CHECK(without_bias.first.bias(0) == 1);
  CHECK(without_bias.second.bias(0) == 1);
  const auto one_layer = one_update(
      SGD{.learning_rate = 0.5, .weight_decay = 1, .exclude_from_weight_decay = {"bias", "second"}}, w, zero);
  CHECK(one_layer.first.kernel(1) == 0.5);
  CHECK(one_layer.first.bias(0) == 1);
  CHECK(one_layer.second.kernel(1) == 1);
}

// Literals: Keras 3.15.1, as said in weights.hpp.

TEST_CASE("clipping and weight decay are those of Keras") {
  const auto check = [](const Weights& w, double a, double b) {
    CHECK_THAT(w.w(0), WithinRel(a, 1e-12));
    CHECK_THAT(w.w(1), WithinRel(b, 1e-12));
  };
  check(after_four_updates(Adam{.learning_rate = 0.1, .weight_decay = 0.25, .global_clipnorm = 1}), 0.7655949983466678,
        -2.6457472145181353);
  check(after_four_updates(SGD{.learning_rate = 0.1, .weight_decay = 0.25, .clipvalue = 0.6}), 0.879579296875,
        -2.720989609375);
  check(after_four_updates(RMSprop{.learning_rate = 0.1, .weight_decay = 0.25, .clipnorm = 1}), 0.6396091104230632,
        -2.6231964786797746);
  const ExponentialDecay halves{.initial_learning_rate = 0.1, .decay_steps = 1, .decay_rate = 0.5};
  check(after_four_updates(SGD{.learning_rate = halves, .weight_decay = 0.25}), 0.9283291198730468,
        -2.7277361511230462);
}

TEST_CASE("exclusion from weight decay is that of Keras, the global norm that of all tensors") {
  // a second variable, named "bias", of value 2 and gradients 3, 0, -1, 0.5
  auto w = two_tensors(1, -3, 2);
  Adam::State<TwoTensors> state;
  const Adam adam{
      .learning_rate = 0.1, .weight_decay = 0.25, .global_clipnorm = 1, .exclude_from_weight_decay = {"bias"}};
  const std::array of_bias{3.0, 0.0, -1.0, 0.5};
  for (std::size_t i = 0; i < 4; ++i) {
    adam.update(w, two_tensors(four_gradients[i].w(0), four_gradients[i].w(1), of_bias[i]), state);
  }
  CHECK_THAT(w.kernel(0), WithinRel(0.7704778499320623, 1e-12));
  CHECK_THAT(w.kernel(1), WithinRel(-2.701970459057554, 1e-12));
  CHECK_THAT(w.bias(0), WithinRel(1.7886565833160242, 1e-12));
}

TEST_CASE("what is not finite stays visible under every kind of clipping") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto w = two_tensors(1, 1, 1);
  for (const double bad : {nan, std::numeric_limits<double>::infinity()}) {
    const auto g = two_tensors(bad, 1, 1);
    CHECK_FALSE(std::isfinite(one_update(SGD{.clipnorm = 1}, w, g).kernel(0)));
    CHECK_FALSE(std::isfinite(one_update(SGD{.global_clipnorm = 1}, w, g).kernel(0)));
  }
  CHECK(std::isnan(one_update(SGD{.clipvalue = 1}, w, two_tensors(nan, 1, 1)).kernel(0)));
}

TEST_CASE("options that make no sense are refused at the first update") {
  const auto message = [](const SGD& sgd) -> std::string {
    try {
      one_update(sgd, Layers{}, Layers{});
    } catch (const ArgumentError& error) {
      return error.what();
    }
    return "none";
  };
  CHECK(message({.clipnorm = 1, .clipvalue = 0.5}) ==
        "optimizer: expected one of clipnorm, clipvalue and global_clipnorm at most, found 1, 0.5 and 0");
  CHECK(message({.clipvalue = 1, .global_clipnorm = 2}) ==
        "optimizer: expected one of clipnorm, clipvalue and global_clipnorm at most, found 0, 1 and 2");
  CHECK(message({.weight_decay = -1}) ==
        "optimizer: expected weight_decay at least 0, which turns it off, and finite, found -1");
  CHECK(message({.clipnorm = -1}) ==
        "optimizer: expected clipnorm at least 0, which turns it off, and finite, found -1");
  CHECK(message({.clipvalue = std::numeric_limits<double>::infinity()}) ==
        "optimizer: expected clipvalue at least 0, which turns it off, and finite, found inf");
  CHECK(message({.global_clipnorm = -0.5}) ==
        "optimizer: expected global_clipnorm at least 0, which turns it off, and finite, found -0.5");
  CHECK(message({.exclude_from_weight_decay = {"bias", "biases"}}) ==
        "optimizer: exclude_from_weight_decay has \"biases\", which is no part of the names of the weights: "
        "first.kernel first.bias second.kernel second.bias");
  CHECK(message({}) == "none");
}

TEST_CASE("the state of other weights is refused before these change") {
  auto w = weights(1, 1);
  Adam::State<Weights> state;
  Adam{}.update(w, weights(1, 1), state);
  auto others = two_tensors(1, 2, 3);
  CHECK_THROWS_WITH(Adam{}.update(others, two_tensors(1, 1, 1), state),
                    "optimizer: the state is of 2 weights, but there are 3 to update");
  CHECK(others.kernel(0) == 1);
}

TEST_CASE("updates are counted, and the schedule is asked for each") {
  auto w = weights(0, 0);
  SGD::State<Weights> state;
  const SGD sgd{.learning_rate = PiecewiseConstantDecay{.boundaries = {0}, .values = {1, 0.5}}};
  sgd.update(w, weights(1, 1), state);
  CHECK(state.updates == 1);
  CHECK(w.w(0) == -1);
  sgd.update(w, weights(1, 1), state);
  CHECK(state.updates == 2);
  CHECK(w.w(0) == -1.5);
}

TEST_CASE("a learning rate that becomes negative or NaN is refused at that update, and the weights stay") {
  const auto third = [](double rate) { return [rate](std::uint64_t update) { return update < 2 ? 0.5 : rate; }; };
  const auto zero = two_tensors(0, 0, 0), g = two_tensors(1, 2, 3);
  const auto check = [&](auto optimizer, const std::string& found) {
    auto w = zero;
    typename decltype(optimizer)::template State<TwoTensors> state;
    for (int update = 0; update < 2; ++update) optimizer.update(w, g, state);
    const double before = w.bias(0);
    CHECK_THROWS_AS(optimizer.update(w, g, state), ArgumentError);
    CHECK_THROWS_WITH(
        optimizer.update(w, g, state),
        "learning_rate: expected a finite number of at least 0 for update 2, counted from 0, found " + found);
    CHECK(w.bias(0) == before);
    CHECK(state.updates == 2);
  };
  check(SGD{.learning_rate = third(-0.25)}, "-0.25");
  check(Adam{.learning_rate = third(-1e-9)}, "-1e-09");
  check(RMSprop{.learning_rate = third(std::numeric_limits<double>::infinity())}, "inf");
  check(SGD{.learning_rate = third(std::numeric_limits<double>::quiet_NaN())}, "nan");
  check(SGD{.learning_rate = PiecewiseConstantDecay{.boundaries = {1}, .values = {0.5, -1}}}, "-1");

  Adam scaled{.learning_rate = 0.5};
  scaled.learning_rate.scale(-1);
  CHECK_THROWS_AS(one_update(scaled, zero, g), ArgumentError);
  CHECK(one_update(SGD{.learning_rate = third(0)}, zero, g).bias(0) == -1.5);
}
