#include "rnnts/model/fit.hpp"
#include "rnnts/model/gradients.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <list>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/global_average_pooling1d.hpp"
#include "rnnts/layers/last_step.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/binary_crossentropy.hpp"
#include "rnnts/losses/gaussian_negative_log_likelihood.hpp"
#include "rnnts/losses/huber.hpp"
#include "rnnts/losses/masked.hpp"
#include "rnnts/losses/mean_absolute_error.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/losses/pinball.hpp"
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

TEST_CASE("the largest batch size is all samples at once, and the largest number of epochs is until a callback stops") {
  const auto series = sine(16);
  Net all{seed(7)}, largest{seed(7)};
  fit(all, series | views::window(5), MeanSquaredError{}, Adam{}, {.batch_size = 11, .verbose = false});
  const auto history =
      fit(largest, series | views::window(5), MeanSquaredError{}, Adam{},
          {.epochs = SIZE_MAX, .batch_size = SIZE_MAX, .callbacks = {[](auto& end) { end.stop = true; }}});
  CHECK(history.loss.size() == 1);
  CHECK(largest.layer<0>().kernel(0, 0) == all.layer<0>().kernel(0, 0));
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

TEST_CASE("windows of different length are trained as if alone") {
  using Labelling =
      Sequential<double, Input<1>, SimpleRNN<4, Tanh, SimpleRNNOptions{.return_sequences = true}>, Dense<1>>;
  // One batch of windows of 2, 5 and 3 steps against each of them in a batch of its own: the mean of the gradients.
  const std::vector<std::vector<double>> windows{{0.1, 0.2}, {0.5, -0.4, 0.3, 0.2, 0.1}, {-0.3, 0.6, 0.9}};
  const auto check = [&]<class M>(std::type_identity<M>, const auto& samples, const auto& weights) {
    const SGD steps_of_one{.learning_rate = 1};
    M together{seed(1)};
    fit(together, samples, MeanSquaredError{}, steps_of_one, {.batch_size = 3, .shuffle = false, .verbose = false});
    const M start{seed(1)};
    auto expected = start;
    for (std::size_t k = 0; k < samples.size(); ++k) {
      M alone{seed(1)};
      fit(alone, std::vector{samples[k]}, MeanSquaredError{}, steps_of_one, {.verbose = false});
      detail::visit_fields(
          [&](const detail::FieldInfo&, auto& sum, const auto& after, const auto& before) {
            for (std::size_t i = 0; i < sum.size(); ++i) {
              sum.data()[i] += weights[k] * (after.data()[i] - before.data()[i]);
            }
          },
          expected.parameters(), std::as_const(alone.parameters()), start.parameters());
    }
    detail::visit_fields(
        [&](const detail::FieldInfo& field, const auto& found, const auto& wanted) {
          for (std::size_t i = 0; i < found.size(); ++i) {
            INFO(field.path());
            CHECK_THAT(found.data()[i], WithinAbs(wanted.data()[i], 1e-13));
          }
        },
        std::as_const(together.parameters()), std::as_const(expected.parameters()));
  };
  std::vector<std::pair<std::vector<double>, double>> last;
  std::vector<std::pair<std::vector<double>, std::vector<double>>> every;
  for (const auto& window : windows) {
    last.emplace_back(window, 0.5);
    every.emplace_back(window, std::vector<double>(window.size(), 0.25));
  }
  check(std::type_identity<Sequential<double, Input<1>, SimpleRNN<4>, Dense<1>>>{}, last,
        std::vector{1 / 3.0, 1 / 3.0, 1 / 3.0});
  check(std::type_identity<Labelling>{}, every, std::vector{0.2, 0.5, 0.3});  // by their numbers of steps
}

TEST_CASE("several series are trained one after the other, as one range of windows would be") {
  const auto series = sine(60);
  const std::span<const float> first(series.data(), 25), second(series.data() + 25, 35);
  const std::vector ranges{first | views::window(5), second | views::window(5)};
  Net several{seed(7)}, joined{seed(7)};
  fit(several, ranges, MeanSquaredError{}, Adam{}, {.epochs = 3, .seed = seed(2), .verbose = false});
  std::vector<std::pair<std::vector<float>, float>> all;
  for (const auto& range : ranges) {
    for (const auto& [window, label] : range) all.emplace_back(std::vector<float>(window.begin(), window.end()), label);
  }
  CHECK(all.size() == 20 + 30);
  fit(joined, all, MeanSquaredError{}, Adam{}, {.epochs = 3, .seed = seed(2), .verbose = false});
  CHECK(several.layer<0>().kernel(0, 0) == joined.layer<0>().kernel(0, 0));
}

TEST_CASE("sample weights: a weight of 2 is a sample twice, a weight of 0 is none") {
  const std::vector<std::pair<std::array<double, 3>, double>> samples{{{1, 2, 3}, 1}, {{-1, 0, 2}, 2}, {{3, 1, 1}, -1}};
  const std::vector<std::pair<std::array<double, 3>, double>> doubled{samples[0], samples[0], samples[2]};
  const std::vector<double> weights{2, 0, 1};
  const SGD sgd{.learning_rate = 0.1};
  Perceptron a{seed(1)}, b{seed(1)};
  const double loss = fit(a, samples, MeanSquaredError{}, sgd, {.sample_weights = weights, .verbose = false}).loss[0];
  CHECK_THAT(fit(b, doubled, MeanSquaredError{}, sgd, {.verbose = false}).loss[0], WithinAbs(loss, 1e-14));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK_THAT(a.layer<1>().kernel(i, 0), WithinAbs(b.layer<1>().kernel(i, 0), 1e-14));
  }
  CHECK_THROWS_WITH(fit(a, samples, MeanSquaredError{}, sgd, {.sample_weights = std::span(weights).first(2)}),
                    "fit: expected a sample weight for each of 3 windows, found 2");
  const std::vector<double> bad{1, std::numeric_limits<double>::infinity(), 1};
  CHECK_THROWS_WITH(fit(a, samples, MeanSquaredError{}, sgd, {.sample_weights = bad}),
                    "fit: sample weight 1: expected a finite number of at least 0, found inf");
  const std::vector<double> negative{1, 0, -0.5};
  CHECK_THROWS_WITH(fit(a, samples, MeanSquaredError{}, sgd, {.sample_weights = negative}),
                    "fit: sample weight 2: expected a finite number of at least 0, found -0.5");
}

