// The code of docs/training.md, losses_and_optimizers.md, evaluating.md, scalers.md and threads.md.
#include <rnnts/io/save_training.hpp>
#include <rnnts/rnnts.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <ranges>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/working_folder.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

std::vector<float> wave(std::size_t n) {
  std::vector<float> series;
  for (std::size_t i = 0; i < n; ++i) series.push_back(std::sin(0.3f * static_cast<float>(i)));
  return series;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("training.md: fit") {
  const WorkingFolder folder("rnnts_docs_fit");
  const auto series = wave(200);
  // [fit]
  const auto [train, validation] = split(series, 0.8);
  const auto window = views::window(20);

  Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>> model{seed(7)};
  const History history =
      fit(model, train | window, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
          {.epochs = 30, .batch_size = 10, .seed = seed(1), .validation = validation | window, .verbose = false});
  history.write_csv("history.csv");  // epoch,loss,val_loss
  // [/fit]
  REQUIRE(history.loss.size() == 30);
  REQUIRE(history.val_loss.size() == 30);
  CHECK(history.val_loss.back() < 0.01);
  CHECK_THAT(text_of("history.csv"), StartsWith("epoch,loss,val_loss\n1,"));
}

TEST_CASE("training.md: a callback") {
  const auto series = wave(100);
  const auto windows = series | views::window(20);
  // [callback]
  Net model{seed(7)};
  const auto good_enough = [](EpochEnd<Net>& end) { end.stop = end.loss < 0.01 || end.seconds > 60; };
  const History history = fit(model, windows, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
                              {.epochs = 500, .callbacks = {good_enough}, .verbose = false});
  // [/callback]
  CHECK(history.loss.back() < 0.01);
  CHECK(history.loss.size() < 500);
}

namespace {

// [signal_handler]
volatile std::sig_atomic_t ctrl_c = 0;

extern "C" void interrupt(int signal) {
  ctrl_c = 1;
  std::signal(signal, SIG_DFL);
}
// [/signal_handler]

}  // namespace

TEST_CASE("training.md: stopping with Ctrl-C") {
  const WorkingFolder folder("rnnts_docs_ctrl_c");
  const auto series = wave(100);
  int reads = 0;
  const auto windows = std::views::iota(std::size_t{0}, std::size_t{80}) | std::views::transform([&](std::size_t k) {
                         if (++reads == 400) std::raise(SIGINT);  // in the third epoch
                         return std::pair{std::span(series).subspan(k, 20), series[k + 20]};
                       });
  Net model{seed(7)};
  // [ctrl_c]
  std::signal(SIGINT, interrupt);
  const History history =
      fit(model, windows, MeanSquaredError{}, Adam{},
          {.epochs = 500, .callbacks = {[](auto& end) { end.stop = ctrl_c != 0; }}, .verbose = false});
  save(model, "model.rnnts");
  // [/ctrl_c]
  CHECK(std::signal(SIGINT, SIG_DFL) == SIG_DFL);
  CHECK(history.loss.size() == 3);
  CHECK(load<Net>("model.rnnts").predict(std::span(series).first(20))(0) ==
        model.predict(std::span(series).first(20))(0));
}

TEST_CASE("training.md: early stopping and a smaller learning rate") {
  const WorkingFolder folder("rnnts_docs_early_stopping");
  const auto series = wave(200);
  const auto [train, validation] = split(series, 0.8);
  const auto window = views::window(20);
  // [early_stopping]
  Net model{seed(7)};
  EarlyStopping early{.patience = 10};
  const ReduceLROnPlateau reduce{.factor = 0.5, .patience = 5};

  fit(model, train | window, MeanSquaredError{}, Adam{.learning_rate = 3e-2},
      {.epochs = 500,
       .validation = validation | window,
       .callbacks = {std::ref(early), reduce, CSVLogger{"training.csv"}},
       .verbose = false});

  std::cout << "val_loss " << early.best << " in epoch " << early.best_epoch << " of " << early.stopped_epoch << "\n";
  // [/early_stopping]
  CHECK(early.best < 0.01);
  CHECK(early.best_epoch == early.stopped_epoch - 10);
  CHECK_THAT(text_of("training.csv"), StartsWith("epoch,loss,val_loss,learning_rate\n1,"));
  const auto loss = fit(model, validation | window, MeanSquaredError{}, SGD{.learning_rate = 0}, {.verbose = false});
  CHECK(loss.loss[0] == Approx(early.best));
}

TEST_CASE("training.md: keep the best weights") {
  const auto series = wave(200);
  const auto [train, validation] = split(series, 0.8);
  const auto window = views::window(20);
  // [checkpoint]
  Net model{seed(7)}, best;
  ModelCheckpoint keep_best{[&](const Net& better) { best = better; }};  // a model is a value: this copies its weights
  const History history =
      fit(model, train | window, MeanSquaredError{}, Adam{.learning_rate = 3e-2},
          {.epochs = 100, .validation = validation | window, .callbacks = {keep_best}, .verbose = false});
  // [/checkpoint]
  const auto loss = fit(best, validation | window, MeanSquaredError{}, SGD{.learning_rate = 0}, {.verbose = false});
  CHECK(loss.loss[0] == Approx(*std::ranges::min_element(history.val_loss)));
}

namespace {

// [own_callback]
/// Finds out how large the bias of the last layer becomes.
struct LargestBias {
  float largest = 0;

  template <Model M> void train_begin(TrainBegin<M>& begin) {
    if (begin.epochs_done == 0) largest = 0;
  }
  template <Model M> void operator()(EpochEnd<M>& end) {
    for (const float bias : end.model.weight("1.dense.bias").values) largest = std::max(largest, std::abs(bias));
  }
  template <Model M> void train_end(TrainEnd<M>& end) const {
    std::cout << largest << " within " << end.history.loss.size() << " epochs\n";
  }
};
// [/own_callback]

}  // namespace

TEST_CASE("training.md: a callback with three hooks") {
  const auto series = wave(100);
  Net model{seed(7)};
  LargestBias bias;
  fit(model, series | views::window(20), MeanSquaredError{}, Adam{},
      {.epochs = 2, .callbacks = {std::ref(bias)}, .verbose = false});
  CHECK(bias.largest > 0);
}

TEST_CASE("training.md: interrupting and going on") {
  const auto series = wave(200);
  const auto [train, validation] = split(series, 0.8);
  const auto window = views::window(20);
  // [interrupt]
  Net model{seed(7)};
  TrainingState<Net, Adam> state;
  std::atomic<bool> interrupted = false;  // set by another thread, or by a signal

  const auto go_on = [&] {
    return fit(model, train | window, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
               {.epochs = 20,
                .validation = validation | window,
                .callbacks = {[&](auto& end) { end.stop = interrupted; }},
                .verbose = false},
               state);
  };
  interrupted = true;
  go_on();  // one epoch
  interrupted = false;
  const History history = go_on();  // the other 19
  // [/interrupt]
  CHECK(history.loss.size() == 20);
  CHECK(state.epochs_done() == 20);

  // [fork]
  Net other = model;
  TrainingState<Net, Adam> other_state = state;
  other_state.optimizer.learning_rate.scale(0.1);
  fit(other, train | window, MeanSquaredError{}, Adam{},
      {.epochs = 30, .validation = validation | window, .verbose = false}, other_state);
  // [/fork]
  CHECK(other_state.epochs_done() == 30);
  CHECK(state.epochs_done() == 20);

  Net through{seed(7)};
  const History at_once = fit(through, train | window, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
                              {.epochs = 20, .validation = validation | window, .verbose = false});
  CHECK(at_once.loss == history.loss);
  CHECK(through.layer<0>().kernel(0, 0) == model.layer<0>().kernel(0, 0));
}

TEST_CASE("training.md: going on in another run") {
  const auto series = wave(200);
  const auto [train, validation] = split(series, 0.8);
  const auto window = views::window(20);
  const WorkingFolder folder("rnnts_docs_save_training");
  const std::string path = (folder.path / "training.rnnts").string();
  const auto go_on = [&](Net& model, TrainingState<Net, Adam>& state, std::size_t epochs) {
    // [save_training]
    const auto keep = [&](auto& end) { save(end.model, state, path); };  // after each epoch
    fit(model, train | window, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
        {.epochs = epochs, .validation = validation | window, .callbacks = {keep}, .verbose = false}, state);
    // [/save_training]
  };
  {
    Net model{seed(7)};
    TrainingState<Net, Adam> state;
    go_on(model, state, 3);
  }
  // [load_training]
  Net model;
  TrainingState<Net, Adam> state;
  state.optimizer = Adam{.learning_rate = 1e-2};
  load(model, state, path);  // and fit as before, with this state
  // [/load_training]
  go_on(model, state, 5);

  Net through{seed(7)};
  const History at_once = fit(through, train | window, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
                              {.epochs = 5, .validation = validation | window, .verbose = false});
  CHECK(at_once.loss == state.history.loss);
  CHECK(through.layer<0>().kernel(0, 0) == model.layer<0>().kernel(0, 0));
}

TEST_CASE("training.md: watching a training") {
  const WorkingFolder folder("rnnts_docs_tensorboard");
  const auto series = wave(100);
  const auto [train, validation] = split(series, 0.7);
  const auto window = views::window(20);
  Net model{seed(7)};
  // [tensorboard]
  fit(model, train | window, MeanSquaredError{}, Adam{},
      {.epochs = 20, .validation = validation | window, .callbacks = {TensorBoard("logs/run1")}, .verbose = false});
  // [/tensorboard]
  CHECK(std::filesystem::exists("logs/run1/train"));
  CHECK(std::filesystem::exists("logs/run1/validation"));
}

TEST_CASE("training.md: a learning rate that falls") {
  const auto series = wave(100);
  const auto windows = series | views::window(20);
  // [stages]
  Net model{seed(7)};
  for (const double rate : {1e-2, 3e-3, 1e-3}) {
    fit(model, windows, MeanSquaredError{}, Adam{.learning_rate = rate}, {.epochs = 20, .verbose = false});
  }
  // [/stages]
  CHECK(evaluate(model, windows).beats_persistence());
}

namespace {

// [own_loss]
/// Squares, and forecasts that are too low cost more: a shelf that is empty is worse than one that is too full.
struct LowCostsMore {
  static constexpr std::string_view name = "low_costs_more";
  double factor = 4;

  template <Scalar T> T value(T y_true, T y_pred) const {
    const T error = y_pred - y_true;
    return (error < 0 ? static_cast<T>(factor) : 1) * error * error;
  }
  template <Scalar T> T derivative(T y_true, T y_pred) const {
    const T error = y_pred - y_true;
    return (error < 0 ? static_cast<T>(factor) : 1) * 2 * error;
  }
};
// [/own_loss]

// [own_optimizer]
/// w -= learning_rate sign(g): each weight moves as far, however large its gradient is.
struct SignDescent {
  LearningRate learning_rate = 1e-3;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;
  std::vector<std::string> exclude_from_weight_decay = {};

  template <HasFields Parameters> struct State {
    std::uint64_t updates = 0;
  };

  template <HasFields Parameters>
  void update(Parameters& parameters, const Parameters& gradients, State<Parameters>& state) const {
    const double rate = begin_update<Parameters>(*this, state.updates, {});
    const auto step = [r = static_cast<ScalarOf<Parameters>>(rate)](auto g) { return g < 0 ? -r : g > 0 ? r : 0; };
    update_weights(*this, rate, parameters, gradients, step);
  }
};
// [/own_optimizer]

}  // namespace

TEST_CASE("training.md: a loss of one's own") {
  STATIC_REQUIRE(Loss<LowCostsMore>);
  for (const double error : {-2.5, -0.4, 0.3, 1.7}) {
    const LowCostsMore loss{.factor = 3};
    const double h = 1e-6, difference = (loss.value(0.0, error + h) - loss.value(0.0, error - h)) / (2 * h);
    CHECK(loss.derivative(0.0, error) == Approx(difference).epsilon(1e-8));
  }
  const auto series = wave(100);
  const auto windows = series | views::window(20);
  // [use_own_loss]
  Net model{seed(7)};
  fit(model, windows, LowCostsMore{.factor = 2}, Adam{.learning_rate = 1e-2}, {.epochs = 40, .verbose = false});
  // [/use_own_loss]
  CHECK(evaluate(model, windows).beats_persistence());
}

TEST_CASE("losses_and_optimizers.md: missing labels") {
  std::vector<float> series;
  for (int t = 0; t < 60; ++t) series.push_back(t % 9 == 4 ? std::nanf("") : std::sin(0.5f * static_cast<float>(t)));
  // [masked]
  const auto has_whole_window = [](const auto& sample) {
    return std::ranges::all_of(sample.window, [](float x) { return std::isfinite(x); });
  };
  auto samples = series | views::window(3, 2) | std::views::filter(has_whole_window);  // labels of two, with gaps

  Sequential<float, Input<1>, SimpleRNN<5>, Dense<2>> model{seed(7)};
  const History history =
      fit(model, samples, Masked<MeanSquaredError>{}, Adam{.learning_rate = 1e-2}, {.epochs = 40, .verbose = false});
  // [/masked]
  CHECK(history.loss.back() < history.loss.front() / 4);
  CHECK_THROWS_AS(fit(model, samples, MeanSquaredError{}, Adam{}, {.verbose = false}), DataError);
}

TEST_CASE("training.md: learning rate schedules") {
  const auto series = wave(100);
  const auto windows = series | views::window(20);
  // [schedule]
  const std::size_t epochs = 30, batch_size = 16;
  const std::size_t updates = epochs * ((windows.size() + batch_size - 1) / batch_size);

  Net model{seed(7)};
  fit(model, windows, MeanSquaredError{},
      Adam{.learning_rate = OneCycle{.max_learning_rate = 3e-2, .total_steps = updates}},
      {.epochs = epochs, .batch_size = batch_size, .verbose = false});
  // [/schedule]
  CHECK(updates == 150);
  CHECK(evaluate(model, windows).beats_persistence());
  // [own_schedule]
  Adam adam{
      .learning_rate = [](std::uint64_t update) { return 1e-2 / std::sqrt(1 + static_cast<double>(update) / 100); }};
  // [/own_schedule]
  CHECK(adam.learning_rate(300) == Approx(0.005));
  adam.learning_rate.scale(0.5);
  CHECK(adam.learning_rate(300) == Approx(0.0025));
  Net other{seed(7)};
  fit(other, windows, MeanSquaredError{}, adam, {.epochs = 60, .verbose = false});
  CHECK(evaluate(other, windows).beats_persistence());
}

TEST_CASE("training.md: an optimizer of one's own") {
  const auto series = wave(100);
  const auto windows = series | views::window(20);
  Net model{seed(7)};
  fit(model, windows, MeanSquaredError{}, SignDescent{}, {.epochs = 40, .verbose = false});
  CHECK(evaluate(model, windows).beats_persistence());
}

TEST_CASE("training.md: clipping and weight decay") {
  const auto series = wave(100);
  const auto windows = series | views::window(20);
  // [clipping]
  Net model{seed(7)};
  fit(model, windows, MeanSquaredError{}, Adam{.learning_rate = 1e-2, .global_clipnorm = 1},
      {.epochs = 40, .verbose = false});
  // [/clipping]
  CHECK(evaluate(model, windows).beats_persistence());
  // [weight_decay]
  const AdamW adamw{.learning_rate = 1e-2, .weight_decay = 0.01, .exclude_from_weight_decay = {"bias"}};
  // [/weight_decay]
  Net decayed{seed(7)};
  fit(decayed, windows, MeanSquaredError{}, adamw, {.epochs = 40, .verbose = false});
  CHECK(evaluate(decayed, windows).beats_persistence());
  // Without momentum, L2(a) and a weight decay of 2 a are the same.
  constexpr DenseOptions regularized{.kernel_regularizer = L2(0.05)};
  Sequential<double, Input<1, 5>, Flatten, Dense<1, Linear, regularized>> ridge{seed(7)};
  Sequential<double, Input<1, 5>, Flatten, Dense<1>> decaying{seed(7)};
  const std::vector<double> numbers(series.begin(), series.end());
  fit(ridge, numbers | views::window(5), MeanSquaredError{}, SGD{}, {.epochs = 3, .verbose = false});
  fit(decaying, numbers | views::window(5), MeanSquaredError{},
      SGD{.weight_decay = 0.1, .exclude_from_weight_decay = {"bias"}}, {.epochs = 3, .verbose = false});
  CHECK(ridge.layer<1>().kernel(2, 0) == Approx(decaying.layer<1>().kernel(2, 0)).epsilon(1e-12));
}

TEST_CASE("training.md: a training that fails") {
  const auto series = wave(60);
  std::string said;
  // [nan]
  Net model{seed(7)};
  try {
    fit(model, series | views::window(20), MeanSquaredError{}, SGD{.learning_rate = 1e30},
        {.epochs = 5, .verbose = false});
  } catch (const TrainingError& error) {
    said = error.what();  // and error.epoch is the number of the epoch
  }
  // [/nan]
  CHECK_THAT(said, StartsWith("fit: the loss became "));
  CHECK_THAT(said, EndsWith(" in epoch 1; the model keeps the weights from before this epoch. A smaller learning rate "
                            "may help."));
  CHECK(model.layer<0>().kernel(0, 0) == Net{seed(7)}.layer<0>().kernel(0, 0));
}

TEST_CASE("training.md: the same seeds give the same weights") {
  const auto series = wave(60);
  // [deterministic]
  const auto trained = [&](Seed order) {
    Net model{seed(7)};
    fit(model, series | views::window(20), MeanSquaredError{}, Adam{}, {.epochs = 3, .seed = order, .verbose = false});
    return model.predict(std::span(series).last(20))(0);
  };
  const bool same = trained(seed(1)) == trained(seed(1));
  // [/deterministic]
  CHECK(same);
}

TEST_CASE("training.md: evaluate") {
  const auto passengers = read_csv<double>(RNNTS_DATA_DIR "/airline_passengers.csv", "passengers");
  // [evaluate]
  const auto [train, test] = split(passengers, 0.7);
  MinMaxScaler<double> scaler;
  const auto scaled_train = scaler.fit_transform(train), scaled_test = scaler.transform(test);

  Sequential<double, Input<1>, SimpleRNN<5>, Dense<1, Sigmoid>> model{seed(7)};
  fit(model, scaled_train | views::window(20), MeanSquaredError{}, Adam{},
      {.epochs = 300, .batch_size = 1, .verbose = false});

  const Evaluation evaluation = evaluate(model, scaled_test | views::window(20),
                                         {.season = 12, .training_series = scaled_train, .inverse_transform = scaler});
  std::cout << evaluation.text();
  // [/evaluate]
  CHECK_FALSE(evaluation.beats_persistence());
  CHECK(evaluation.persistence.mae == Approx(44.3).epsilon(0.005));
  CHECK(evaluation.windows == 24);
}

TEST_CASE("training.md: metrics") {
  // [metrics]
  const std::vector<double> truth{10, 20, 40}, forecasts{12, 18, 40};

  const double mae = mean_absolute_error(truth, forecasts);                                // 4/3
  const double rmse = root_mean_squared_error(truth, forecasts);                           // sqrt(8/3)
  const double mape = mean_absolute_percentage_error(truth, forecasts);                    // 10 percent
  const double smape = symmetric_mean_absolute_percentage_error(truth, forecasts);         // of 200 at most
  const double mase = mean_absolute_scaled_error(truth, forecasts, std::vector{1, 3, 5});  // (4/3) / 2
  // [/metrics]
  CHECK(mae == Approx(4.0 / 3));
  CHECK(rmse == Approx(std::sqrt(8.0 / 3)));
  CHECK(mape == Approx(10));
  CHECK(smape == Approx(200.0 * (2 / 22.0 + 2 / 38.0) / 3));
  CHECK(mase == Approx(2.0 / 3));
}

TEST_CASE("training.md: metrics of predictions") {
  const auto series = wave(100);
  StandardScaler<float> scaler;
  const auto scaled = scaler.fit_transform(series);
  const Net model{seed(7)};
  // [metrics_of_predictions]
  const auto windows = scaled | views::window(20);
  const auto predictions = model.predict(windows);  // (80, 1)

  const double scaled_error = mean_absolute_error(windows | views::labels, predictions);
  const double error = mean_absolute_error(std::span(series).subspan(20), scaler.inverse_transform(predictions));
  // [/metrics_of_predictions]
  CHECK(predictions.shape() == std::array<std::size_t, 2>{80, 1});
  CHECK(error == Approx(scaled_error * scaler.scale()));
  CHECK(error == Approx(evaluate(model, windows, {.inverse_transform = scaler}).model.mae));
}

TEST_CASE("training.md: predict and forecast") {
  const auto series = wave(100);
  Net model{seed(7)};
  fit(model, series | views::window(20), MeanSquaredError{}, Adam{.learning_rate = 1e-2},
      {.epochs = 50, .verbose = false});
  // [predict]
  const auto last_window = std::span(series).last(20);

  const float next = model.predict(last_window)(0);                       // one window
  const auto one_step_ahead = model.predict(series | views::window(20));  // many: a tensor of shape (80, 1)
  const std::vector<float> next_ten = forecast(model, last_window, 10);   // each forecast is fed back
  // [/predict]
  CHECK(one_step_ahead.shape() == std::array<std::size_t, 2>{80, 1});
  CHECK(next_ten.size() == 10);
  CHECK(next_ten[0] == next);
  for (std::size_t k = 0; k < 10; ++k) {
    CHECK(std::abs(next_ten[k] - std::sin(0.3f * static_cast<float>(100 + k))) < 0.3f);
  }
}

TEST_CASE("training.md: forecast with inputs that are known in advance") {
  std::vector<std::array<float, 2>> rows;
  for (int t = 0; t < 40; ++t) {
    rows.push_back({std::sin(0.1f * static_cast<float>(t)), static_cast<float>(t % 7 == 0)});
  }
  const Sequential<float, Input<2>, SimpleRNN<5>, Dense<1>> model{seed(7)};
  // [known_inputs]
  // Column 0 is to be forecast; column 1, whether it is a Monday, is known.
  const auto is_monday = [](std::size_t day) { return day % 7 == 0 ? 1.0f : 0.0f; };
  const auto next_row = [&](std::span<const float, 1> prediction, std::size_t k) {
    return std::array{prediction[0], is_monday(40 + k)};
  };
  const auto next_week = forecast(model, std::span(rows).last(20), 7, next_row);
  // [/known_inputs]
  CHECK(next_week.size() == 7);
  CHECK(next_week[0] == model.predict(std::span(rows).last(20))(0));
}

TEST_CASE("training.md: scalers") {
  const std::vector<float> series{112, 118, 132, 129, 121, 135, 148, 148, 136, 119};
  // [scaler]
  const auto [train, test] = split(series, 0.7);

  MinMaxScaler<float> scaler;
  const auto scaled_train = scaler.fit_transform(train);  // in [0, 1]
  const auto scaled_test = scaler.transform(test);        // by the extremes of the training part; may leave [0, 1]

  const float value = scaler.inverse_transform(scaled_test[0]);  // 148 again
  // [/scaler]
  CHECK(scaled_train[0] == 0);
  CHECK(value == Approx(148));
}

TEST_CASE("training.md: differences") {
  const auto passengers = read_csv<double>(RNNTS_DATA_DIR "/airline_passengers.csv", "passengers");
  // [differences]
  const auto growth = log_difference(passengers, 12);  // log(x[t]) - log(x[t-12]): 132 values of 144

  // One value back, from its growth and the value of a year before …
  const double second_january = inverse_log_difference(growth[0], passengers[0]);
  // … or a whole series, from its first year.
  const auto again = inverse_log_difference(growth, std::span(passengers).first(12));
  // [/differences]
  CHECK(growth.size() == 132);
  CHECK(second_january == Approx(passengers[12]));
  REQUIRE(again.size() == 144);
  CHECK(again[143] == Approx(passengers[143]));
}

TEST_CASE("training.md: threads") {
  const auto series = wave(100);
  // [threads]
  const Net model{seed(7)};
  std::vector<float> results(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] { results[i] = model.predict(std::span(series).subspan(20 * i, 20))(0); });
    }
  }
  // [/threads]
  for (std::size_t i = 0; i < 4; ++i) CHECK(results[i] == model.predict(std::span(series).subspan(20 * i, 20))(0));
}

