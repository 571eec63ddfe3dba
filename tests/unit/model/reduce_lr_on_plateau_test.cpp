#include "rnnts/model/reduce_lr_on_plateau.hpp"

#include <functional>
#include <vector>

#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"
#include "support/scripted_training.hpp"

using namespace rnnts;

namespace {

/// The learning rate after a training with these losses that started with 1.
double rate_after(std::vector<double> losses, ReduceLROnPlateau& reduce) {
  LearningRate rate = 1;
  reduce.monitor = Monitor::loss;
  ScriptedTraining training{.losses = std::move(losses), .learning_rate = &rate};
  training.run(reduce);
  return rate(0);
}

}  // namespace

TEST_CASE("ReduceLROnPlateau makes the learning rate smaller after so many epochs without an improvement") {
  ReduceLROnPlateau reduce{.factor = 0.5, .patience = 2};
  CHECK(rate_after({3, 2, 2}, reduce) == 1);
  CHECK(rate_after({3, 2, 2, 2}, reduce) == 0.5);
  CHECK(rate_after({3, 2, 2, 1, 1}, reduce) == 1);
  CHECK(rate_after({3, 2, 2, 2, 2}, reduce) == 0.5);
  CHECK(rate_after({3, 2, 2, 2, 2, 2}, reduce) == 0.25);
  CHECK(reduce.reductions == 2);
  CHECK(reduce.best == 2);
}

TEST_CASE("ReduceLROnPlateau takes small steps for none") {
  ReduceLROnPlateau reduce{.factor = 0.5, .patience = 2, .min_delta = 0.25};
  CHECK(rate_after({3, 2.9, 2.8}, reduce) == 0.5);
  CHECK(rate_after({3, 2.9, 2.7}, reduce) == 1);
}

TEST_CASE("ReduceLROnPlateau waits after a reduction") {
  // Reduced after the third epoch; the fourth passes; the fifth and sixth are without an improvement.
  ReduceLROnPlateau reduce{.factor = 0.5, .patience = 2, .cooldown = 2};
  CHECK(rate_after({2, 2, 2, 2, 2}, reduce) == 0.5);
  CHECK(rate_after({2, 2, 2, 2, 2, 2}, reduce) == 0.25);
}

TEST_CASE("ReduceLROnPlateau goes no further down than min_lr") {
  ReduceLROnPlateau reduce{.factor = 0.1, .patience = 1, .min_lr = 0.05};
  CHECK_THAT(rate_after({2, 2}, reduce), WithinRel(0.1, 1e-15));
  CHECK_THAT(rate_after({2, 2, 2}, reduce), WithinRel(0.05, 1e-15));
  CHECK_THAT(rate_after({2, 2, 2, 2, 2}, reduce), WithinRel(0.05, 1e-15));
}

TEST_CASE("ReduceLROnPlateau begins anew with a new training, and goes on with one that goes on") {
  ReduceLROnPlateau reduce{.monitor = Monitor::loss, .factor = 0.5, .patience = 3};
  LearningRate rate = 1;
  ScriptedTraining{.losses = {1, 2}, .learning_rate = &rate}.run(reduce);
  ScriptedTraining{.losses = {1, 2}, .learning_rate = &rate}.run(reduce);
  CHECK(rate(0) == 1);
  ScriptedTraining{.losses = {1, 2, 3, 4}, .learning_rate = &rate, .epochs_done = 2}.run(reduce);
  CHECK(rate(0) == 0.5);
}

TEST_CASE("ReduceLROnPlateau refuses what cannot be, before the training") {
  LearningRate rate = 1;
  for (const double factor : {1.0, 0.0}) {
    ReduceLROnPlateau reduce{.monitor = Monitor::loss, .factor = factor};
    ScriptedTraining training{.losses = {1}, .learning_rate = &rate};
    CHECK_THROWS_AS(training.run(reduce), ArgumentError);
    CHECK_THROWS_WITH(training.run(reduce), factor == 1
                                                ? "ReduceLROnPlateau: expected a factor between 0 and 1, found 1"
                                                : "ReduceLROnPlateau: expected a factor between 0 and 1, found 0");
  }
  ReduceLROnPlateau reduce;
  ScriptedTraining without_rate{.losses = {1}, .val_losses = {1}};
  CHECK_THROWS_AS(without_rate.run(reduce), ArgumentError);
  CHECK_THROWS_WITH(without_rate.run(reduce),
                    "ReduceLROnPlateau: expected an optimizer with a learning_rate of type LearningRate, found none");
  ScriptedTraining without_validation{.losses = {1}, .learning_rate = &rate};
  CHECK_THROWS_WITH(without_validation.run(reduce),
                    "ReduceLROnPlateau: expected validation windows, because val_loss is monitored, found none; give "
                    "fit some, or monitor the loss: .monitor = Monitor::loss");
}

TEST_CASE("ReduceLROnPlateau in fit: a training that goes nowhere gets smaller and smaller steps") {
  const std::vector<float> series(20, 1.0f);
  ScriptedTraining::Net model{seed(7)};
  ReduceLROnPlateau reduce{.monitor = Monitor::loss, .factor = 0.5, .patience = 1};
  std::vector<double> rates;
  fit(model, series | views::window(1), MeanSquaredError{}, SGD{.learning_rate = 1e-12},
      {.epochs = 4,
       .callbacks = {std::ref(reduce), [&](auto& end) { rates.push_back(end.current_learning_rate().value()); }},
       .verbose = false});
  CHECK(rates == std::vector<double>{1e-12, 0.5e-12, 0.25e-12, 0.125e-12});
}