TEST_CASE("options keep sample weights that were a temporary") {
  const auto series = sine(30);
  const auto weights = [] {
    std::vector<float> result(25, 1.0f);
    result[3] = 0;
    return result;
  };
  const FitOptions<Net> stored{.sample_weights = weights(), .verbose = false};
  const std::vector<float> kept = weights();
  Net a{seed(7)}, b{seed(7)};
  fit(a, series | views::window(5), MeanSquaredError{}, Adam{}, stored);
  fit(b, series | views::window(5), MeanSquaredError{}, Adam{}, {.sample_weights = kept, .verbose = false});
  CHECK(a.layer<0>().kernel(0, 0) == b.layer<0>().kernel(0, 0));
}

TEST_CASE("several quantiles of one label, and a mean with its variance") {
  // The label is 1, 2, …, 99 in any order, whatever the window says.
  std::vector<std::pair<std::array<double, 1>, double>> samples;
  for (int i = 0; i < 99; ++i) samples.emplace_back(std::array{0.0}, 1.0 + (i * 37) % 99);
  Sequential<double, Input<1, 1>, Flatten, Dense<3>> quantiles{seed(1)};
  for (const double rate : {1.0, 0.1}) {
    fit(quantiles, samples, Quantiles<3>{{0.1, 0.5, 0.9}}, Adam{.learning_rate = rate},
        {.epochs = 400, .batch_size = 99, .verbose = false});
  }
  const auto of = quantiles.predict(std::array{0.0});
  CHECK_THAT(of(0), WithinAbs(10, 1));
  CHECK_THAT(of(1), WithinAbs(50, 1));
  CHECK_THAT(of(2), WithinAbs(90, 1));

  for (auto& [window, label] : samples) label /= 10;
  Sequential<double, Input<1, 1>, Flatten, Dense<2>> normal{seed(1)};
  fit(normal, samples, GaussianNegativeLogLikelihood{}, Adam{.learning_rate = 0.05},
      {.epochs = 800, .batch_size = 99, .verbose = false});
  const auto y = normal.predict(std::array{0.0});
  CHECK_THAT(y(0), WithinAbs(5.0, 1e-2));
  CHECK_THAT(std::exp(y(1)), WithinAbs((99.0 * 99 - 1) / 1200, 0.1));  // the variance of 0.1, 0.2, …, 9.9
}

