#include "rnnts/model/fit_stateful.hpp"

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/binary_crossentropy.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/model/stream.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr SimpleRNNOptions every_step{.return_sequences = true};

using Simple = Sequential<double, Input<1>, SimpleRNN<4, Tanh, every_step>, Dense<1>>;
using Deep = Sequential<double, Input<1>, LSTM<3, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>,
                        Residual<GRU<3, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>>, Dense<1>>;

std::vector<double> sine(std::size_t n) {
  std::vector<double> series;
  for (std::size_t t = 0; t < n; ++t) series.push_back(std::sin(0.3 * static_cast<double>(t)));
  return series;
}

/// The whole series as one window with a label for each step.
auto as_one_window(const std::vector<double>& series) {
  return std::vector{
      std::pair{std::vector(series.begin(), series.end() - 1), std::vector(series.begin() + 1, series.end())}};
}

template <class M> void check_same_weights(const M& found, const M& expected) {
  detail::visit_fields(
      [](const detail::FieldInfo& field, const auto& a, const auto& b) {
        for (std::size_t i = 0; i < a.size(); ++i) {
          INFO(field.path());
          CHECK_THAT(a.data()[i], WithinAbs(b.data()[i], 1e-13));
        }
      },
      found.parameters(), expected.parameters());
}

}  // namespace

TEMPLATE_TEST_CASE("one chunk is backpropagation through the whole series", "", Simple, Deep) {
  const auto series = sine(40);
  TestType stateful{seed(1)}, whole{seed(1)};
  const Adam adam{.learning_rate = 1e-2};
  const auto a = fit_stateful(stateful, series | views::window(1), MeanSquaredError{}, adam,
                              {.epochs = 3, .steps = 100, .verbose = false});
  const auto b = fit(whole, as_one_window(series), MeanSquaredError{}, adam, {.epochs = 3, .verbose = false});
  check_same_weights(stateful, whole);
  for (std::size_t k = 0; k < 3; ++k) CHECK_THAT(a.loss[k], WithinAbs(b.loss[k], 1e-14));
}

TEST_CASE("the largest number of steps is the whole series in one chunk") {
  const auto series = sine(40);
  Simple whole{seed(1)}, largest{seed(1)};
  fit_stateful(whole, series | views::window(1), MeanSquaredError{}, Adam{}, {.steps = 39, .verbose = false});
  const auto history = fit_stateful(largest, series | views::window(1), MeanSquaredError{}, Adam{},
                                    {.steps = SIZE_MAX, .verbose = false});
  CHECK(std::isfinite(history.loss[0]));
  check_same_weights(largest, whole);
}

TEMPLATE_TEST_CASE("the state is carried over chunks: without updates the loss does not depend on their length", "",
                   Simple, Deep) {
  const auto series = sine(40);
  const auto loss = [&](std::size_t steps) {
    TestType model{seed(1)};
    return fit_stateful(model, series | views::window(1), MeanSquaredError{}, SGD{.learning_rate = 0},
                        {.steps = steps, .verbose = false})
        .loss[0];
  };
  CHECK_THAT(loss(1), WithinAbs(loss(39), 1e-14));
  CHECK_THAT(loss(7), WithinAbs(loss(39), 1e-14));
  TestType model{seed(1)};
  Stream stream(model);
  double sum = 0;
  for (std::size_t t = 0; t + 1 < series.size(); ++t) {
    const double error = stream.step(series[t])[0] - series[t + 1];
    sum += error * error;
  }
  CHECK_THAT(loss(7), WithinAbs(sum / 39, 1e-14));
}

