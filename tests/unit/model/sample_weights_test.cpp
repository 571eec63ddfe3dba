#include "rnnts/model/sample_weights.hpp"

#include <array>
#include <concepts>
#include <list>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// As `fit` has it.
struct Options {
  SampleWeights<float> sample_weights = {};
};

std::vector<float> numbers(const Options& options) {
  const std::span<const float> weights = options.sample_weights;
  return {weights.begin(), weights.end()};
}

}  // namespace

TEST_CASE("sample weights are made from any range of numbers") {
  const std::vector<float> expected{1, 0, 0.5};
  std::vector<float> vector = expected;
  CHECK(numbers({.sample_weights = vector}) == expected);
  CHECK(numbers({.sample_weights = std::span(vector)}) == expected);
  CHECK(numbers({.sample_weights = std::span<const float>(vector)}) == expected);
  CHECK(numbers({.sample_weights = std::array{1.0, 0.0, 0.5}}) == expected);
  CHECK(numbers({.sample_weights = std::list{1, 0}}) == std::vector<float>{1, 0});
  CHECK(numbers({.sample_weights = {}}).empty());
  CHECK(numbers({}).empty());
  STATIC_REQUIRE_FALSE(std::constructible_from<SampleWeights<float>, std::vector<std::string>>);
  STATIC_REQUIRE_FALSE(std::constructible_from<SampleWeights<float>, float>);
}

TEST_CASE("options keep the weights of a range that is gone") {
  const auto make = [] { return std::vector<float>{1, 0, 0.5}; };
  const Options options{.sample_weights = make()};
  const Options copy = options;
  CHECK(numbers(options) == make());
  CHECK(numbers(copy) == make());
}
