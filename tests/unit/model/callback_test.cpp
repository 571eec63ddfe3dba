#include "rnnts/model/callback.hpp"

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, SimpleRNN<3>, Dense<1>>;

std::vector<float> sine(std::size_t n) {
  std::vector<float> series;
  for (std::size_t i = 0; i < n; ++i) series.push_back(std::sin(0.3f * static_cast<float>(i)));
  return series;
}

History train(Net& model, const FitOptions<Net>& options) {
  const auto series = sine(40);
  return fit(model, series | views::window(5), MeanSquaredError{}, Adam{}, options);
}

/// Writes down what it is called with.
struct Diary {
  std::string text = "";

  template <Model M> void train_begin(TrainBegin<M>& begin) {
    text += "begin of " + std::to_string(begin.epochs) + (begin.has_validation ? ", validated; " : "; ");
  }
  template <Model M> void operator()(EpochEnd<M>& end) {
    text += std::to_string(end.epoch) + "/" + std::to_string(end.epochs) + "; ";
  }
  template <Model M> void train_end(TrainEnd<M>& end) {
    text += "end after " + std::to_string(end.history.loss.size());
  }
};

struct Counter {
  int* count;
  void operator()(EpochEnd<Net>&) const { ++*count; }
};

/// An optimizer of a user, with a learning rate that is a number.
struct Plain {
  double learning_rate = 1e-3;
  template <HasFields P> struct State {};
  template <HasFields P> void update(P&, const P&, State<P>&) const {}
};

}  // namespace

TEST_CASE("a callback is made of what can be called with an EpochEnd, and of nothing else") {
  STATIC_REQUIRE(std::is_convertible_v<Diary, Callback<Net>>);
  STATIC_REQUIRE(std::is_convertible_v<Counter, Callback<Net>>);
  STATIC_REQUIRE(std::is_convertible_v<std::reference_wrapper<Diary>, Callback<Net>>);
  STATIC_REQUIRE(std::is_convertible_v<std::reference_wrapper<const Counter>, Callback<Net>>);
  STATIC_REQUIRE(std::is_convertible_v<void (*)(EpochEnd<Net>&), Callback<Net>>);
  STATIC_REQUIRE(std::is_convertible_v<std::function<void(EpochEnd<Net>&)>, Callback<Net>>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::reference_wrapper<const Diary>, Callback<Net>>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<int, Callback<Net>>);
}

TEST_CASE("the hooks of a struct are called in turn, and a struct by reference can be looked at afterwards") {
  Net model{seed(7)};
  Diary diary;
  int count = 0;
  train(model, {.epochs = 5,
                .callbacks = {std::ref(diary), Counter{&count}, [](auto& end) { end.stop = end.epoch == 2; }},
                .verbose = false});
  CHECK(diary.text == "begin of 5; 1/5; 2/5; end after 2");
  CHECK(count == 2);
  const auto series = sine(40);
  diary.text.clear();
  train(model,
        {.epochs = 1, .validation = series | views::window(5), .callbacks = {std::ref(diary)}, .verbose = false});
  CHECK(diary.text == "begin of 1, validated; 1/1; end after 1");
}

TEST_CASE("what one callback has stopped another does not undo") {
  Net model{seed(7)};
  const auto history = train(
      model, {.epochs = 5,
              .callbacks = {[](auto& end) { end.stop = end.epoch == 2; }, [](auto& end) { end.stop = end.epoch == 4; }},
              .verbose = false});
  CHECK(history.loss.size() == 2);
}

TEST_CASE("a callback is a copy, and a copy of it another") {
  int total = 0;
  const Callback<Net> first = [seen = 0, &total](EpochEnd<Net>&) mutable { total = ++seen; };
  Net model;
  EpochEnd<Net> end{.epoch = 1, .epochs = 1, .loss = 0, .val_loss = std::nullopt, .model = model};
  first(end);
  const Callback<Net> second = first;
  second(end);
  CHECK(total == 2);
  first(end);
  CHECK(total == 2);
}

TEST_CASE("an epoch's end tells losses, time and learning rate") {
  Net model{seed(7)};
  std::vector<double> losses, rates;
  double seconds = 0;
  const auto history = train(model, {.epochs = 3,
                                     .batch_size = 10,  // of 35 windows: 4 batches
                                     .callbacks = {[&](auto& end) {
                                       losses.push_back(end.loss);
                                       CHECK(end.seconds >= seconds);
                                       seconds = end.seconds;
                                       CHECK(end.updates == 4 * end.epoch);
                                       rates.push_back(end.current_learning_rate().value());
                                       end.learning_rate->scale(0.5);
                                     }},
                                     .verbose = false});
  CHECK(losses == history.loss);
  CHECK(seconds > 0);
  CHECK(history.seconds >= seconds);
  CHECK(rates == std::vector<double>{1e-3, 0.5e-3, 0.25e-3});
}

TEST_CASE("a learning rate that a callback changes is used") {
  const auto trained = [](double factor) {
    Net model{seed(7)};
    train(model, {.epochs = 2, .callbacks = {[=](auto& end) { end.learning_rate->scale(factor); }}, .verbose = false});
    return model.layer<0>().kernel(0, 0);
  };
  Net one{seed(7)};
  train(one, {.epochs = 1, .verbose = false});
  CHECK(trained(0) == one.layer<0>().kernel(0, 0));  // nothing happens in the second epoch
  CHECK(trained(1) != one.layer<0>().kernel(0, 0));
}

TEST_CASE("an optimizer without a LearningRate shows none") {
  const auto series = sine(40);
  Net model{seed(7)};
  int epochs = 0;
  fit(model, series | views::window(5), MeanSquaredError{}, Plain{},
      {.callbacks = {[&](auto& end) {
         ++epochs;
         CHECK(end.learning_rate == nullptr);
         CHECK_FALSE(end.current_learning_rate().has_value());
         CHECK(end.updates == 0);
       }},
       .verbose = false});
  CHECK(epochs == 1);
}
