// Nets whose sizes are chosen when the program runs, beside the same nets with sizes that the compiler knows.
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/last_steps.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/losses/pinball.hpp"
#include "rnnts/model/evaluate.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/model/fit_stateful.hpp"
#include "rnnts/model/forecast.hpp"
#include "rnnts/model/gradients.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/stream.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

std::vector<double> wave(std::size_t count) {
  std::vector<double> series;
  for (std::size_t t = 0; t < count; ++t) series.push_back(std::sin(0.4 * static_cast<double>(t)));
  return series;
}

std::vector<std::array<double, 2>> rows(std::size_t count) {
  std::vector<std::array<double, 2>> all;
  for (const double value : wave(count)) all.push_back({value, value * value});
  return all;
}

void check_close(const auto& found, const auto& expected) {
  REQUIRE(std::ranges::distance(found) == std::ranges::distance(expected));
  auto wanted = std::ranges::begin(expected);
  for (const double number : found) CHECK_THAT(number, WithinAbs(*wanted++, 1e-12));
}

/// Trains, predicts and evaluates.
void check_alike(auto known, auto chosen, const auto& windows) {
  CHECK(chosen.summary() == known.summary());
  const auto drawn = known.weights(), also_drawn = chosen.weights();
  REQUIRE(drawn.size() == also_drawn.size());
  for (std::size_t k = 0; k < drawn.size(); ++k) {
    CHECK(drawn[k].name == also_drawn[k].name);
    CHECK(drawn[k].shape == also_drawn[k].shape);
    CHECK(std::ranges::equal(drawn[k].values, also_drawn[k].values));
  }
  check_close(chosen.predict(windows), known.predict(windows));
  for (const std::size_t threads : {1U, 3U}) {
    const auto train = [&](auto& model) {
      return fit(model, windows, MeanSquaredError{}, Adam{},
                 {.epochs = 3,
                  .batch_size = 16,
                  .validation = windows,
                  .threads = threads,
                  .work_per_thread = 0,
                  .verbose = false});
    };
    const auto history = train(chosen), expected = train(known);
    check_close(history.loss, expected.loss);
    check_close(history.val_loss, expected.val_loss);
  }
  const auto by_chosen = gradients(chosen, windows, MeanSquaredError{}),
             by_known = gradients(known, windows, MeanSquaredError{});
  for (std::size_t k = 0; k < by_known.weights.size(); ++k) {
    CHECK(by_chosen.weights[k].shape == by_known.weights[k].shape);
    check_close(by_chosen.weights[k].values, by_known.weights[k].values);
  }
  CHECK(by_chosen.input.shape == by_known.input.shape);
  check_close(by_chosen.input.values, by_known.input.values);
  CHECK_THAT(evaluate(chosen, windows).model.mae, WithinAbs(evaluate(known, windows).model.mae, 1e-12));
}