TEST_CASE("training.md: models side by side") {
  const auto series = wave(100);
  const auto windows = series | views::window(20);
  // [parallel_for]
  std::vector<Net> models(8);
  std::vector<History> histories(models.size());
  parallel_for(models.size(), [&](std::size_t k) {
    models[k] = Net{seed(k)};
    histories[k] = fit(models[k], windows, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
                       {.epochs = 5, .seed = seed(k), .verbose = false});
  });
  // [/parallel_for]
  for (std::size_t k = 0; k < models.size(); ++k) {
    Net alone{seed(k)};
    const auto history = fit(alone, windows, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
                             {.epochs = 5, .seed = seed(k), .verbose = false});
    CHECK(histories[k].loss == history.loss);
  }
}

TEST_CASE("training.md: one model in several threads") {
  const auto series = wave(100);
  const auto windows = series | views::window(20);
  const auto train = [&](std::size_t threads) {
    // [fit_threads]
    Sequential<float, Input<1>, LSTM<32>, Dense<1>> model{seed(7)};
    const History history = fit(model, windows, MeanSquaredError{}, Adam{},
                                {.epochs = 2, .batch_size = 32, .threads = threads, .verbose = false});
    // [/fit_threads]
    return history.loss;
  };
  CHECK(train(2) == train(2));
  CHECK_THAT(train(2).back(), WithinRel(train(1).back(), 1e-3));
}