TEST_CASE("gradients are cut at the beginning of a chunk: the second chunk's is that from a given state") {
  const auto series = sine(9);
  Simple model{seed(1)};
  const SGD step_of_one{.learning_rate = 1};
  // By hand: two chunks of four steps, the second from the state that the first has left behind.
  Simple by_hand{seed(1)};
  Trainer<Simple, MeanSquaredError, SGD> trainer(by_hand, {}, step_of_one);
  trainer.step({series.data(), 4, 1}, {series.data() + 1, 4, 1});
  auto& state = get<0>(trainer.tape().layers).ends[0];
  const std::vector<double> left_behind(state.last.view().rows().begin(), state.last.view().rows().end());
  std::ranges::copy(left_behind, state.initial.resize(1, 1).data);
  trainer.step({series.data() + 4, 4, 1}, {series.data() + 5, 4, 1});

  fit_stateful(model, series | views::window(1), MeanSquaredError{}, step_of_one, {.steps = 4, .verbose = false});
  check_same_weights(model, by_hand);
}

TEMPLATE_TEST_CASE("several threads train as one does, but for rounding", "", Simple, Deep) {
  const auto series = sine(42);  // 41 steps: parts of 9, 8, 8, 8 and 8; the last chunk is one step of the first part
  TestType one{seed(1)};
  std::size_t work_per_thread = 0;
  const auto train = [&](TestType& model, std::size_t threads) {
    return fit_stateful(model, series | views::window(1), MeanSquaredError{}, SGD{.learning_rate = 0.1},
                        {.epochs = 3,
                         .steps = 4,
                         .batch_size = 5,
                         .validation = series | views::window(1),
                         .threads = threads,
                         .work_per_thread = work_per_thread,
                         .verbose = false});
  };
  const History expected = train(one, 1);
  // The last chunk keeps to the parts of those before it, which have its state, though it is less work.
  work_per_thread = GENERATE_COPY(std::size_t{0}, 4 * 5 * one.parameter_count() / 3);
  for (const std::size_t threads : {2u, 3u, 8u}) {
    TestType several{seed(1)}, again{seed(1)};
    const History found = train(several, threads);
    check_same_weights(several, one);
    for (std::size_t k = 0; k < 3; ++k) {
      CHECK_THAT(found.loss[k], WithinAbs(expected.loss[k], 1e-13));
      CHECK_THAT(found.val_loss[k], WithinAbs(expected.val_loss[k], 1e-13));
    }
    CHECK(train(again, threads).loss == found.loss);
  }
}

TEST_CASE("parts side by side are series of their own, also where one is shorter") {
  const auto series = sine(12);  // 11 steps: parts of 4, 4 and 3
  Simple model{seed(1)}, apart{seed(1)};
  const SGD sgd{.learning_rate = 0.5};
  fit_stateful(model, series | views::window(1), MeanSquaredError{}, sgd,
               {.steps = 10, .batch_size = 3, .verbose = false});
  std::vector<std::pair<std::vector<double>, std::vector<double>>> parts;
  for (const auto& [first, last] : {std::pair{0, 4}, {4, 8}, {8, 11}}) {
    parts.emplace_back(std::vector(series.begin() + first, series.begin() + last),
                       std::vector(series.begin() + first + 1, series.begin() + last + 1));
  }
  fit(apart, parts, MeanSquaredError{}, sgd, {.batch_size = 3, .shuffle = false, .verbose = false});
  check_same_weights(model, apart);
}

TEST_CASE("a part that has ended while others go on keeps its state and adds nothing") {
  // Of 11 steps in parts of 4, 4 and 3: the last chunk has 2, 2 and 1 of them, or 1, 1 and none.
  const auto series = sine(12);
  const auto loss = [&](std::size_t steps) {
    Deep model{seed(1)};
    return fit_stateful(model, series | views::window(1), MeanSquaredError{}, SGD{.learning_rate = 0},
                        {.steps = steps, .batch_size = 3, .verbose = false})
        .loss[0];
  };
  CHECK_THAT(loss(2), WithinAbs(loss(4), 1e-14));
  CHECK_THAT(loss(3), WithinAbs(loss(4), 1e-14));
}

