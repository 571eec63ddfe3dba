#include "rnnts/model/swappable_stream.hpp"

#include <type_traits>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/model/sequential.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<double, Input<1>, GRU<3>, Dense<1>>;
const Net first{seed(1)}, second{seed(2)}, third{seed(3)};

/// A swappable stream that has taken some steps with the first model.
struct Running {
  SwappableStream<Net> swappable{first};

  Running() {
    for (const double x : {0.5, -1.0, 0.25}) swappable.stream().step(x);
  }
  double step() { return swappable.stream().step(0.75)[0]; }
};

/// The output of the next step for a model that goes on from where `Running` is.
double next_with(const Net& model) {
  Running running;
  Stream stream(model);
  stream.set_states(running.swappable.stream().states());
  return stream.step(0.75)[0];
}

double next_after(std::size_t prewarm, const Net& model) {
  Stream stream(model);
  stream.prewarm(prewarm);
  return stream.step(0.75)[0];
}

}  // namespace

TEST_CASE("without a new model a swappable stream is a stream") {
  Running running;
  CHECK(running.step() == next_with(first));
}

TEST_CASE("a model that is published takes the state over, starts anew, or is prewarmed") {
  Running running;
  running.swappable.publish(second);
  CHECK(running.step() == next_with(second));
  running.swappable.publish(third, {.keep_state = false});
  CHECK(running.step() == next_after(0, third));
  running.swappable.publish(first, {.keep_state = false, .prewarm = 20});
  CHECK(running.step() == next_after(20, first));
}

TEST_CASE("what was not taken yet is left out, but for what becomes of the state") {
  Running running;
  running.swappable.publish(second);
  running.swappable.publish(third);
  CHECK(running.step() == next_with(third));
  running.swappable.publish(second, {.keep_state = false});
  running.swappable.publish(third);
  CHECK(running.step() == next_after(0, third));
  running.swappable.publish(second, {.keep_state = false, .prewarm = 4});
  running.swappable.publish(second);
  CHECK(running.step() == next_after(4, second));
}

TEST_CASE("the model is a copy, and old ones are freed by collect or publish") {
  Running running;
  CHECK(running.swappable.collect() == 1);
  {
    const Net temporary = second;
    running.swappable.publish(temporary);
  }
  CHECK(running.swappable.collect() == 2);  // the first one is still running
  CHECK(running.step() == next_with(second));
  CHECK(running.swappable.collect() == 1);
  running.swappable.publish(first);
  running.swappable.publish(third);
  CHECK(running.swappable.collect() == 2);  // the one that was never taken is gone
}

TEST_CASE("models of other sizes can be swapped unless they keep the state") {
  const auto net = [](std::size_t inputs, std::size_t units, std::size_t outputs) {
    return sequential<double>(Input(inputs), GRU(units), Dense(outputs), seed(7));
  };
  const auto small = net(1, 3, 1), large = net(1, 5, 1);
  SwappableStream swappable(small);
  swappable.stream().step(0.5);
  CHECK_THROWS_MATCHES(
      swappable.publish(large), ShapeError,
      Message("SwappableStream: expected a model of the same sizes, as it keeps the state, found other ones"));
  CHECK_THROWS_MATCHES(swappable.publish(net(2, 3, 1)), ShapeError,
                       Message("SwappableStream: inputs: expected 1, found 2"));
  CHECK_THROWS_MATCHES(swappable.publish(net(1, 3, 2)), ShapeError,
                       Message("SwappableStream: outputs: expected 1, found 2"));
  CHECK_THROWS_MATCHES(swappable.publish(small, {.prewarm = 3}), ArgumentError,
                       Message("SwappableStream: expected no prewarm of a model that keeps the state, found 3 steps"));
  CHECK(swappable.collect() == 1);

  swappable.publish(large, {.keep_state = false});
  swappable.publish(large);  // keeps the state of the large one, which has not begun
  CHECK(swappable.stream().step(0.5)[0] == Stream(large).step(0.5)[0]);
}

TEST_CASE("a swappable stream stays where it is") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<SwappableStream<Net>>);
  STATIC_REQUIRE_FALSE(std::is_move_constructible_v<SwappableStream<Net>>);
  STATIC_REQUIRE_FALSE(std::is_move_assignable_v<SwappableStream<Net>>);
}