TEST_CASE("training.md: predictions that allocate nothing") {
  const auto series = wave(100);
  float sum = 0;
  // [scratch]
  const Net model{seed(7)};
  Net::Scratch scratch;  // one per thread
  for (const auto& [window, label] : series | views::window(20)) sum += model.predict(window, scratch)(0);
  // [/scratch]
  CHECK(std::isfinite(sum));
}

TEST_CASE("training.md: errors") {
  std::string said;
  // [errors]
  try {
    const auto series = read_csv<float>("measurements.csv", "temperature");
  } catch (const FileError& error) {
    said = error.what();  // measurements.csv: cannot be opened: No such file or directory
  }
  // [/errors]
  CHECK(said == "measurements.csv: cannot be opened: No such file or directory");
}

TEST_CASE("training.md: where samples come from") {
  const auto a = wave(60), b = wave(40);
  // [sources]
  const auto window = views::window(20);
  Net model{seed(7)};
  fit(model, std::vector{a | window, b | window}, MeanSquaredError{}, Adam{}, {.epochs = 2, .verbose = false});

  const xt::xtensor<float, 3> x = xt::ones<float>({8, 20, 1});  // (B,T,I)
  const xt::xtensor<float, 2> y = xt::zeros<float>({8, 1});     // (B,N)
  fit(model, tensor_samples(x, y), MeanSquaredError{}, Adam{}, {.epochs = 2, .verbose = false});
  // [/sources]
  CHECK(model.parameter_count() == 41);
}

