#include "rnnts/model/states.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/stream.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr LSTMOptions lstm{.return_sequences = true};
constexpr GRUOptions gru{.return_sequences = true};

using Net = Sequential<double, Input<1>, LSTM<2, Tanh, Sigmoid, lstm>, Residual<GRU<2, Tanh, Sigmoid, gru>>,
                       SimpleRNN<3>, Dense<1>>;

const std::vector<double> series{0.3, -0.2, 0.8, 0.4, -0.9, 0.1, 0.6};
const std::vector<double> first(series.begin(), series.begin() + 4), second(series.begin() + 4, series.end());

std::vector<std::string> names(const std::vector<NamedTensor<double>>& states) {
  std::vector<std::string> all;
  for (const auto& state : states) all.push_back(state.name);
  return all;
}

}  // namespace

TEST_CASE("states are named as weights, in layers within layers too") {
  const Net model{seed(1)};
  Net::Scratch scratch;
  model.predict(series, scratch);
  const std::vector<std::string> expected{"0.lstm.h", "0.lstm.c", "1.add.0.sequential.0.gru.h", "2.simple_rnn.h"};
  CHECK(names(scratch.last_states()) == expected);
  CHECK(names(Stream(model).states()) == expected);

  Sequential<double, Input<1>, Bidirectional<LSTM<2>>>::Scratch both;
  CHECK(names(both.last_states()) == std::vector<std::string>{"0.bidirectional.forward.h", "0.bidirectional.forward.c",
                                                              "0.bidirectional.backward.h",
                                                              "0.bidirectional.backward.c"});
}

TEST_CASE("a prediction goes on from the states that another has left") {
  const Net model{seed(1)};
  Net::Scratch scratch;
  CHECK(scratch.last_states()[0].shape == std::vector<std::size_t>{0, 2});
  model.predict(first, scratch);
  const auto states = scratch.last_states();
  CHECK(states[1].shape == std::vector<std::size_t>{1, 2});
  scratch.set_initial_states(states);
  const double expected = model.predict(series)(0);
  CHECK_THAT(model.predict(second, scratch)(0), WithinAbs(expected, 1e-14));
  CHECK_THAT(model.predict(second, scratch)(0), WithinAbs(expected, 1e-14));  // and once more from there
  scratch.set_initial_states({});
  CHECK_THAT(model.predict(series, scratch)(0), WithinAbs(expected, 1e-14));
}

TEST_CASE("a stream goes on from the states of a prediction, and the other way round") {
  const Net model{seed(1)};
  Net::Scratch scratch;
  model.predict(first, scratch);
  Stream stream(model);
  stream.set_states(scratch.last_states());
  double y = 0;
  for (const double value : second) y = stream.step(value)[0];
  CHECK_THAT(y, WithinAbs(model.predict(series)(0), 1e-14));

  stream.reset();
  for (const double value : first) stream.step(value);
  scratch.set_initial_states(stream.states());
  CHECK_THAT(model.predict(second, scratch)(0), WithinAbs(y, 1e-14));
}

TEST_CASE("one state of a stream can be read and changed by its name") {
  const Sequential<double, Input<1>, GRU<2>> model{seed(1)};
  Stream stream(model);
  const auto y = stream.step(0.5);
  const auto h = stream.state("0.gru.h");
  REQUIRE(h.size() == 2);
  CHECK(h[1] == y[1]);
  h[0] = h[1] = 0;
  const double after = stream.step(0.5)[0];
  stream.reset();
  CHECK(stream.step(0.5)[0] == after);
  CHECK_THROWS_WITH(stream.state("0.gru.c"), "no state is named \"0.gru.c\"; there are: 0.gru.h");
}

