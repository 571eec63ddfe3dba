#include "rnnts/model/parallel_backpropagation.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <stdexcept>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/layer_normalization.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/losses/masked.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr GRUOptions every_step{.return_sequences = true};
constexpr LSTMOptions dropping{.dropout = 0.3, .recurrent_dropout = 0.2};

using Vectors =
    Sequential<double, Input<2>, GRU<3, Tanh, Sigmoid, every_step>, LayerNormalization<>, LSTM<2>, Dense<2>>;
using Sequences = Sequential<double, Input<2>, GRU<3, Tanh, Sigmoid, every_step>, Dense<2>>;
using Dropping = Sequential<double, Input<2>, Dropout<0.4>, LSTM<3, Tanh, Sigmoid, dropping>, Dense<2>>;

/// A pass of a model, shared by threads.
template <Model M, Loss L = MeanSquaredError> class Shared {
 public:
  Shared(const M& model, std::size_t threads, std::size_t work_per_thread = 0)
      : pass_(model), backpropagation_(pass_, {}, threads, work_per_thread) {}

  auto* operator->() { return &backpropagation_; }
  const auto& gradients() const { return pass_.gradients(); }

 private:
  detail::ModelPass<M> pass_;
  detail::ParallelBackpropagation<double, 2, 2, L> backpropagation_;
};

/// Windows (5,B,2) and labels, of samples that differ.
struct TestBatch {
  TestBatch(std::size_t n, bool labels_per_step) : batch(n), label_steps(labels_per_step ? 5 : 1) {
    for (std::size_t i = 0; i < 5 * n * 2; ++i) x.push_back(std::sin(1.7 * static_cast<double>(i)));
    for (std::size_t i = 0; i < label_steps * n * 2; ++i) y.push_back(std::cos(0.9 * static_cast<double>(i * i)));
    for (std::size_t b = 0; b < n; ++b) {
      lengths.push_back(1 + (b * 3) % 5);
      weights.push_back(0.25 + static_cast<double>(b % 4));
    }
  }

  Sequence<const double, 2> windows(bool differ) const {
    return {x.data(), 5, batch, differ ? lengths.data() : nullptr};
  }
  Sequence<const double, 2> labels(bool differ) const {
    return {y.data(), label_steps, batch, differ && label_steps == 5 ? lengths.data() : nullptr};
  }

  std::size_t batch, label_steps;
  std::vector<double> x, y, weights;
  std::vector<std::size_t> lengths;
};

template <class Parameters> std::vector<double> numbers(const Parameters& parameters) {
  std::vector<double> all;
  detail::visit_fields(
      [&](const detail::FieldInfo&, const auto& field) { all.insert(all.end(), field.begin(), field.end()); },
      parameters);
  return all;
}

void check_close(const std::vector<double>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK_THAT(found[i], WithinAbs(expected[i], 1e-14));
}

struct Result {
  double loss;
  std::vector<double> gradients, dx, output;

  bool operator==(const Result&) const = default;
};

