#include "rnnts/model/ranked_trainer.hpp"

#include <cmath>
#include <cstddef>
#include <exception>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "support/catch.hpp"
#include "support/thread_ranks.hpp"

using namespace rnnts;

namespace {

constexpr DenseOptions with_penalty{.kernel_regularizer = L2(0.01)};
using Net = Sequential<double, Input<1>, SimpleRNN<3>, Dropout<0.0>, Dense<1, Linear, with_penalty>>;
using Dropping = Sequential<double, Input<1>, SimpleRNN<3>, Dropout<0.5>, Dense<1>>;
using Windows = std::vector<std::pair<std::vector<double>, double>>;

/// Windows of different length.
Windows samples_of(std::size_t count, double phase) {
  Windows samples;
  for (std::size_t k = 0; k < count; ++k) {
    samples.emplace_back(std::vector<double>(2 + k % 3), std::cos(static_cast<double>(k) + phase));
    for (double& x : samples.back().first) x = std::sin(phase += 1);
  }
  return samples;
}

const Windows windows = samples_of(11, 0), others = samples_of(5, 100);

std::vector<double> weights_of(const auto& model) {
  std::vector<double> all;
  for (const auto& tensor : model.weights()) all.insert(all.end(), tensor.values.begin(), tensor.values.end());
  return all;
}

template <Model M> FitOptions<M> usual(Ranks* ranks) {
  std::vector<double> weights;
  for (std::size_t k = 0; k < windows.size(); ++k) weights.push_back(static_cast<double>(k % 4));
  return {
      .epochs = 4, .batch_size = 4, .validation = others, .sample_weights = weights, .verbose = false, .ranks = ranks};
}

/// What comes of a training on one rank.
struct Trained {
  std::vector<double> loss, val_loss, weights;

  bool operator==(const Trained&) const = default;
};

template <Model M> Trained train(Ranks* ranks, Seed first = seed(3)) {
  M model{first};
  const History history = fit(model, windows, MeanSquaredError{}, Adam{.learning_rate = 0.01}, usual<M>(ranks));
  return {history.loss, history.val_loss, weights_of(model)};
}

void check_close(const std::vector<double>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK_THAT(found[i], WithinAbs(expected[i], 1e-10));
}

/// A loss that cannot be computed.
struct Failing : MeanSquaredError {
  double value(double y_true, double y_pred) const {
    if (fails) throw std::runtime_error("no memory");
    return MeanSquaredError::value(y_true, y_pred);
  }

