#include "rnnts/model/early_stopping.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"
#include "support/scripted_training.hpp"
#include "support/stderr_lines.hpp"

using namespace rnnts;

TEST_CASE("EarlyStopping stops after so many epochs without an improvement, with the best weights") {
  EarlyStopping early{.monitor = Monitor::loss, .patience = 2};
  ScriptedTraining training{.losses = {5, 3, 4, 2, 2, 3, 1, 0}};
  CHECK(training.run(early) == 6);
  CHECK(early.best == 2);
  CHECK(early.best_epoch == 4);
  CHECK(early.stopped_epoch == 6);
  CHECK(training.bias() == 4);
}

TEST_CASE("EarlyStopping gives the best weights also where it did not stop") {
  EarlyStopping early{.monitor = Monitor::loss, .patience = 10};
  ScriptedTraining training{.losses = {5, 3, 4, 3.5}};
  CHECK(training.run(early) == 4);
  CHECK(early.stopped_epoch == 0);
  CHECK(early.best_epoch == 2);
  CHECK(training.bias() == 2);
}

TEST_CASE("EarlyStopping does not touch the weights if it is told not to") {
  EarlyStopping early{.monitor = Monitor::loss, .patience = 1, .restore_best_weights = false};
  ScriptedTraining training{.losses = {1, 2, 3}};
  CHECK(training.run(early) == 2);
  CHECK(training.bias() == 2);
  CHECK_FALSE(early.best_weights.has_value());
}

TEST_CASE("a patience of 0 is as one of 1, as in Keras") {
  for (const std::size_t patience : {0u, 1u}) {
    EarlyStopping early{.monitor = Monitor::loss, .patience = patience};
    ScriptedTraining training{.losses = {5, 4, 3, 3, 2}};
    CHECK(training.run(early) == 4);
  }
}

TEST_CASE("EarlyStopping watches the validation loss by default") {
  EarlyStopping early{.patience = 1};
  ScriptedTraining training{.losses = {5, 4, 3, 2}, .val_losses = {5, 3, 4, 2}};
  CHECK(training.run(early) == 3);
  CHECK(early.best == 3);
}

TEST_CASE("EarlyStopping takes small steps for none") {
  EarlyStopping early{.monitor = Monitor::loss, .min_delta = 0.5, .patience = 2};
  ScriptedTraining training{.losses = {5, 4.75, 4.6, 1}};
  CHECK(training.run(early) == 3);
  CHECK(early.best == 5);
  CHECK(training.bias() == 1);
}

TEST_CASE("EarlyStopping does not look at the first epochs if it is told so") {
  EarlyStopping early{.monitor = Monitor::loss, .patience = 1, .start_from_epoch = 3};
  ScriptedTraining training{.losses = {1, 5, 6, 4, 3, 3}};
  CHECK(training.run(early) == 6);
  CHECK(early.best == 3);
  CHECK(early.best_epoch == 5);
}

TEST_CASE("EarlyStopping without a number that is one stops and leaves the weights as they are") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EarlyStopping early{.patience = 2};
  ScriptedTraining training{.losses = {1, 1, 1}, .val_losses = {nan, nan, nan}};
  CHECK(training.run(early) == 2);
  CHECK(early.best_epoch == 0);
  CHECK(training.bias() == 2);
}

TEST_CASE("EarlyStopping begins anew with a new training, and goes on with one that goes on") {
  EarlyStopping early{.monitor = Monitor::loss, .patience = 3};
  ScriptedTraining first{.losses = {1, 2}};
  first.run(early);
  ScriptedTraining second{.losses = {7, 6}};
  second.run(early);
  CHECK(early.best == 6);
  CHECK(second.bias() == 2);
  ScriptedTraining third{.losses = {7, 6, 8, 9, 10}, .epochs_done = 2};
  CHECK(third.run(early) == 5);
  CHECK(early.best_epoch == 2);
  CHECK(third.bias() == 2);
}

TEST_CASE("EarlyStopping without validation is refused before the training") {
  EarlyStopping early;
  ScriptedTraining training{.losses = {1, 2}};
  const float before = training.bias();
  CHECK_THROWS_AS(training.run(early), ArgumentError);
  CHECK_THROWS_WITH(training.run(early),
                    "EarlyStopping: expected validation windows, because val_loss is monitored, found none; give fit "
                    "some, or monitor the loss: .monitor = Monitor::loss");
  CHECK(training.bias() == before);
}

