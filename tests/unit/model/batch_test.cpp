#include "rnnts/model/batch.hpp"

#include <array>
#include <utility>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/model/sequential.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using EveryStep =
    Sequential<double, Input<1>, SimpleRNN<2, Tanh, SimpleRNNOptions{.return_sequences = true}>, Dense<1>>;

/// Output steps of it.
std::size_t as_many(std::size_t steps) { return steps; }

}  // namespace

TEST_CASE("samples become a time-major batch, shorter ones with zeros behind them and their lengths beside them") {
  const std::vector<std::pair<std::vector<double>, std::vector<double>>> samples{
      {{1, 2, 3}, {10, 20, 30}}, {{4}, {40}}, {{5, 6, 7}, {50, 60, 70}}};
  const EveryStep::Samples source(samples);
  detail::Batch<double, EveryStep::input, EveryStep::output> batch;
  const std::array<std::size_t, 2> ragged{1, 0}, alike{2, 0};

  batch.gather(source, ragged, as_many);
  const auto x = batch.x(), y = batch.y();
  REQUIRE((x.steps == 3 && x.batch == 2 && y.steps == 3 && y.batch == 2));
  CHECK(std::vector(x.rows().begin(), x.rows().end()) == std::vector<double>{4, 1, 0, 2, 0, 3});
  CHECK(std::vector(y.rows().begin(), y.rows().end()) == std::vector<double>{40, 10, 0, 20, 0, 30});
  CHECK((x.length(0) == 1 && x.length(1) == 3 && y.length(0) == 1 && y.length(1) == 3));

  batch.gather(source, alike, as_many);
  CHECK(batch.x().lengths == nullptr);
  CHECK(batch.y().lengths == nullptr);
  CHECK(batch.x()[2][0][0] == 7);
}

TEST_CASE("a label per step must have as many steps as its window") {
  const std::vector<std::pair<std::vector<double>, std::vector<double>>> samples{{{1, 2, 3}, {10, 20, 30}},
                                                                                 {{4, 5}, {40}}};
  const EveryStep::Samples source(samples);
  detail::Batch<double, EveryStep::input, EveryStep::output> batch;
  const std::array<std::size_t, 2> both{0, 1};
  CHECK_THROWS_WITH(batch.gather(source, both, as_many), StartsWith("label 1: expected 2 steps, found 1; "));
}