TEST_CASE("each window has its own initial state, or all have one") {
  const Sequential<double, Input<1>, LSTM<2>> model{seed(1)};
  decltype(model)::Scratch scratch, alone;
  const std::vector windows{first, first, first};
  const std::vector<double> h{0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
  scratch.set_initial_states({{"0.lstm.h", h}});
  const auto y = model.predict(windows, scratch);
  for (std::size_t b = 0; b < 3; ++b) {
    alone.set_initial_states({{"0.lstm.h", {h[2 * b], h[2 * b + 1]}}});
    CHECK_THAT(y(b, 0), WithinAbs(model.predict(first, alone)(0), 1e-15));
    const auto same = model.predict(windows, alone);
    for (std::size_t other = 0; other < 3; ++other) CHECK_THAT(same(other, 1), WithinAbs(y(b, 1), 1e-15));
  }
  CHECK_THROWS_WITH(model.predict(std::vector{first, first}, scratch),
                    "initial state: expected a batch of 2 samples, found 3");
}

TEST_CASE("of more windows than are predicted at once there are no last states") {
  const Sequential<double, Input<1>, LSTM<2>> model{seed(1)};
  decltype(model)::Scratch scratch;
  model.predict(std::vector(256, first), scratch);
  CHECK(scratch.last_states()[0].values.size() == 512);
  model.predict(std::vector(257, first), scratch);
  CHECK(scratch.last_states()[0].values.empty());
  CHECK(scratch.last_states()[0].shape == std::vector<std::size_t>{0, 2});
}

TEST_CASE("windows that are predicted in parts start from one state, whatever the number of threads") {
  const Sequential<double, Input<1>, LSTM<2>> model{seed(1)};
  decltype(model)::Scratch scratch;
  const std::vector windows(320, first);
  scratch.set_initial_states({{"0.lstm.h", {0.3, 0.4}}});
  const double alone = model.predict(first, scratch)(0);
  for (const std::size_t threads : {1U, 2U}) {
    const auto y = model.predict(windows, scratch, {.threads = threads});
    for (std::size_t b = 0; b < windows.size(); ++b) REQUIRE_THAT(y(b, 0), WithinAbs(alone, 1e-15));
  }
  for (const std::size_t given : {64U, 320U}) {  // as many as in a part, and as there are windows
    scratch.set_initial_states({{"0.lstm.h", std::vector<double>(2 * given)}});
    CHECK_THROWS_WITH(model.predict(windows, scratch),
                      ContainsSubstring("expected one initial state \"0.lstm.h\" for all windows alike") &&
                          ContainsSubstring("found " + std::to_string(given)));
  }
}

TEST_CASE("states that do not fit are refused, and change nothing") {
  const Net model{seed(1)};
  Net::Scratch scratch;
  scratch.set_initial_states({{"0.lstm.h", {0.5, 0.5}}});
  Stream stream(model);
  stream.step(0.5);
  const auto kept = stream.states();
  const double y = model.predict(series, scratch)(0);
  const auto check = [&](const std::vector<NamedTensor<double>>& states, const char* message, const char* of_stream) {
    CHECK_THROWS_WITH(scratch.set_initial_states(states), message);
    CHECK(model.predict(series, scratch)(0) == y);
    CHECK_THROWS_WITH(stream.set_states(states), of_stream);
    for (std::size_t k = 0; k < kept.size(); ++k) CHECK(stream.states()[k].values == kept[k].values);
  };
  const NamedTensor<double> good{"0.lstm.c", {1, 2}};
  const char* const unknown =
      "no state is named \"0.lstm.q\"; there are: 0.lstm.h 0.lstm.c 1.add.0.sequential.0.gru.h 2.simple_rnn.h";
  check({good, {"0.lstm.q", {1, 2}}}, unknown, unknown);
  check({good, {"2.simple_rnn.h", {1, 2}}}, "state \"2.simple_rnn.h\": expected 3 numbers for each sample, found 2",
        "state \"2.simple_rnn.h\": expected 3 numbers, found 2");
  check({good, {"2.simple_rnn.h", {}}}, "state \"2.simple_rnn.h\": expected 3 numbers for each sample, found 0",
        "state \"2.simple_rnn.h\": expected 3 numbers, found 0");
  check({good, good}, "state \"0.lstm.c\" is given twice", "state \"0.lstm.c\" is given twice");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  check({good, {"0.lstm.h", {0, nan}}}, "state \"0.lstm.h\": expected numbers, found NaN",
        "state \"0.lstm.h\": expected numbers, found NaN");
  const char* const shape = "state \"0.lstm.h\": expected the shape (1, 2), found (2, 1)";
  check({good, {"0.lstm.h", {2, 1}, {1, 2}}}, shape, shape);
  CHECK_THROWS_AS(stream.set_states({{"0.lstm.c", {1, 2, 3, 4}}}), ShapeError);
}