TEST_CASE("training.md: one long series") {
  const auto series = wave(200);
  // [stateful]
  constexpr GRUOptions every_step{.return_sequences = true};

  Sequential<float, Input<1>, GRU<8, Tanh, Sigmoid, every_step>, Dense<1>> model{seed(7)};
  const auto history = fit_stateful(model, series | views::window(1), MeanSquaredError{}, Adam{.learning_rate = 1e-2},
                                    {.epochs = 20, .steps = 25, .verbose = false});

  Stream stream(model);  // goes on where the series ends
  float next = 0;
  for (const float value : series) next = stream.step(value)[0];
  // [/stateful]
  CHECK(history.loss.back() < 0.1 * history.loss.front());
  CHECK(std::isfinite(next));
}

TEST_CASE("training.md: quantiles") {
  const auto series = wave(100);
  // [quantiles]
  Sequential<float, Input<1>, GRU<8>, Dense<3>> model{seed(7)};
  fit(model, series | views::window(20), Quantiles<3>{{0.1, 0.5, 0.9}}, Adam{.learning_rate = 1e-2},
      {.epochs = 20, .verbose = false});
  const auto band = model.predict(std::span(series).last(20));  // band(0), band(1) and band(2)
  // [/quantiles]
  CHECK(band.size() == 3);
}