TEST_CASE("a label that the loss does not take is named, and the model has the weights from before the epoch") {
  using Classifier = Sequential<double, Input<1>, SimpleRNN<3>, Dense<2, Sigmoid>>;
  std::vector<std::pair<std::vector<double>, std::array<double, 2>>> samples(10, {{0.1, 0.2}, {0, 1}});
  const Classifier before{seed(1)};
  for (const double label : {2.0, -1.0}) {
    Classifier model{seed(1)};
    samples[7].second[1] = label;
    const auto train = [&](BinaryCrossentropy loss) {
      fit(model, samples, loss, Adam{}, {.batch_size = 4, .verbose = false});
    };
    const std::string expected =
        detail::sentence("label 7, step 0: bce: expected a number between 0 and 1, found ", label);
    CHECK_THROWS_AS(train({}), DataError);
    CHECK_THROWS_WITH(train({}), expected);
    CHECK_THROWS_WITH(train({.from_logits = true}), expected);
    CHECK(model.layer<1>().kernel(0, 0) == before.layer<1>().kernel(0, 0));
  }
}

TEST_CASE("labels may be missing where a loss leaves them out, and the others are learnt") {
  const double missing = std::nan("");
  const std::vector<std::vector<double>> windows{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}};
  const auto train = [&](const std::vector<double>& labels, std::vector<double> validation_labels,
                         std::size_t batch_size) {
    std::vector<std::pair<std::vector<double>, double>> samples, validation;
    for (std::size_t k = 0; k < labels.size(); ++k) samples.emplace_back(windows[k], labels[k]);
    for (std::size_t k = 0; k < validation_labels.size(); ++k)
      validation.emplace_back(windows[k], validation_labels[k]);
    Perceptron model{seed(1)};
    return fit(model, samples, Masked<MeanSquaredError>{}, SGD{.learning_rate = 1e-300},
               {.epochs = 1, .batch_size = batch_size, .shuffle = false, .validation = validation, .verbose = false});
  };
  // Losses of epochs are means over the labels, however many of a batch are missing.
  const History all = train({1, 2, 3}, {1}, 3), with_gaps = train({1, 2, 3, missing}, {1, missing, missing}, 2);
  CHECK_THAT(with_gaps.loss[0], WithinRel(all.loss[0], 1e-14));
  CHECK_THAT(with_gaps.val_loss[0], WithinRel(all.val_loss[0], 1e-14));
  CHECK_THROWS_WITH(train({missing, missing}, {1}, 1), "labels: expected at least 1 that is not missing, found none");
  CHECK_THROWS_WITH(train({1}, {missing}, 1), "validation labels: expected at least 1 that is not missing, found none");
  CHECK_THROWS_WITH(train({1, std::numeric_limits<double>::infinity()}, {1}, 1),
                    "label 1, step 0: expected a finite number, found inf");
}

