#include "rnnts/model/training_state.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <ranges>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/early_stopping.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/model/reduce_lr_on_plateau.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

template <class T> std::vector<T> sine(std::size_t n) {
  std::vector<T> series;
  for (std::size_t i = 0; i < n; ++i) series.push_back(std::sin(T(0.3) * static_cast<T>(i)));
  return series;
}

auto weights_of(const auto& model) {
  std::vector<double> all;
  for (const auto& weight : model.weights()) all.insert(all.end(), weight.values.begin(), weight.values.end());
  return all;
}

/// The same training each time, up to what is in the options.
template <Model M, class O>
History train(M& model, O optimizer, TrainingState<M, O>& state, std::type_identity_t<FitOptions<M>> options) {
  using T = typename M::scalar;
  static const std::vector<T> series = sine<T>(60), validation = sine<T>(30);
  options.batch_size = 8;
  options.validation = validation | views::window(12);
  options.verbose = false;
  return fit(model, series | views::window(10), MeanSquaredError{}, optimizer, options, state);
}

/// A callback that stops a training after some of its epochs.
auto stop_after(std::set<std::size_t> epochs) {
  return [epochs = std::move(epochs)](auto& end) { end.stop = end.stop || epochs.contains(end.epoch); };
}

}  // namespace

TEMPLATE_TEST_CASE("a training that was interrupted gives the weights and losses of one that ran through", "",
                   (std::pair<Net, Adam>), (std::pair<Net, SGD>),
                   (std::pair<Sequential<double, Input<1>, GRU<4>, Dense<1>>, Adam>)) {
  using M = typename TestType::first_type;
  using O = typename TestType::second_type;
  O optimizer{.learning_rate = 1e-2};
  if constexpr (requires { optimizer.momentum; }) optimizer.momentum = 0.9;
  M through{seed(7)};
  TrainingState<M, O> state_through;
  const auto history = train(through, optimizer, state_through, {.epochs = 6, .seed = seed(3)});
  REQUIRE(history.loss.size() == 6);

  for (const std::set<std::size_t>& stops : {std::set<std::size_t>{1}, {4}, {1, 2, 3, 4, 5}}) {
    M model{seed(7)};
    TrainingState<M, O> state;
    for (const std::size_t stop : stops) {
      train(model, optimizer, state, {.epochs = 6, .seed = seed(3), .callbacks = {stop_after(stops)}});
      CHECK(state.epochs_done() == stop);
      CHECK(weights_of(model) != weights_of(through));
    }
    const auto whole = train(model, optimizer, state, {.epochs = 6, .seed = seed(3)});
    CHECK(weights_of(model) == weights_of(through));
    CHECK(whole.loss == history.loss);
    CHECK(whole.val_loss == history.val_loss);
    CHECK(state.history.loss == history.loss);
    CHECK(state.weights.empty());
  }
}

TEST_CASE("with several threads too, what layers draw included") {
  using Dropping = Sequential<double, Input<1>, Dropout<0.3>, GRU<4>, Dense<1>>;
  const auto train_in = [](const std::set<std::size_t>& stops) {
    Dropping model{seed(7)};
    TrainingState<Dropping, Adam> state;
    for (std::size_t call = 0; call <= stops.size(); ++call) {
      train(model, Adam{}, state,
            {.epochs = 4, .seed = seed(3), .callbacks = {stop_after(stops)}, .threads = 3, .work_per_thread = 0});
    }
    CHECK(state.epochs_done() == 4);
    return std::pair{weights_of(model), state.history.loss};
  };
  CHECK(train_in({1, 3}) == train_in({}));
}

TEST_CASE("a new state makes no difference, and epochs can be added later") {
  const auto series = sine<float>(40);
  const auto windows = series | views::window(5);
  Net plain{seed(7)}, with_state{seed(7)};
  fit(plain, windows, MeanSquaredError{}, Adam{}, {.epochs = 5, .seed = seed(2), .verbose = false});
  TrainingState<Net, Adam> state;
  for (const std::size_t epochs : {2u, 5u}) {
    fit(with_state, windows, MeanSquaredError{}, Adam{}, {.epochs = epochs, .seed = seed(2), .verbose = false}, state);
  }
  CHECK(weights_of(with_state) == weights_of(plain));
}

TEST_CASE("copies of a model and a state are two trainings") {
  Net model{seed(7)};
  TrainingState<Net, Adam> state;
  train(model, Adam{}, state, {.epochs = 2});
  Net fork = model;
  auto state_of_fork = state;
  train(model, Adam{}, state, {.epochs = 4});
  CHECK(state_of_fork.epochs_done() == 2);
  CHECK(weights_of(fork) != weights_of(model));
  train(fork, Adam{}, state_of_fork, {.epochs = 4});
  CHECK(weights_of(fork) == weights_of(model));
  CHECK(state_of_fork.history.loss == state.history.loss);
}