  bool fails = false;
};

std::string message(const std::exception_ptr& failure) {
  if (!failure) return "none";
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("several ranks train as one but for rounding") {
  const Trained expected = train<Net>(nullptr);
  for (const std::size_t size : {2u, 3u, 5u}) {  // of a last batch of 3, five ranks leave nothing to two
    CAPTURE(size);
    std::vector<Trained> results(size);
    const auto failures =
        on_ranks(size, [&](ThreadRanks& ranks) { results[ranks.rank()] = train<Net>(&ranks, seed(3 + ranks.rank())); });
    CHECK(message(failures[0]) == "none");
    check_close(results[0].loss, expected.loss);
    check_close(results[0].val_loss, expected.val_loss);
    check_close(results[0].weights, expected.weights);
    for (const Trained& result : results) CHECK(result == results[0]);
  }
}

TEST_CASE("one rank trains as none does") {
  Trained result;
  std::size_t sums = 99;
  on_ranks(1, [&](ThreadRanks& ranks) {
    result = train<Dropping>(&ranks);
    sums = ranks.sums;
  });
  CHECK(sums == 0);
  CHECK(result == train<Dropping>(nullptr));
}

TEST_CASE("ranks that draw random numbers draw the same ones in each run") {
  const auto run = [] {
    std::vector<Trained> results(3);
    on_ranks(3, [&](ThreadRanks& ranks) { results[ranks.rank()] = train<Dropping>(&ranks); });
    return results;
  };
  const auto first = run();
  CHECK(first[0].loss.size() == 4);
  for (const Trained& result : first) CHECK(result == first[0]);
  CHECK(run() == first);
}

TEST_CASE("there is one sum for each batch and one for the callbacks") {
  std::vector<std::size_t> sums(2);
  on_ranks(2, [&](ThreadRanks& ranks) {
    train<Net>(&ranks);
    sums[ranks.rank()] = ranks.sums;
  });
  const std::size_t epochs = 4, batches = 3, validation = 2, compare = 1, begin_and_end = 2;
  const std::size_t expected = compare + begin_and_end + epochs * (batches + validation + 1);
  CHECK(sums == std::vector{expected, expected});
}

TEST_CASE("a callback that stops one rank stops all and what it does on rank 0 all have") {
  std::vector<std::size_t> epochs(3);
  std::vector<double> bias(3);
  on_ranks(3, [&](ThreadRanks& ranks) {
    Net model{seed(3)};
    auto options = usual<Net>(&ranks);
    options.callbacks = {[&](EpochEnd<Net>& end) {
      end.stop = end.epoch == 2 && ranks.rank() == 1;
      end.model.layer<2>().bias(0) = 7 + static_cast<double>(ranks.rank());
    }};
    epochs[ranks.rank()] = fit(model, windows, MeanSquaredError{}, Adam{}, options).loss.size();
    bias[ranks.rank()] = model.layer<2>().bias(0);
  });
  CHECK(epochs == std::vector<std::size_t>{2, 2, 2});
  CHECK(bias == std::vector<double>{7, 7, 7});
}

TEST_CASE("where a callback throws on one rank all end, with the weights of the last epoch") {
  std::vector<std::vector<double>> after_one(3), after_two(3), at_the_end(3);
  const auto failures = on_ranks(3, [&](ThreadRanks& ranks) {
    Net model{seed(3)};
    auto options = usual<Net>(&ranks);
    options.callbacks = {[&](EpochEnd<Net>& end) {
      if (end.epoch == 1) after_one[ranks.rank()] = weights_of(end.model);
      if (end.epoch == 2 && ranks.rank() == 2) throw std::runtime_error("the disk is full");
      if (end.epoch == 2) after_two[ranks.rank()] = weights_of(end.model);
    }};
    try {
      fit(model, windows, MeanSquaredError{}, Adam{}, options);
    } catch (...) {
      at_the_end[ranks.rank()] = weights_of(model);
      throw;
    }
  });
  CHECK(after_one[0] == after_one[1]);
  CHECK(after_one[0] != after_two[0]);
  for (const auto& weights : at_the_end) CHECK(weights == after_two[0]);
  CHECK(message(failures[0]) == "fit: rank 2 has failed: the disk is full");
  CHECK(message(failures[1]) == message(failures[0]));
  CHECK(message(failures[2]) == "the disk is full");
}

TEST_CASE("where a step throws on one rank all have the weights from before the epoch") {
  std::vector<std::vector<double>> before(2), at_the_end(2);
  const auto failures = on_ranks(2, [&](ThreadRanks& ranks) {
    Net model{seed(3)};
    before[ranks.rank()] = weights_of(model);
    Failing loss;
    loss.fails = ranks.rank() == 1;
    try {
      fit(model, windows, loss, Adam{}, usual<Net>(&ranks));
    } catch (...) {
      at_the_end[ranks.rank()] = weights_of(model);
      throw;
    }
  });
  CHECK(message(failures[0]) == "fit: rank 1 has failed: no memory");
  CHECK(message(failures[1]) == "no memory");
  CHECK(at_the_end == before);
}

TEST_CASE("of several ranks that fail the first one is named and a long message cut off") {
  const auto failures = on_ranks(3, [](ThreadRanks& ranks) {
    Net model;
    auto options = usual<Net>(&ranks);
    options.callbacks = {[&](EpochEnd<Net>&) {
      if (ranks.rank() == 1) throw 7;
      if (ranks.rank() == 2) throw std::runtime_error(std::string(600, 'x'));
    }};
    try {
      fit(model, windows, MeanSquaredError{}, Adam{}, options);
    } catch (int) {
      throw std::runtime_error("an int");
    }
  });
  CHECK(message(failures[0]) == "fit: rank 1 has failed: what it has thrown is no std::exception");
  CHECK(message(failures[1]) == "an int");
  CHECK(message(failures[2]) == std::string(600, 'x'));

  const auto long_one = on_ranks(2, [](ThreadRanks& ranks) {
    Net model;
    auto options = usual<Net>(&ranks);
    options.callbacks = {[&](EpochEnd<Net>&) {
      if (ranks.rank() == 0) throw std::runtime_error(std::string(600, 'x'));
    }};
    fit(model, windows, MeanSquaredError{}, Adam{}, options);
  });
  CHECK(message(long_one[1]) == "fit: rank 0 has failed: " + std::string(512, 'x'));
}

TEST_CASE("a loss that is no longer finite ends all ranks alike") {
  const auto failures = on_ranks(2, [](ThreadRanks& ranks) {
    Windows bad = windows;
    bad[5].second = std::numeric_limits<double>::max();
    Net model;
    fit(model, bad, MeanSquaredError{}, Adam{}, usual<Net>(&ranks));
  });
  CHECK_THAT(message(failures[0]), StartsWith("fit: the loss became inf in epoch 1"));
  CHECK(message(failures[1]) == message(failures[0]));
}

TEST_CASE("ranks that do not train the same are told apart before the first step") {
  const auto run = [](auto change) {
    const auto failures = on_ranks(3, [&](ThreadRanks& ranks) {
      Net model;
      Windows samples = windows;
      auto options = usual<Net>(&ranks);
      options.sample_weights = {};
      if (ranks.rank() == 1) change(samples, options);
      fit(model, samples, MeanSquaredError{}, Adam{}, options);
    });
    CHECK(message(failures[1]) == message(failures[0]));
    CHECK(message(failures[2]) == message(failures[0]));
    return message(failures[0]);
  };
  const std::string expected = "fit: expected the same model, data and options on all ranks; of ";
  CHECK(run([](Windows& samples, auto&) { samples.resize(8); }) == expected + "batches, rank 0 has 3, rank 1 2");
  CHECK(run([](Windows&, auto& options) { options.epochs = 5; }) == expected + "epochs, rank 0 has 4, rank 1 5");
  CHECK(run([](Windows&, auto& options) { options.validation = samples_of(2, 0); }) ==
        expected + "validation windows, rank 0 has 5, rank 1 2");
  CHECK_THAT(run([](Windows&, auto& options) { options.seed = seed(9); }),
             StartsWith(expected + "seed, rank 0 has 0."));
  CHECK(run([](Windows& samples, auto& options) {
          samples.resize(9);
          options.batch_size = 3;
        }) == expected + "windows in the first batch, rank 0 has 4, rank 1 3");
  CHECK_THAT(run([](Windows& samples, auto&) { samples[2].second += 0.01; }), StartsWith(expected + "numbers in it"));
}