TEST_CASE("validation data that cannot be used are found before the training, and are named so") {
  using Classifier = Sequential<double, Input<1>, SimpleRNN<3>, Dense<1, Sigmoid>>;
  using Sample = std::pair<std::vector<double>, std::vector<double>>;
  const std::vector<Sample> good(5, {{0.1, 0.2}, {1}});
  int trained_with = 0;
  const auto windows = std::views::iota(std::size_t{0}, good.size()) | std::views::transform([&](std::size_t k) {
                         ++trained_with;
                         return good[k];
                       });
  const auto train = [&](const Sample& bad) {
    auto validation = good;
    validation[3] = bad;
    Classifier model{seed(1)};
    trained_with = -1;  // the first one is asked for its length
    fit(model, windows, BinaryCrossentropy{}, Adam{}, {.batch_size = 2, .validation = validation, .verbose = false});
  };
  CHECK_THROWS_AS(train({{0.1, std::nan("")}, {1}}), DataError);
  CHECK(trained_with == 0);
  CHECK_THROWS_WITH(train({{0.1, std::nan("")}, {1}}),
                    "validation window 3, step 1: expected a finite number, found nan");
  CHECK_THROWS_WITH(train({{0.1, 0.2}, {3}}),
                    "validation label 3, step 0: bce: expected a number between 0 and 1, found 3");
  CHECK(trained_with == 0);
  CHECK_THROWS_AS(train({{0.1, 0.2}, {1, 0}}), ShapeError);
  CHECK_THROWS_WITH(train({{0.1, 0.2}, {1, 0}}), StartsWith("validation label 3: expected 1 steps, found 2"));
  CHECK(trained_with == 0);
}

TEST_CASE("a loss with an option that it cannot use, and a learning rate that becomes negative, are refused") {
  const auto series = sine(40);
  Net model{seed(7)};
  CHECK_THROWS_WITH(fit(model, series | views::window(5), Huber{.delta = -1}, Adam{}, {.verbose = false}),
                    "huber: expected a delta above 0, found -1");
  const auto falls = [](std::uint64_t update) { return 0.01 - 0.005 * static_cast<double>(update); };
  CHECK_THROWS_WITH(fit(model, series | views::window(5), MeanSquaredError{}, SGD{.learning_rate = falls},
                        {.batch_size = 10, .verbose = false}),
                    StartsWith("learning_rate: expected a finite number of at least 0 for update 3, counted from 0"));
  CHECK(model.layer<0>().kernel(0, 0) == Net{seed(7)}.layer<0>().kernel(0, 0));
}

TEST_CASE("quantiles are between 0 and 1") {
  const std::vector<std::pair<std::array<double, 1>, double>> samples{{{0.0}, 1.0}};
  Sequential<double, Input<1, 1>, Flatten, Dense<2>> model{seed(1)};
  CHECK_THROWS_WITH(fit(model, samples, Quantiles<2>{{0.5, 1.5}}, Adam{}, {.verbose = false}),
                    "pinball: expected a quantile between 0 and 1, found 1.5");
}