TEST_CASE("callbacks that remember something go on too, when they are given by reference") {
  // A large step size, so that there are epochs without an improvement: see the checks.
  const Adam adam{.learning_rate = 0.05};
  struct Callbacks {
    EarlyStopping early{.patience = 6};
    ReduceLROnPlateau reduce{.factor = 0.5, .patience = 2};
  };
  const auto run = [&](Net& model, TrainingState<Net, Adam>& state, Callbacks& callbacks,
                       const std::set<std::size_t>& stops) {
    return train(
        model, adam, state,
        {.epochs = 60, .callbacks = {std::ref(callbacks.early), std::ref(callbacks.reduce), stop_after(stops)}});
  };
  Net through{seed(7)};
  TrainingState<Net, Adam> state_through;
  Callbacks callbacks_through;
  const auto history = run(through, state_through, callbacks_through, {});
  REQUIRE(callbacks_through.early.stopped_epoch == history.loss.size());
  REQUIRE(callbacks_through.reduce.reductions > 1);
  REQUIRE(state_through.optimizer.learning_rate(0) < 0.05);

  for (std::size_t stop = 1; stop < history.loss.size(); ++stop) {
    Net model{seed(7)};
    TrainingState<Net, Adam> state;
    Callbacks callbacks;
    run(model, state, callbacks, {stop});
    REQUIRE(state.epochs_done() == stop);
    CHECK(state.weights.empty() == (callbacks.early.best_epoch == stop));  // the model has the best ones
    const auto whole = run(model, state, callbacks, {stop});
    REQUIRE(weights_of(model) == weights_of(through));
    REQUIRE(whole.loss == history.loss);
    REQUIRE(whole.val_loss == history.val_loss);
    REQUIRE(callbacks.early.best == callbacks_through.early.best);
    REQUIRE(callbacks.reduce.reductions == callbacks_through.reduce.reductions);
  }
}

TEST_CASE("where all epochs are done there is nothing to do") {
  Net model{seed(7)};
  TrainingState<Net, Adam> state;
  const auto history = train(model, Adam{}, state, {.epochs = 3});
  const auto before = weights_of(model);
  const auto again = train(model, Adam{}, state, {.epochs = 2});
  CHECK(again.loss == history.loss);
  CHECK(weights_of(model) == before);
  CHECK(state.epochs_done() == 3);
}

TEST_CASE("a training that goes on has the optimizer and the order of its state") {
  const auto trained = [](Adam second, Seed order) {
    Net model{seed(7)};
    TrainingState<Net, Adam> state;
    train(model, Adam{.learning_rate = 1e-2}, state, {.epochs = 1, .seed = seed(1)});
    train(model, second, state, {.epochs = 3, .seed = order});
    return weights_of(model);
  };
  CHECK(trained(Adam{.learning_rate = 1}, seed(2)) == trained(Adam{.learning_rate = 1e-2}, seed(1)));
}

TEST_CASE("the seconds of a training are those of all calls") {
  Net model{seed(7)};
  TrainingState<Net, Adam> state;
  const double first = train(model, Adam{}, state, {.epochs = 2}).seconds;
  CHECK(first > 0);
  CHECK(train(model, Adam{}, state, {.epochs = 4}).seconds > first);
}

TEST_CASE("a training that failed can go on from the epoch before") {
  Net model{seed(7)};
  TrainingState<Net, Adam> state;
  const auto spoil = [](auto& end) {
    if (end.epoch == 2) end.learning_rate->scale(1e30);
  };
  CHECK_THROWS_AS(train(model, Adam{}, state, {.epochs = 4, .callbacks = {spoil}}), TrainingError);
  CHECK(state.epochs_done() == 2);
  state.optimizer.learning_rate.scale(1e-30);
  train(model, Adam{}, state, {.epochs = 4});
  CHECK(state.epochs_done() == 4);

  Net through{seed(7)};
  TrainingState<Net, Adam> state_through;
  train(through, Adam{}, state_through, {.epochs = 4});
  CHECK_THAT(state.history.loss.back(), WithinRel(state_through.history.loss.back(), 1e-6));
}

TEST_CASE("a training that goes on with validation must have had it before, and the other way round") {
  const auto series = sine<float>(40);
  const auto windows = series | views::window(5);
  const auto twice = [&](bool first, bool second) {
    Net model{seed(7)};
    TrainingState<Net, Adam> state;
    const auto go_on = [&](std::size_t epochs, bool validated) {
      FitOptions<Net> options{.epochs = epochs, .verbose = false};
      if (validated) options.validation = windows;
      fit(model, windows, MeanSquaredError{}, Adam{}, options, state);
    };
    go_on(1, first);
    go_on(2, second);
  };
  CHECK_THROWS_AS(twice(true, false), ArgumentError);
  CHECK_THROWS_WITH(twice(true, false),
                    "fit: the state is of a training with validation windows, but the options have none");
  CHECK_THROWS_WITH(twice(false, true),
                    "fit: the state is of a training without validation windows, but the options have some");
}

