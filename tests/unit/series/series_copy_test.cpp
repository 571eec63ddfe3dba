#include "rnnts/series/series_copy.hpp"

#include <array>
#include <list>
#include <ranges>
#include <span>
#include <vector>

#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

struct Options {
  SeriesCopy<float> series = {};
};

}  // namespace

TEST_CASE("a copy of a series is made implicitly from any range or tensor") {
  const std::vector<float> expected{1, 2, 3};
  const std::array numbers{1.0, 2.0, 3.0};
  CHECK(Options{.series = expected}.series.values() == expected);
  CHECK(Options{.series = numbers}.series.values() == expected);
  CHECK(Options{.series = std::span(numbers)}.series.values() == expected);
  CHECK(Options{.series = std::list{1, 2, 3}}.series.values() == expected);
  CHECK(Options{.series = std::views::iota(1, 4)}.series.values() == expected);
  CHECK(Options{.series = xt::xtensor<double, 2>{{1}, {2}, {3}}}.series.values() == expected);
  CHECK(Options{}.series.values().empty());
}

TEST_CASE("a copy does not see what becomes of the series") {
  std::vector<float> series{1, 2};
  const Options options{.series = series};
  series.assign({7, 7});
  CHECK(options.series.values() == std::vector<float>{1, 2});
}