TEST_CASE("a window that is too short for a layer is named before anything is trained") {
  using Convolution = Sequential<double, Input<1>, Conv1D<2, 3>, GlobalAveragePooling1D, Dense<1>>;
  const std::vector<std::pair<std::vector<double>, double>> samples{{{1, 2, 3}, 1}, {{1, 2}, 2}};
  Convolution model{seed(1)};
  CHECK_THROWS_WITH(fit(model, samples, MeanSquaredError{}, Adam{}, {.verbose = false}),
                    "window 1: conv1d: expected at least 3 steps, found 2");
  CHECK(model.layer<2>().kernel(0, 0) == Convolution{seed(1)}.layer<2>().kernel(0, 0));
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

TEST_CASE("a callback may give the model other tensors, and a failed epoch goes back to those") {
  // So large that it keeps its kernel on the heap: what is moved into the model takes the place of what was there.
  using Large = Sequential<float, Input<1, 5000>, Flatten, Dense<1>>;
  Large model;
  const std::vector<std::pair<std::vector<float>, float>> windows{{std::vector<float>(5000, 1.0F), 1.0F}};
  const auto move_in = [](auto& end) {
    Large::Parameters parameters;
    for (const auto tensor : detail::tensors(parameters)) std::ranges::fill(tensor, 1e30F);
    end.model.parameters() = std::move(parameters);
  };
  CHECK_THROWS_AS(fit(model, windows, MeanSquaredError{}, SGD{.learning_rate = 1e-6},
                      {.epochs = 2, .callbacks = {move_in}, .verbose = false}),
                  TrainingError);
  CHECK(std::ranges::count(model.layer<1>().kernel, 1e30F) == 5000);
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
  CHECK_THROWS_WITH(train(sine(40), {.threads = 0, .verbose = false}), "fit: expected at least 1 thread, found 0");
  CHECK_THROWS_WITH(train(sine(40), {.threads = 4097, .verbose = false}),
                    "fit: expected at most 4096 threads, found 4097");
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

namespace {

constexpr SimpleRNNOptions regularized{.kernel_regularizer = L2(0.01)};
constexpr SimpleRNNOptions dropping{.recurrent_dropout = 0.2};

using Plain = Sequential<double, Input<1>, SimpleRNN<4, Tanh, regularized>, Dense<2>>;
using Dropping = Sequential<double, Input<1>, Dropout<0.3>, SimpleRNN<4, Tanh, dropping>, Dense<2>>;

/// Trains with windows of different length and sample weights. There are 25, and so the last batch has one alone.
template <Model M> std::pair<History, std::vector<double>> train_with(std::size_t threads, Seed order = seed(1)) {
  std::vector<std::pair<std::vector<double>, std::array<double, 2>>> samples;
  std::vector<double> weights;
  for (std::size_t k = 0; k < 25; ++k) {
    auto& [window, label] = samples.emplace_back();
    for (std::size_t t = 0; t < 3 + k % 4; ++t) window.push_back(std::sin(static_cast<double>(k + t)));
    label = {0.1 * static_cast<double>(k % 7), window[0] * window[1]};
    weights.push_back(0.5 + static_cast<double>(k % 3));
  }
  M model{seed(7)};
  const History history = fit(model, samples, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
                              {.epochs = 3,
                               .batch_size = 8,
                               .seed = order,
                               .validation = samples,
                               .sample_weights = weights,
                               .threads = threads,
                               .work_per_thread = 0,
                               .verbose = false});
  std::vector<double> trained;
  for (const auto& weight : model.weights()) trained.insert(trained.end(), weight.values.begin(), weight.values.end());
  return {history, trained};
}

}  // namespace

TEST_CASE("several threads train as one does, but for rounding") {
  const auto [expected, weights] = train_with<Plain>(1);
  for (const std::size_t threads : {2u, 3u, 11u}) {
    const auto [found, trained] = train_with<Plain>(threads);
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
      CHECK_THAT(found.loss[epoch], WithinRel(expected.loss[epoch], 1e-12));
      CHECK_THAT(found.val_loss[epoch], WithinRel(expected.val_loss[epoch], 1e-12));
    }
    for (std::size_t i = 0; i < weights.size(); ++i) CHECK_THAT(trained[i], WithinAbs(weights[i], 1e-10));
  }
}

TEMPLATE_TEST_CASE("the same seed and number of threads give the same training, to the last digit", "", Plain,
                   Dropping) {
  for (const std::size_t threads : {1u, 2u, 3u}) {
    const auto [first, weights] = train_with<TestType>(threads);
    for (int repeat = 0; repeat < 5; ++repeat) {
      const auto [again, same_weights] = train_with<TestType>(threads);
      CHECK(again.loss == first.loss);
      CHECK(again.val_loss == first.val_loss);
      CHECK(same_weights == weights);
    }
    CHECK(train_with<TestType>(threads, seed(2)).second != weights);
  }
}

namespace {

/// Throws at its n-th call, wherever that is.
struct ThrowsOnce : MeanSquaredError {
  std::atomic<int>* calls_left;

  double value(double y_true, double y_pred) const {
    if (--*calls_left == 0) throw std::runtime_error("the loss does not like this");
    return MeanSquaredError::value(y_true, y_pred);
  }
};

}  // namespace

TEST_CASE("what is thrown in any thread reaches the caller, and the model has the weights from before the epoch") {
  const auto series = sine(40);
  for (const std::size_t threads : {1u, 2u, 4u}) {
    Net model{seed(7)};
    std::vector<float> kept;
    const auto keep = [&](EpochEnd<Net>& end) {
      kept.assign(end.model.layer<0>().kernel.begin(), end.model.layer<0>().kernel.end());
    };
    std::atomic<int> calls_left = 35 + 35 + 20;  // in the third epoch
    CHECK_THROWS_WITH(fit(model, series | views::window(5), ThrowsOnce{{}, &calls_left}, Adam{.learning_rate = 0.1},
                          {.epochs = 5,
                           .batch_size = 8,
                           .callbacks = {keep},
                           .threads = threads,
                           .work_per_thread = 0,
                           .verbose = false}),
                      "the loss does not like this");
    REQUIRE_FALSE(kept.empty());
    CHECK(std::vector<float>(model.layer<0>().kernel.begin(), model.layer<0>().kernel.end()) == kept);
  }
}

TEST_CASE("fit starts each window from the initial states that it is given") {
  using Model = Sequential<double, Input<1>, SimpleRNN<2>, Dense<1>>;
  const std::vector<std::pair<std::vector<double>, double>> samples{
      {{0.1, 0.4}, 0.3}, {{-0.2, 0.5}, 0.1}, {{0.7, 0.2}, 0}};
  Model model{seed(1)};
  const std::vector<double> h{0.3, -0.6};
  const auto loss_from_h = [&](const Model& of) {
    Model::Scratch scratch;
    scratch.set_initial_states({{"0.simple_rnn.h", h}});
    double sum = 0;
    for (const auto& [window, label] : samples) {
      const double error = of.predict(window, scratch)(0) - label;
      sum += error * error;
    }
    return sum / 3;
  };
  for (const std::size_t threads : {1u, 2u}) {
    Model trained{seed(1)};
    const double before = loss_from_h(trained);
    const auto history = fit(trained, samples, MeanSquaredError{}, SGD{.learning_rate = 0.1},
                             {.epochs = 2,
                              .batch_size = 3,
                              .validation = samples,
                              .threads = threads,
                              .work_per_thread = 0,
                              .verbose = false,
                              .initial_states = {{"0.simple_rnn.h", h}}});
    CHECK_THAT(history.loss[0], WithinAbs(before, 1e-14));
    CHECK_THAT(history.val_loss[1], WithinAbs(loss_from_h(trained), 1e-14));
  }
  const auto fit_from = [&](const std::vector<NamedTensor<double>>& states) {
    fit(model, samples, MeanSquaredError{}, SGD{}, {.verbose = false, .initial_states = states});
  };
  CHECK_THROWS_WITH(fit_from({{"0.simple_rnn.h", {1, 2, 3, 4}}}),
                    "state \"0.simple_rnn.h\": expected 2 numbers, found 4");
  CHECK_THROWS_WITH(fit_from({{"h", h}}), "no state is named \"h\"; there are: 0.simple_rnn.h");
}

TEST_CASE("a net of floats without weights can be judged and asked, and a training changes nothing") {
  const std::vector<float> series{1, 2, 3, 2, 1, 2, 3, 2};
  Sequential<float, Input<1>, LastStep> model;
  const auto windows = series | views::window(3);
  const auto history = fit(model, windows, MeanAbsoluteError{}, Adam{}, {.epochs = 2, .verbose = false});
  CHECK_THAT(history.loss.back(), WithinAbs(1, 1e-7));
  CHECK(model.predict(windows)(0, 0) == 3);
  CHECK(gradients(model, windows, MeanAbsoluteError{}).weights.empty());
}
