#include "rnnts/model/samples.hpp"

#include <array>
#include <forward_list>
#include <list>
#include <memory>
#include <ranges>
#include <utility>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using OneToOne = Samples<double, sequence_shape(any_steps, 1), vector_shape(1)>;

/// All windows and labels, gathered in reverse order.
std::vector<std::vector<double>> all_of(const OneToOne& samples) {
  std::vector<std::size_t> indices;
  for (std::size_t i = samples.size(); i-- > 0;) indices.push_back(i);
  const std::size_t steps = samples.input_steps(0);
  std::vector<double> x(steps * indices.size()), y(indices.size());
  samples.gather(indices, {x.data(), steps, indices.size()}, {y.data(), 1, indices.size()});
  std::vector<std::vector<double>> result;
  for (std::size_t b = 0; b < indices.size(); ++b) {
    std::vector<double> sample;
    for (std::size_t t = 0; t < steps; ++t) sample.push_back(x[t * indices.size() + b]);
    sample.push_back(y[b]);
    result.push_back(sample);
  }
  return result;
}

const std::vector<std::vector<double>> expected{{3, 4, 5}, {2, 3, 4}, {1, 2, 3}};

}  // namespace

TEST_CASE("samples of any forward range are gathered by index") {
  const std::vector<double> series{1, 2, 3, 4, 5};
  const auto windows = series | views::window(2);
  CHECK(all_of(windows) == expected);
  const std::list<int> list{1, 2, 3, 4, 5};
  CHECK(all_of(list | views::window(2)) == expected);
  const std::forward_list<float> forward{1, 2, 3, 4, 5};
  CHECK(all_of(forward | views::window(2)) == expected);
  CHECK(all_of(std::views::iota(1, 6) | views::window(2)) == expected);
  CHECK(all_of(std::vector<double>{1, 2, 3, 4, 5} | views::window(2)) == expected);  // kept, not left dangling
  CHECK(all_of(series | views::window(2) | std::views::filter([](const auto& s) { return s.label != 4; })) ==
        std::vector<std::vector<double>>{{3, 4, 5}, {1, 2, 3}});
}

TEST_CASE("samples may be pairs, computed ones too") {
  const std::vector<std::pair<std::vector<double>, double>> pairs{{{1, 2}, 3}, {{2, 3}, 4}, {{3, 4}, 5}};
  CHECK(all_of(pairs) == expected);
  CHECK(all_of(std::views::iota(1, 4) |
               std::views::transform([](int i) { return std::pair{std::array{i, i + 1}, i + 2}; })) == expected);
}

TEST_CASE("a range of arrays of two numbers is no range of samples") {
  STATIC_REQUIRE_FALSE(SampleRange<std::vector<std::array<double, 2>>>);
  STATIC_REQUIRE_FALSE(SampleRange<std::vector<double>>);
  STATIC_REQUIRE(SampleRange<std::vector<std::pair<std::vector<int>, int>>>);
}

TEST_CASE("there may be no samples") {
  CHECK(OneToOne{}.empty());
  const std::vector<double> series{1, 2};
  CHECK(OneToOne(series | views::window(2)).empty());
}

TEST_CASE("windows that own their series, and so cannot be copied, are referred to") {
  const auto windows = std::vector<double>{1, 2, 3, 4, 5} | views::window(2);
  STATIC_REQUIRE_FALSE(std::copyable<std::remove_const_t<decltype(windows)>>);
  CHECK(all_of(windows) == expected);
  auto changeable = std::vector<double>{1, 2, 3, 4, 5} | views::window(2);
  CHECK(all_of(changeable) == expected);
}

TEST_CASE("a copy refers to the same samples") {
  const std::vector<double> series{1, 2, 3, 4, 5};
  const OneToOne samples = series | views::window(2);
  const OneToOne copy = samples;
  CHECK(all_of(copy) == expected);
}

TEST_CASE("a window of another length, or of another number of steps than the model's, is named") {
  const std::vector<std::pair<std::vector<double>, double>> ragged{{{1, 2}, 3}, {{2, 3, 4}, 4}};
  CHECK_THROWS_WITH(all_of(ragged), "window 1: expected 2 steps, found 3");
  const std::vector<double> series{1, 2, 3, 4, 5};
  const Samples<double, sequence_shape(20, 1), vector_shape(1)> fixed = series | views::window(2);
  CHECK_THROWS_WITH(fixed.input_steps(0), "window 0: the model expects 20 steps, found 2");
}

TEST_CASE("ranges in a temporary stay alive as long as their samples") {
  using Pairs = std::vector<std::pair<std::vector<double>, double>>;
  using Net = Sequential<double, Input<1>, SimpleRNN<2>, Dense<1>>;
  const Net::Samples samples(std::vector<Pairs>{Pairs{{{1, 2, 3}, 4}}, Pairs{{{4, 5, 6}, 7}}});
  const std::array<std::size_t, 2> indices{1, 0};
  std::vector<double> x(6), y(2);
  samples.gather(indices, {x.data(), 3, 2}, {y.data(), 1, 2});
  CHECK(x == std::vector<double>{4, 1, 5, 2, 6, 3});
  CHECK(y == std::vector<double>{7, 4});
}