TEST_CASE("a stateful training is validated, stopped and goes on") {
  const auto series = sine(120);
  const auto [train, rest] = std::pair{std::span(series).first(80), std::span(series).last(40)};
  const auto options = [&](auto... callbacks) {
    return StatefulOptions<Simple>{
        .epochs = 6, .steps = 10, .validation = rest | views::window(1), .callbacks = {callbacks...}, .verbose = false};
  };
  Simple through{seed(1)}, interrupted{seed(1)};
  const auto expected = fit_stateful(through, train | views::window(1), MeanSquaredError{}, Adam{}, options());
  CHECK(expected.val_loss.size() == 6);
  CHECK(expected.val_loss.back() < expected.val_loss.front());

  TrainingState<Simple, Adam> state;
  const auto stop = [](auto& end) { end.stop = end.epoch == 2; };
  fit_stateful(interrupted, train | views::window(1), MeanSquaredError{}, Adam{}, options(stop), state);
  CHECK(state.epochs_done() == 2);
  const auto history =
      fit_stateful(interrupted, train | views::window(1), MeanSquaredError{}, Adam{}, options(), state);
  CHECK(history.loss == expected.loss);
  CHECK(history.val_loss == expected.val_loss);
}

TEST_CASE("a label that the loss does not take is named, that of a validation before the training") {
  const auto with_label = [](std::size_t step, double label) {
    std::vector<std::pair<double, double>> steps(11, {0.5, 1});
    steps[step].second = label;
    return steps;
  };
  Simple model{seed(1)};
  const auto train = [&](const auto& series, const auto& validation) {
    fit_stateful(model, series, BinaryCrossentropy{.from_logits = true}, Adam{},
                 {.steps = 2, .batch_size = 3, .validation = validation, .verbose = false});
  };
  CHECK_THROWS_AS(train(with_label(5, 2), with_label(0, 1)), DataError);
  CHECK_THROWS_WITH(train(with_label(5, 2), with_label(0, 1)),
                    "label 5, step 0: bce: expected a number between 0 and 1, found 2");
  CHECK_THROWS_WITH(train(with_label(5, 2), with_label(10, -1)),
                    "validation label 10, step 0: bce: expected a number between 0 and 1, found -1");
  auto validation = with_label(0, 1);
  validation[4].first = std::nan("");
  CHECK_THROWS_WITH(train(with_label(5, 2), validation),
                    "validation window 4, step 0: expected a finite number, found nan");
}

TEST_CASE("what is no series of steps is refused") {
  Simple model{seed(1)};
  const auto series = sine(10);
  const auto train = [&](std::size_t window, const StatefulOptions<Simple>& options) {
    fit_stateful(model, series | views::window(window), MeanSquaredError{}, Adam{}, options);
  };
  CHECK_THROWS_WITH(
      train(2, {}),
      "fit_stateful: expected windows of 1 step, as series | views::window(1) gives them, found one of 2");
  const std::vector<std::pair<std::vector<double>, double>> last_is_longer{{{1}, 1}, {{2}, 2}, {{3, 4}, 3}};
  CHECK_THROWS_WITH(
      fit_stateful(model, last_is_longer, MeanSquaredError{}, Adam{}, {.verbose = false}),
      "fit_stateful: expected windows of 1 step, as series | views::window(1) gives them, found one of 2");
  CHECK_THROWS_WITH(train(1, {.steps = 0}), "fit_stateful: expected chunks of at least 1 step, found 0");
  CHECK_THROWS_WITH(train(1, {.batch_size = 0}), "fit_stateful: expected a batch_size of at least 1, found 0");
  CHECK_THROWS_WITH(train(1, {.threads = 0}), "fit_stateful: expected at least 1 thread, found 0");
  CHECK_THROWS_WITH(
      train(1, {.batch_size = 10}),
      "fit_stateful: expected the series to have at least 10 steps, one for each part of the batch, found 9");
  CHECK_THROWS_WITH(train(1, {.batch_size = 3, .validation = std::span(series).first(3) | views::window(1)}),
                    "fit_stateful: expected the validation series to have at least 3 steps, one for each part of the "
                    "batch, found 2");
  CHECK_THROWS_WITH(fit_stateful(model, series | views::window(1), MeanSquaredError{}, SGD{.learning_rate = 1e308},
                                 {.epochs = 5, .steps = 2, .verbose = false}),
                    StartsWith("fit_stateful: the loss became "));
}
