#include "rnnts/model/fit.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <list>
#include <set>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_absolute_error.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;
using Perceptron = Sequential<double, Input<1, 3>, Flatten, Dense<1>>;

std::vector<float> sine(std::size_t n) {
  std::vector<float> series;
  for (std::size_t i = 0; i < n; ++i) series.push_back(std::sin(0.3f * static_cast<float>(i)));
  return series;
}

}  // namespace

TEST_CASE("a small net learns a sine") {
  const auto series = sine(300);
  Net model{seed(7)};
  const auto history = fit(model, series | views::window(20), MeanSquaredError{}, Adam{.learning_rate = 1e-2},
                           {.epochs = 30, .batch_size = 10, .verbose = false});
  REQUIRE(history.loss.size() == 30);
  CHECK(history.val_loss.empty());
  CHECK(history.loss.front() > 0.05);
  CHECK(history.loss.back() < 1e-3);
  CHECK(history.seconds > 0);
}

TEST_CASE("a linear model finds the coefficients of a linear series") {
  // x[t] = 1.8 x[t-1] - x[t-2]: a sine
  std::vector<double> series{0, 1};
  for (std::size_t t = 2; t < 60; ++t) series.push_back(1.8 * series[t - 1] - series[t - 2]);
  Perceptron model{seed(1)};
  const auto history = fit(model, series | views::window(3), MeanSquaredError{}, Adam{.learning_rate = 0.02},
                           {.epochs = 2000, .batch_size = 8, .verbose = false});
  CHECK(history.loss.back() < 1e-6);
  const std::vector last(series.end() - 3, series.end());
  CHECK_THAT(model.predict(last)(0), WithinAbs(1.8 * last[2] - last[1], 1e-2));
}

TEST_CASE("the same seed gives the same training, another seed another order") {
  const auto series = sine(60);
  const auto train = [&](Seed order, bool shuffle) {
    Net model{seed(7)};
    fit(model, series | views::window(5), MeanSquaredError{}, Adam{},
        {.epochs = 3, .batch_size = 4, .shuffle = shuffle, .seed = order, .verbose = false});
    return model.layer<0>().kernel(0, 0);
  };
  CHECK(train(seed(1), true) == train(seed(1), true));
  CHECK(train(seed(1), true) != train(seed(2), true));
  CHECK(train(seed(1), false) == train(seed(2), false));
}

TEST_CASE("the loss of an epoch is the mean over samples, also where the last batch is smaller") {
  // With a learning rate of 0 the model stays, so that the loss is that of the whole.
  const auto series = sine(16);
  Net model{seed(7)};
  const auto loss = [&](std::size_t batch_size) {
    return fit(model, series | views::window(5), MeanSquaredError{}, SGD{.learning_rate = 0},
               {.batch_size = batch_size, .verbose = false})
        .loss[0];
  };
  CHECK_THAT(loss(4), WithinRel(loss(11), 1e-6));
  CHECK_THAT(loss(4), WithinRel(loss(100), 1e-6));
}

TEST_CASE("every sample is seen once per epoch") {
  std::vector<int> seen(10);
  const auto windows =
      std::views::iota(0, 10) | std::views::transform([&](int i) {
        return std::pair{std::array{static_cast<double>(i), 0.0, 0.0}, seen[static_cast<std::size_t>(i)]++ * 0.0};
      });
  Perceptron model;
  fit(model, windows, MeanSquaredError{}, SGD{.learning_rate = 0}, {.epochs = 3, .batch_size = 4, .verbose = false});
  const int first = seen[1];
  CHECK(first >= 3);
  for (std::size_t i = 1; i < 10; ++i) CHECK(seen[i] == first);  // sample 0 is also looked at for its length
}

TEST_CASE("any forward range of windows will do, and a list gives the same as a vector") {
  const auto series = sine(40);
  const std::list<float> list(series.begin(), series.end());
  Net a{seed(7)}, b{seed(7)};
  const FitOptions<Net> options{.epochs = 2, .verbose = false};
  fit(a, series | views::window(5), MeanSquaredError{}, Adam{}, options);
  fit(b, list | views::window(5), MeanSquaredError{}, Adam{}, options);
  CHECK(a.layer<0>().kernel(0, 0) == b.layer<0>().kernel(0, 0));
}

TEST_CASE("several features, several outputs, and a label per step") {
  std::vector<std::array<float, 2>> rows;
  for (float v : sine(60)) rows.push_back({v, v * v});
  Sequential<float, Input<2>, SimpleRNN<6>, Dense<2>> both{seed(1)};
  const auto h = fit(both, rows | views::window(8), MeanSquaredError{}, Adam{.learning_rate = 1e-2},
                     {.epochs = 60, .batch_size = 8, .verbose = false});
  CHECK(h.loss.back() < 0.1 * h.loss.front());
  Sequential<float, Input<1>, SimpleRNN<6>, Dense<4>> horizon{seed(1)};
  const auto series = sine(60);
  CHECK(fit(horizon, series | views::window(8, 4), MeanAbsoluteError{}, Adam{.learning_rate = 1e-2},
            {.epochs = 60, .batch_size = 8, .verbose = false})
            .loss.back() < 0.2);
  Sequential<float, Input<1>, SimpleRNN<6, Tanh, SimpleRNNOptions{.return_sequences = true}>, Dense<1>> labels{seed(1)};
  const auto pairs = std::views::iota(std::size_t{0}, std::size_t{40}) | std::views::transform([&](std::size_t i) {
                       return std::pair{std::span(series).subspan(i, 8), std::span(series).subspan(i + 1, 8)};
                     });
  CHECK(fit(labels, pairs, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
            {.epochs = 80, .batch_size = 8, .verbose = false})
            .loss.back() < 0.05);
}