TEST_CASE("whatever is thrown in an epoch or its validation, model and state are those of the epoch before") {
  const auto series = sine<float>(60);
  int reads_left = 1000;  // of the validation window, before its label becomes NaN
  const auto validation = std::views::iota(0, 1) | std::views::transform([&](int) {
                            const float label = --reads_left >= 0 ? 0.3f : std::numeric_limits<float>::quiet_NaN();
                            return std::pair{std::array{0.1f, 0.2f}, label};
                          });
  Net model{seed(7)}, expected{seed(7)};
  TrainingState<Net, Adam> state;
  const auto go_on = [&](Net& net, std::size_t epochs, TrainingState<Net, Adam>& of) {
    fit(net, series | views::window(10), MeanSquaredError{}, Adam{},
        {.epochs = epochs, .validation = validation, .verbose = false}, of);
  };
  go_on(model, 2, state);
  const auto good = weights_of(model);
  reads_left = 2;  // for its length and before the training, but not after the epoch
  CHECK_THROWS_WITH(go_on(model, 3, state), "label 0, step 0: expected a finite number, found nan");
  CHECK(weights_of(model) == good);
  CHECK(state.epochs_done() == 2);
  reads_left = 1000;
  go_on(model, 4, state);
  TrainingState<Net, Adam> state_through;
  go_on(expected, 4, state_through);
  CHECK(weights_of(model) == weights_of(expected));
}

TEST_CASE("a failed epoch keeps what callbacks have changed before it") {
  const auto series = sine<float>(60);
  Net model{seed(7)};
  const auto change_and_break = [](auto& end) {
    end.model.template layer<1>().bias(0) = 0.125f;
    end.learning_rate->scale(1e30);
  };
  CHECK_THROWS_AS(fit(model, series | views::window(10), MeanSquaredError{}, SGD{.learning_rate = 1e-3},
                      {.epochs = 3, .callbacks = {change_and_break}, .verbose = false}),
                  TrainingError);
  CHECK(model.layer<1>().bias(0) == 0.125f);
}

TEST_CASE("where a callback throws at the end, the weights to go on from are kept all the same") {
  struct PutsOtherWeights {
    void operator()(EpochEnd<Net>&) const {}
    void train_end(TrainEnd<Net>& end) const { end.model.layer<1>().bias(0) = 7; }
  };
  struct Throws {
    void operator()(EpochEnd<Net>&) const {}
    void train_end(TrainEnd<Net>&) const { throw DataError("at the end"); }
  };
  Net model{seed(7)};
  TrainingState<Net, Adam> state;
  CHECK_THROWS_WITH(train(model, Adam{}, state, {.epochs = 2, .callbacks = {PutsOtherWeights{}, Throws{}}}),
                    "at the end");
  CHECK(model.layer<1>().bias(0) == 7);
  REQUIRE(state.weights.size() == model.parameter_count());
  CHECK(state.weights.back() != 7);  // the same weight, the last one
}

TEST_CASE(
    "where a callback throws after an epoch, the state has the learning rate that it and those before it have set") {
  Net model{seed(7)};
  TrainingState<Net, SGD> state;
  const auto halves = [](EpochEnd<Net>& end) { end.learning_rate->scale(0.5); };
  const auto throws_in_second_epoch = [](EpochEnd<Net>& end) {
    if (end.epoch < 2) return;
    end.learning_rate->scale(0.25);
    throw DataError("in a callback");
  };
  CHECK_THROWS_WITH(
      train(model, SGD{.learning_rate = 1}, state, {.epochs = 5, .callbacks = {halves, throws_in_second_epoch}}),
      "in a callback");
  CHECK(state.epochs_done() == 2);
  CHECK(state.optimizer.learning_rate(0) == 0.0625);
}

TEST_CASE("weights to go on from that are not those of the model are refused before it changes") {
  Net model{seed(7)};
  TrainingState<Net, Adam> state;
  state.weights = {1, 2, 3};
  const auto before = weights_of(model);
  CHECK_THROWS_WITH(
      train(model, Adam{}, state, {.epochs = 1}),
      "fit: the state has 3 weights to go on from, but the model has " + std::to_string(model.parameter_count()));
  CHECK(weights_of(model) == before);
}

TEST_CASE("many epochs may be asked for, when a callback stops before") {
  Net model{seed(7)};
  TrainingState<Net, Adam> state;
  CHECK(train(model, Adam{}, state, {.epochs = 1'000'000'000'000, .callbacks = {stop_after({2})}}).loss.size() == 2);
}

TEST_CASE("options of the optimizer that were changed on the way are checked too") {
  Net model{seed(7)};
  TrainingState<Net, SGD> state;
  train(model, SGD{}, state, {.epochs = 1});
  state.optimizer.momentum = 1.5;
  CHECK_THROWS_WITH(train(model, SGD{}, state, {.epochs = 2}),
                    "optimizer: expected momentum at least 0 and less than 1, found 1.5");
}