TEST_CASE("EarlyStopping in fit: the model has the weights of the best validation loss") {
  using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;
  std::vector<float> series;
  for (std::size_t i = 0; i < 80; ++i) series.push_back(std::sin(0.3f * static_cast<float>(i)));
  const auto windows = series | views::window(10);
  Net model{seed(7)};
  EarlyStopping early{.patience = 3};
  const auto history = fit(model, windows, MeanSquaredError{}, SGD{.learning_rate = 0.5},
                           {.epochs = 200, .validation = windows, .callbacks = {std::ref(early)}, .verbose = false});
  REQUIRE(early.stopped_epoch == history.loss.size());
  CHECK(early.best_epoch == early.stopped_epoch - 3);
  CHECK(early.best == history.val_loss[early.best_epoch - 1]);
  const auto loss = fit(model, windows, MeanSquaredError{}, SGD{.learning_rate = 0}, {.verbose = false}).loss[0];
  CHECK_THAT(loss, WithinRel(early.best, 1e-5));
}

TEST_CASE("the best weights can be put back after a training that failed") {
  using Net = Sequential<float, Input<1>, Dense<1>>;
  std::vector<float> series(20, 1.0f);
  Net model{seed(7)};
  EarlyStopping early{.monitor = Monitor::loss, .patience = 9};
  const auto spoil = [](auto& end) {
    end.model.template layer<0>().bias(0) = end.epoch == 2 ? std::numeric_limits<float>::quiet_NaN() : 42;
  };
  const auto windows = series | views::window(1);
  CHECK_THROWS_AS(fit(model, windows, MeanSquaredError{}, SGD{.learning_rate = 0},
                      {.epochs = 5, .callbacks = {std::ref(early), spoil}, .verbose = false}),
                  TrainingError);
  CHECK(model.layer<0>().bias(0) == 42);
  CHECK(early.best_epoch == 1);
  early.restore(model);
  CHECK(model.layer<0>().bias(0) == 0);
}

TEST_CASE("EarlyStopping says in a verbose training that and why it stopped, and which weights the model has") {
  using Net = Sequential<double, Input<1>, Dense<1>>;
  const std::vector<std::pair<std::vector<double>, double>> windows{{{1}, 0}};
  const auto said = [&](const EarlyStopping& early, bool verbose, std::size_t epochs) {
    // The bias falls by 1 in each epoch, and the loss is its square: 9, 4, 1, 0, 1, 4, …
    const auto lower = [](auto& end) { end.model.template layer<0>().bias(0) -= 1; };
    const auto lines = stderr_lines([&] {
      Net model;
      model.set_weight("0.dense.kernel", std::vector{0.0});
      model.set_weight("0.dense.bias", std::vector{3.0});
      fit(model, windows, MeanSquaredError{}, SGD{.learning_rate = 0},
          {.epochs = epochs, .callbacks = {early, lower}, .verbose = verbose});
    });
    std::vector<std::string> own;
    for (const auto& line : lines) {
      if (line.starts_with("EarlyStopping")) own.push_back(line);
    }
    if (!verbose) CHECK(lines.empty());
    return own;
  };
  EarlyStopping early{.monitor = Monitor::loss, .patience = 2};
  CHECK(
      said(early, true, 100) ==
      std::vector<std::string>{"EarlyStopping: stopped, as loss no longer improved (patience 2); best loss: 0 in epoch "
                               "4; the model has the weights of epoch 4 of 6"});
  CHECK(said(early, false, 100).empty());
  CHECK(said(early, true, 3) ==
        std::vector<std::string>{"EarlyStopping: best loss: 1 in epoch 3; the model has the weights of epoch 3 of 3"});
  CHECK(said(early, true, 0) ==
        std::vector<std::string>{"EarlyStopping: there was no best loss; the model has the weights of epoch 0 of 0"});
  early.restore_best_weights = false;
  CHECK(
      said(early, true, 100) ==
      std::vector<std::string>{"EarlyStopping: stopped, as loss no longer improved (patience 2); best loss: 0 in epoch "
                               "4; the model has the weights of epoch 6 of 6"});
  early.start_from_epoch = 10;
  CHECK(said(early, true, 3) ==
        std::vector<std::string>{"EarlyStopping: there was no best loss; the model has the weights of epoch 3 of 3"});
}