template <Model M, Loss L>
Result result_of(Shared<M, L>& pass, const TestBatch& samples, bool lengths_differ, bool weighted,
                 std::optional<Seed> random_seed = {}) {
  std::optional<Random> random;
  if (random_seed) random.emplace(*random_seed);
  Result result{0, {}, std::vector<double>(samples.x.size(), 99), {}};
  const std::span<const double> weights(samples.weights.data(), weighted ? samples.batch : 0);
  result.loss = pass->backward(samples.windows(lengths_differ), samples.labels(lengths_differ),
                               {result.dx.data(), 5, samples.batch}, random ? &*random : nullptr, weights);
  result.gradients = numbers(pass.gradients());
  const auto output = pass->output();
  for (std::size_t t = 0; t < output.steps; ++t) {
    for (std::size_t b = 0; b < output.batch; ++b) {
      if (t < output.length(b)) result.output.insert(result.output.end(), output[t][b], output[t][b] + 2);
    }
  }
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("any number of threads gives what one gives, but for rounding", "", Vectors, Sequences) {
  const TestType model{seed(3)};
  for (const std::size_t batch : {1u, 2u, 5u, 8u, 9u}) {
    const TestBatch samples(batch, TestType::output.is_sequence);
    for (const bool lengths_differ : {false, true}) {
      for (const bool weighted : {false, true}) {
        Shared<TestType> one(model, 1);
        const Result expected = result_of(one, samples, lengths_differ, weighted);
        for (const std::size_t threads : {2u, 3u, 8u}) {
          CAPTURE(batch, lengths_differ, weighted, threads);
          Shared<TestType> several(model, threads);
          const Result found = result_of(several, samples, lengths_differ, weighted);
          CHECK_THAT(found.loss, WithinRel(expected.loss, 1e-14));
          check_close(found.gradients, expected.gradients);
          check_close(found.dx, expected.dx);
          check_close(found.output, expected.output);
          CHECK_THAT(several->forward(samples.windows(lengths_differ), samples.labels(lengths_differ), nullptr,
                                      {samples.weights.data(), weighted ? batch : 0}),
                     WithinRel(expected.loss, 1e-14));
        }
      }
    }
  }
}

TEST_CASE("one thread gives what Backpropagation gives, to the last digit") {
  const Dropping model{seed(3)};
  const MeanSquaredError mse;
  const TestBatch samples(5, false);
  Shared<Dropping> pass(model, 1);
  detail::ModelPass serial_pass(model);
  detail::Backpropagation<double, 2, 2, MeanSquaredError> serial(serial_pass, mse);
  Random random(seed(4));
  const Result result = result_of(pass, samples, true, true, seed(4));
  CHECK(result.loss == serial.forward(samples.windows(true), samples.labels(true), &random, samples.weights));
  serial.backward(samples.windows(true), samples.labels(true), {});
  CHECK(result.gradients == numbers(serial_pass.gradients()));
}

TEST_CASE("parts whose samples have no steps do not count") {
  const Sequences model{seed(3)};
  TestBatch samples(4, true);
  Shared<Sequences> one(model, 1), two(model, 2);
  result_of(two, samples, false, false);  // leaves numbers behind
  for (const auto& lengths : {std::vector<std::size_t>{5, 3, 0, 0}, {0, 0, 5, 3}}) {
    samples.lengths = lengths;
    const Result expected = result_of(one, samples, true, false), found = result_of(two, samples, true, false);
    CHECK_THAT(found.loss, WithinRel(expected.loss, 1e-14));
    check_close(found.gradients, expected.gradients);
    check_close(found.dx, expected.dx);
    check_close(found.output, expected.output);
  }
}

TEST_CASE("labels that are missing count neither in one part nor in several") {
  const Sequences model{seed(3)};
  TestBatch samples(5, true);
  for (std::size_t i = 0; i < samples.y.size(); ++i) {
    const std::size_t sample = i / 2 % 5;
    if (i % 3 == 0 || sample == 0 || sample == 4) samples.y[i] = std::numeric_limits<double>::quiet_NaN();
  }
  using Loss = Masked<MeanSquaredError>;
  Shared<Sequences, Loss> one(model, 1);
  for (const bool lengths_differ : {false, true}) {
    for (const std::size_t threads : {2u, 5u}) {
      Shared<Sequences, Loss> several(model, threads);
      const Result expected = result_of(one, samples, lengths_differ, false);
      const Result found = result_of(several, samples, lengths_differ, false);
      double sum = 0, count = 0;
      for (std::size_t t = 0, next = 0; t < 5; ++t) {
        for (std::size_t b = 0; b < 5; ++b) {
          if (t >= samples.labels(lengths_differ).length(b)) continue;
          // The outputs are told step by step.
          for (std::size_t n = 0; n < 2; ++n) {
            const double label = samples.y[(t * 5 + b) * 2 + n], error = label - expected.output[next++];
            if (std::isnan(label)) continue;
            sum += error * error;
            ++count;
          }
        }
      }
      CHECK_THAT(expected.loss, WithinRel(sum / count, 1e-14));
      CHECK_THAT(found.loss, WithinRel(expected.loss, 1e-14));
      check_close(found.gradients, expected.gradients);
      check_close(found.dx, expected.dx);
    }
  }
}

TEST_CASE("no more threads share a batch than its work pays for") {
  const Dropping model{seed(3)};
  const TestBatch samples(6, false);
  const auto result = [&](std::size_t threads, std::size_t work_per_thread) {
    Shared<Dropping> pass(model, threads, work_per_thread);
    return result_of(pass, samples, false, false, seed(4));  // which other numbers of parts change: each draws its own
  };
  const std::size_t work = 5 * 6 * model.parameter_count();
  CHECK(result(3, work / 3) == result(3, 0));
  CHECK(result(3, work / 2) == result(2, 0));
  CHECK(result(3, work / 2 + 1) == result(1, 0));
  CHECK(result(3, work + 1) == result(1, 0));
  CHECK(result(3, 0) != result(2, 0));
  CHECK(result(2, 0) != result(1, 0));
}

TEST_CASE("no thread is too few") {
  const Vectors model{seed(3)};
  CHECK_THROWS_WITH(Shared(model, 0), "ParallelBackpropagation: expected at least 1 thread, found 0");
}

TEST_CASE("with random numbers, the same seed and number of threads give the same, and each part draws its own") {
  const Dropping model{seed(3)};
  const TestBatch samples(7, false);
  Shared<Dropping> pass(model, 3), again(model, 3);
  const Result first = result_of(pass, samples, false, false, seed(4));
  CHECK(result_of(pass, samples, false, false, seed(4)) == first);
  CHECK(result_of(again, samples, false, false, seed(4)) == first);
  CHECK(result_of(pass, samples, false, false, seed(5)) != first);
  // The next pass draws others, and a model that draws nothing leaves the random numbers as they are.
  Random random(seed(4));
  const auto next = [&](auto& any_pass) {
    return any_pass->forward(samples.windows(false), samples.labels(false), &random, {});
  };
  CHECK(next(pass) == first.loss);
  CHECK(random != Random(seed(4)));
  CHECK(next(pass) != first.loss);
  const Vectors plain{seed(3)};
  Shared<Vectors> draws_nothing(plain, 3);
  random = Random(seed(4));
  next(draws_nothing);
  CHECK(random == Random(seed(4)));
  // The two halves of a batch are alike; if they drew alike, their outputs would be alike too.
  TestBatch alike(6, false);
  for (std::size_t t = 0; t < 5; ++t) {
    for (std::size_t i = 0; i < 6; ++i) alike.x[t * 12 + 6 + i] = alike.x[t * 12 + i];
  }
  Shared<Dropping> halves(model, 2);
  const auto without = result_of(halves, alike, false, false).output;
  CHECK(std::vector(without.begin(), without.begin() + 6) == std::vector(without.begin() + 6, without.end()));
  const auto output = result_of(halves, alike, false, false, seed(4)).output;
  CHECK(std::vector(output.begin(), output.begin() + 6) != std::vector(output.begin() + 6, output.end()));
}

namespace {

/// Throws where a label is 100.
struct Refusing : MeanSquaredError {
  double value(double y_true, double y_pred) const {
    if (y_true == 100) throw std::runtime_error("a label of 100");
    return MeanSquaredError::value(y_true, y_pred);
  }
};

}  // namespace

TEST_CASE("what is thrown in a part reaches the caller, and the next pass is as if nothing had been") {
  const Vectors model{seed(3)};
  Shared<Vectors, Refusing> pass(model, 2);
  TestBatch samples(4, false);
  const auto loss = [&] { return pass->backward(samples.windows(false), samples.labels(false), {}, nullptr, {}); };
  const double before = loss();
  const auto gradients = numbers(pass.gradients());
  const double label = samples.y.back();  // of the second part
  samples.y.back() = 100;
  CHECK_THROWS_WITH(loss(), "a label of 100");
  samples.y.back() = label;
  CHECK(loss() == before);
  CHECK(numbers(pass.gradients()) == gradients);
}
