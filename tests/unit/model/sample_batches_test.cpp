#include "rnnts/model/sample_batches.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <ranges>
#include <utility>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/binary_crossentropy.hpp"
#include "rnnts/model/sequential.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using EveryStep =
    Sequential<double, Input<1>, SimpleRNN<2, Tanh, SimpleRNNOptions{.return_sequences = true}>, Dense<1>>;

/// Shapes of its samples.
constexpr detail::SampleShapes as_many{
    EveryStep::input, EveryStep::output, {nullptr, [](const void*, std::size_t steps) { return steps; }}};

using Batches = detail::SampleBatches<double, EveryStep::input, EveryStep::output>;
using Pairs = std::vector<std::pair<std::vector<double>, std::vector<double>>>;

std::vector<double> numbers(Sequence<const double, 1> all) { return {all.rows().begin(), all.rows().end()}; }

}  // namespace

TEST_CASE("samples become a time-major batch, shorter ones with zeros behind them and their lengths beside them") {
  const Pairs samples{{{4}, {40}}, {{1, 2, 3}, {10, 20, 30}}, {{5, 6, 7}, {50, 60, 70}}, {{8, 9, 0}, {80, 90, 0}}};
  const EveryStep::Samples source(samples);
  Batches batches(source, {.batch_size = 2, .shapes = as_many});
  CHECK(batches.batches() == 2);
  for (int pass = 0; pass < 2; ++pass) {
    batches.begin(nullptr);
    const auto* batch = batches.next();
    const auto x = batch->x, y = batch->y;
    REQUIRE((x.steps == 3 && x.batch == 2 && y.steps == 3 && y.batch == 2));
    CHECK(numbers(x) == std::vector<double>{4, 1, 0, 2, 0, 3});
    CHECK(numbers(y) == std::vector<double>{40, 10, 0, 20, 0, 30});
    CHECK((x.length(0) == 1 && x.length(1) == 3 && y.length(0) == 1 && y.length(1) == 3));
    CHECK((batch->first == 0 && batch->count == 2 && batch->sample_weights.empty()));

    batch = batches.next();
    CHECK((batch->x.lengths == nullptr && batch->y.lengths == nullptr));
    CHECK((batch->first == 2 && batch->x[2][0][0] == 7));
    CHECK(batches.next() == nullptr);
  }
}

TEST_CASE("the last batch has what is left, and one may have all") {
  const Pairs samples{{{1}, {10}}, {{2}, {20}}, {{3}, {30}}};
  const EveryStep::Samples source(samples);
  Batches pairs(source, {.batch_size = 2, .shapes = as_many});
  pairs.begin(nullptr);
  pairs.next();
  const auto* last = pairs.next();
  CHECK((last->count == 1 && last->x.batch == 1 && last->x[0][0][0] == 3));
  Batches all(source, {.batch_size = std::numeric_limits<std::size_t>::max(), .shapes = as_many});
  CHECK(all.batches() == 1);
  all.begin(nullptr);
  CHECK(numbers(all.next()->y) == std::vector<double>{10, 20, 30});
}

TEST_CASE("in a shuffled pass each sample comes once, with its weight") {
  const Pairs samples{{{1}, {10}}, {{2}, {20}}, {{3}, {30}}, {{4}, {40}}, {{5}, {50}}};
  const EveryStep::Samples source(samples);
  const std::vector<double> weights{0.1, 0.2, 0.3, 0.4, 0.5};
  Batches batches(source, {.batch_size = 2, .shapes = as_many, .label_check = {}, .sample_weights = weights});
  Random random(seed(1));
  std::vector<double> first_order;
  for (int pass = 0; pass < 2; ++pass) {
    batches.begin(&random);
    std::vector<double> seen;
    while (const auto* batch = batches.next()) {
      for (std::size_t b = 0; b < batch->count; ++b) {
        seen.push_back(batch->x[0][b][0]);
        CHECK(batch->y[0][b][0] == 10 * seen.back());
        CHECK(batch->sample_weights[b] == seen.back() / 10);
      }
    }
    CHECK(seen != first_order);
    first_order = seen;
    std::ranges::sort(seen);
    CHECK(seen == std::vector<double>{1, 2, 3, 4, 5});
  }
}

TEST_CASE("a sample is looked at when its turn comes: many cost no memory and no time") {
  constexpr std::size_t many = 100'000'000'000;
  std::size_t looked_at = 0;
  const auto generated = std::views::iota(std::size_t{0}, many) | std::views::transform([&](std::size_t k) {
                           ++looked_at;
                           return std::pair{std::array{static_cast<double>(k)}, std::array{1.0}};
                         });
  const EveryStep::Samples source(generated);
  Batches batches(source, {.batch_size = 3, .shapes = as_many});
  Random random(seed(1));
  batches.begin(&random);
  const double first = batches.next()->x[0][0][0];
  CHECK(batches.next()->x[0][0][0] != first);
  CHECK(looked_at == 12);  // for its length, and for its numbers
}

TEST_CASE("a label per step must have as many steps as its window, and be one that the loss takes") {
  const Pairs samples{{{1, 2, 3}, {1, 0, 1}}, {{4, 5}, {0}}};
  const EveryStep::Samples source(samples);
  Batches batches(source, {.batch_size = 2, .shapes = as_many});
  batches.begin(nullptr);
  CHECK_THROWS_WITH(batches.next(), StartsWith("label 1: expected 2 steps, found 1; "));
  const Pairs others{{{1, 2, 3}, {1, 0, 1}}, {{4, 5}, {0, 7}}};
  const EveryStep::Samples other_source(others);
  const BinaryCrossentropy loss;
  Batches checked(other_source, {.batch_size = 2, .shapes = as_many, .label_check = detail::LabelCheck<double>(loss)});
  checked.begin(nullptr);
  CHECK_THROWS_WITH(checked.next(), "label 1, step 1: bce: expected a number between 0 and 1, found 7");
}

TEST_CASE("a window that the model can do nothing with is named") {
  const Pairs samples{{{1, 2, 3}, {1, 0, 1}}, {{4, 5}, {0, 1}}};
  const EveryStep::Samples source(samples);
  const auto three_or_more = [](const void*, std::size_t steps) {
    if (steps < 3) throw ShapeError("too short");
    return steps;
  };
  Batches batches(source, {.batch_size = 2, .shapes = {EveryStep::input, EveryStep::output, {nullptr, three_or_more}}});
  batches.begin(nullptr);
  CHECK_THROWS_WITH(batches.next(), "window 1: too short");
}

TEST_CASE("windows may stand alone, where there are no labels") {
  const std::vector<std::vector<float>> windows{{1, 2}, {3, 4}};
  const Samples<double, sequence_shape(any_steps, 1), vector_shape(0)> source(windows);
  detail::SampleBatches<double, sequence_shape(any_steps, 1), vector_shape(0)> batches(
      source, {.batch_size = 2,
               .shapes = {sequence_shape(any_steps, 1), vector_shape(0), {nullptr, [](const void*, std::size_t) {
                                                                            return std::size_t{1};
                                                                          }}}});
  batches.begin(nullptr);
  CHECK(numbers(batches.next()->x) == std::vector<double>{1, 3, 2, 4});
}
