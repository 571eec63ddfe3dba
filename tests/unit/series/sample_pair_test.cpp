#include "rnnts/series/sample_pair.hpp"

#include <array>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a sample is a struct with a window and a label, or a pair, but not a range of two numbers") {
  struct Named {
    int window, label;
  };
  Named named{1, 2};
  std::pair pair{std::vector{1, 2}, 3};
  CHECK(detail::window_of(named) == 1);
  CHECK(detail::label_of(named) == 2);
  CHECK(detail::window_of(pair) == std::vector{1, 2});
  CHECK(detail::label_of(pair) == 3);
  STATIC_REQUIRE_FALSE(detail::SamplePair<std::array<int, 2>>);
  STATIC_REQUIRE_FALSE(detail::SamplePair<int>);
}