std::string message_of(const auto& run) {
  try {
    run();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("the same net is drawn, predicts and trains alike in both forms") {
  const auto series = wave(90);
  check_alike(Sequential<double, Input<1>, GRU<5>, Dense<2>>{seed(7)},
              Sequential<double, Input<>, GRU<>, Dense<>>{Input(1), GRU(5), Dense(2), seed(7)},
              series | views::window(12, 2));
  check_alike(Sequential<double, Input<1, 12>, Flatten, Dense<20, Tanh>, Dense<1>>{seed(7)},
              sequential<double>(Input(1, 12), Flatten{}, Dense<dynamic, Tanh>(20), Dense(1), seed(7)),
              series | views::window(12));
  check_alike(Sequential<double, Input<1>, ReturnSequences<LSTM<33>>, SimpleRNN<17>, Dense<1>>{seed(7)},
              sequential<double>(Input(1), ReturnSequences<LSTM<>>(33), SimpleRNN(17), Dense(1), seed(7)),
              series | views::window(12));
  check_alike(
      Sequential<double, Input<1>, ReturnSequences<LSTM<8>>, ReturnSequences<SimpleRNN<16>>, GRU<32>>{seed(7)},
      sequential<double>(Input(1), ReturnSequences<LSTM<>>(8), ReturnSequences<SimpleRNN<>>(16), GRU(32), seed(7)),
      series | views::window(12, 32));
}

TEST_CASE("rows of several features are windows and labels in both forms") {
  const auto series = rows(60);
  check_alike(Sequential<double, Input<2>, SimpleRNN<6>, Dense<2>>{seed(7)},
              sequential<double>(Input(2), SimpleRNN(6), Dense(2), seed(7)), series | views::window(5));
}

TEST_CASE("sizes that the compiler knows and sizes that are chosen stand beside each other") {
  const auto model = sequential<double>(Input<2>{}, ReturnSequences<GRU<>>(5), GRU<6>{}, Dense<3>{}, seed(1));
  STATIC_REQUIRE(decltype(model)::output.features == 3);
  CHECK(gradcheck(model));
  CHECK(gradcheck(model, {.steps = 1, .batch = 1}));
  CHECK(gradcheck(sequential<double>(Input(2), ReturnSequences<LSTM<3>>{}, SimpleRNN(4), Dense<2>{})));
  CHECK(gradcheck(sequential<double>(Input(2), Concatenate(GRU(3), SimpleRNN<2>{}), Dense(2))));
}

TEST_CASE("sizes that cannot be are refused when the net is made, by the name of the layer") {
  const std::string range = "expected from 1 to " + std::to_string(detail::largest_extent);
  CHECK(message_of([] { sequential<float>(Input(2), GRU(0), Dense(1)); }) == "0.gru: " + range + " units, found 0");
  CHECK(message_of([] { sequential<float>(Input(2), GRU(3), Dense(0)); }) == "1.dense: " + range + " units, found 0");
  CHECK(message_of([] { sequential<float>(Input(0), GRU(3), Dense(1)); }) == "input: " + range + " features, found 0");
  CHECK(message_of([] { sequential<float>(Input(1, 0), Flatten{}, Dense(1)); }) ==
        "input: " + range + " steps, found 0");
  CHECK(message_of([] { sequential<float>(Input(2), GRU(std::size_t(-1)), Dense(1)); }) ==
        "0.gru: " + range + " units, found " + std::to_string(std::size_t(-1)));
  CHECK(message_of([] { sequential<float>(Input(2), Add(GRU(2), GRU(3)), Dense(1)); }) ==
        "add: expected 2 outputs of each branch, found 3 of branch 1");
}

TEST_CASE("data of other sizes are refused when they meet the net") {
  auto model = sequential<double>(Input(2), GRU(3), Dense(2));
  const auto series = wave(30);
  const auto train = [&](auto windows) {
    return message_of([&] { fit(model, windows, MeanSquaredError{}, Adam{}, {.verbose = false}); });
  };
  CHECK_THAT(train(series | views::window(5)), ContainsSubstring("expected 2 numbers per step, found 5"));
  CHECK_THAT(train(rows(30) | views::window(5, LabelColumn{0})),
             ContainsSubstring("expected 2 numbers per step, found 1"));
  CHECK_THAT(message_of([&] { model.predict(series); }), ContainsSubstring("expected 2 numbers per step, found 30"));
  const auto fixed = sequential<double>(Input(1, 7), Flatten{}, Dense(1));
  CHECK(message_of([&] { fixed.predict(series); }) == "predict: the model expects 7 steps, found 30");
  CHECK_THAT(message_of([&] { fixed.predict(series | views::window(5)); }),
             ContainsSubstring("expected 7 steps, found 5"));
  CHECK(message_of([&] { fit(model, rows(30) | views::window(5), Quantiles<3>{{0.1, 0.5, 0.9}}, Adam{}); }) ==
        "the loss \"quantiles\" needs another number of outputs than the model has, which is 2");
}

TEST_CASE("a model may take another's place, sizes and all") {
  auto model = sequential<double>(Input(1), GRU(3), Dense(1), seed(1));
  const auto other = sequential<double>(Input(2), GRU(8), Dense(2), seed(2));
  model = other;
  CHECK(model.summary() == other.summary());
  check_close(model.predict(rows(6)), other.predict(rows(6)));
  auto moved = std::move(model);
  CHECK(moved.summary() == other.summary());
  check_close(model.predict(rows(6)), other.predict(rows(6)));  // what was moved from is as it was
}

TEST_CASE("a stream of chosen sizes gives what predict gives, for any sizes of registers") {
  for (const std::size_t units : {1U, 3U, 8U, 20U, 33U, 70U, 130U}) {
    INFO(units << " units");
    const auto model = sequential<double>(Input(2), ReturnSequences<LSTM<>>(units), ReturnSequences<GRU<>>(units),
                                          SimpleRNN(units), Dense(1), seed(5));
    Stream stream(model);
    const auto window = rows(9);
    std::span<const double> last;
    for (int round = 0; round < 2; ++round) {
      for (const auto& row : window) last = stream.step(row);
      check_close(last, model.predict(window));
      stream.reset();
    }
  }
}

TEST_CASE("a stream of chosen sizes may be fed its own output, and has states by name") {
  const auto model = sequential<double>(Input(2), SimpleRNN(2), seed(5));
  Stream stream(model);
  std::vector<double> x{0.5, -0.25};
  std::span<const double> y = stream.step(x);
  for (int t = 0; t < 3; ++t) {
    const std::vector<double> copy(y.begin(), y.end());
    Stream again(model);
    again.set_states(stream.states());
    y = stream.step(y);
    check_close(y, again.step(copy));
  }
  CHECK(stream.states()[0].shape == std::vector<std::size_t>{1, 2});
  CHECK(message_of([&] { stream.set_states({{"0.simple_rnn.h", {1, 2, 3}}}); }) ==
        "state \"0.simple_rnn.h\": expected 2 numbers, found 3");
}

TEST_CASE("initial states of chosen sizes are looked at when the net is run") {
  const auto model = sequential<double>(Input(2), GRU(3), Dense(1), seed(5));
  const Sequential<double, Input<2>, GRU<3>, Dense<1>> known{seed(5)};
  auto scratch = decltype(model)::Scratch();
  auto known_scratch = decltype(known)::Scratch();
  scratch.set_initial_states({{"0.gru.h", {0.5, 0, -0.5}}});
  known_scratch.set_initial_states({{"0.gru.h", {0.5, 0, -0.5}}});
  check_close(model.predict(rows(6), scratch), known.predict(rows(6), known_scratch));
  check_close(scratch.last_states()[0].values, known_scratch.last_states()[0].values);
  scratch.set_initial_states({{"0.gru.h", {0.5, 0}}});
  CHECK(message_of([&] { model.predict(rows(6), scratch); }) ==
        "initial state: expected 3 numbers for each sample, found 2");
}

TEST_CASE("forecasts of nets of chosen sizes are numbers for windows of numbers, else rows") {
  const auto one = sequential<double>(Input(1), GRU(4), Dense(3), seed(5));
  const Sequential<double, Input<1>, GRU<4>, Dense<3>> known{seed(5)};
  check_close(forecast(one, wave(8), 7), forecast(known, wave(8), 7));

  const auto two = sequential<double>(Input(2), GRU(4), Dense(2), seed(5));
  const Sequential<double, Input<2>, GRU<4>, Dense<2>> both{seed(5)};
  const auto found = forecast(two, rows(8), 3);
  const auto expected = forecast(both, rows(8), 3);
  for (std::size_t k = 0; k < 3; ++k) check_close(found[k], expected[k]);

  CHECK(message_of([&] { forecast(two, wave(8), 3); }) ==
        "forecast: expected a window of rows of 2 numbers, found one of numbers");
  CHECK(message_of([&] { forecast(sequential<double>(Input(2), GRU(4), Dense(3)), rows(8), 3); }) ==
        "forecast: expected a model with as many outputs as inputs, 2, found 3");
}

TEST_CASE("a long series trains both forms alike") {
  Sequential<double, Input<1>, ReturnSequences<GRU<4>>, Dense<1>> known{seed(5)};
  auto chosen = sequential<double>(Input(1), ReturnSequences<GRU<>>(4), Dense(1), seed(5));
  const auto train = [](auto& model) {
    return fit_stateful(model, wave(60) | views::window(1), MeanSquaredError{}, Adam{},
                        {.epochs = 3, .steps = 10, .batch_size = 2, .verbose = false});
  };
  check_close(train(chosen).loss, train(known).loss);
}

TEST_CASE("a callback may not give the model other sizes") {
  const auto check = [](auto model, auto windows, const auto& other) {
    const auto replace = [&](auto& end) { end.model = other; };
    CHECK(message_of([&] {
            fit(model, windows, MeanSquaredError{}, Adam{}, {.epochs = 2, .callbacks = {replace}, .verbose = false});
          }) == "a callback has given the model other sizes than the training began with");
  };
  const auto series = wave(30);
  check(sequential<double>(Input(1), GRU(4), Dense(1), seed(5)), series | views::window(5),
        sequential<double>(Input(1), GRU(9), Dense(1), seed(5)));
  check(sequential<double>(Input(1), Dense(1), LastSteps(2), Flatten{}), series | views::window(5, 2),
        sequential<double>(Input(1), Dense(1), LastSteps(3), Flatten{}));
}