TEST_CASE("validation windows are evaluated after each epoch, and may have another length") {
  const auto series = sine(80);
  Net model{seed(7)};
  const auto history = fit(model, series | views::window(10), MeanSquaredError{}, Adam{},
                           {.epochs = 4, .validation = series | views::window(12), .verbose = false});
  REQUIRE(history.val_loss.size() == 4);
  Net copy = model;
  const auto again =
      fit(copy, series | views::window(12), MeanSquaredError{}, SGD{.learning_rate = 0}, {.verbose = false});
  CHECK_THAT(history.val_loss.back(), WithinRel(again.loss[0], 1e-5));
}

TEST_CASE("callbacks see every epoch, may change the model and may stop") {
  const auto series = sine(40);
  Net model{seed(7)};
  std::vector<std::size_t> epochs;
  const auto history = fit(model, series | views::window(5), MeanSquaredError{}, Adam{},
                           {.epochs = 10,
                            .callbacks = {[&](auto& end) {
                                            epochs.push_back(end.epoch);
                                            CHECK_FALSE(end.val_loss.has_value());
                                          },
                                          [](auto& end) {
                                            end.model.template layer<1>().bias(0) = 42;
                                            end.stop = end.epoch == 3;
                                          }},
                            .verbose = false});
  CHECK(epochs == std::vector<std::size_t>{1, 2, 3});
  CHECK(history.loss.size() == 3);
  CHECK(model.layer<1>().bias(0) == 42);
}

TEST_CASE("a loss that is no longer finite stops the training, and the last good weights are kept") {
  const auto series = sine(40);
  Net model{seed(7)};
  std::vector<float> kept;
  const auto train = [&](double rate_from_third_epoch) {
    // Break the model after the second epoch, as a bad step would.
    fit(model, series | views::window(5), MeanSquaredError{}, SGD{.learning_rate = 1e-3},
        {.epochs = 5,
         .callbacks = {[&](auto& end) {
           if (end.epoch == 2) {
             kept.assign(end.model.template layer<0>().kernel.begin(), end.model.template layer<0>().kernel.end());
             end.model.template layer<1>().bias(0) = static_cast<float>(rate_from_third_epoch);
           }
         }},
         .verbose = false});
  };
  try {
    train(std::numeric_limits<double>::quiet_NaN());
    FAIL("no exception");
  } catch (const TrainingError& error) {
    CHECK(error.epoch == 3);
    CHECK(std::string(error.what()) ==
          "fit: the loss became nan in epoch 3; the model keeps the weights from before this epoch. A "
          "smaller learning "
          "rate may help.");
  }
  CHECK(std::vector<float>(model.layer<0>().kernel.begin(), model.layer<0>().kernel.end()) == kept);
  CHECK(std::isfinite(model.layer<1>().bias(0)));
}

TEST_CASE("a learning rate far too large is noticed") {
  const auto series = sine(40);
  Net model{seed(7)};
  CHECK_THROWS_AS(fit(model, series | views::window(5), MeanSquaredError{}, SGD{.learning_rate = 1e30},
                      {.epochs = 5, .verbose = false}),
                  TrainingError);
  CHECK(std::isfinite(model.layer<0>().kernel(0, 0)));
}

TEST_CASE("bad input is refused before the model changes") {
  Net model{seed(7)};
  const auto train = [&](const std::vector<float>& series, const FitOptions<Net>& options) {
    fit(model, series | views::window(20), MeanSquaredError{}, Adam{}, options);
  };
  CHECK_THROWS_WITH(train(sine(20), {.verbose = false}),
                    "fit: expected at least one window, found none; a series must have at least look_back + "
                    "horizon values");
  CHECK_THROWS_WITH(train(sine(40), {.batch_size = 0, .verbose = false}),
                    "fit: expected a batch_size of at least 1, found 0");
  auto broken = sine(40);
  broken[25] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(train(broken, {.verbose = false}), DataError);
  Perceptron perceptron;
  const auto series = sine(40);
  CHECK_THROWS_WITH(fit(perceptron, series | views::window(4), MeanSquaredError{}, Adam{}, {.verbose = false}),
                    "window 0: the model expects 3 steps, found 4");
  CHECK_THROWS_AS(fit(perceptron, series | views::window(3, 2), MeanSquaredError{}, Adam{}, {.verbose = false}),
                  ShapeError);
  CHECK(model.layer<0>().kernel(0, 0) == Net{seed(7)}.layer<0>().kernel(0, 0));
}
