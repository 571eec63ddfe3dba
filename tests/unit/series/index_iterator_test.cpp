#include "rnnts/series/index_iterator.hpp"

#include <algorithm>
#include <iterator>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

struct Square {
  constexpr std::ptrdiff_t operator()(std::ptrdiff_t i) const { return i * i; }
};
using Squares = detail::IndexIterator<Square>;

}  // namespace

TEST_CASE("an iterator over computed elements has random access") {
  STATIC_REQUIRE(std::random_access_iterator<Squares>);
  const Squares begin(Square{}, 0), end(Square{}, 5);
  CHECK(end - begin == 5);
  CHECK(begin < end);
  CHECK(begin[3] == 9);
  CHECK(*(begin + 2) == 4);
  CHECK(*(2 + begin) == 4);
  CHECK(*(end - 1) == 16);
  auto it = begin;
  CHECK(*it++ == 0);
  CHECK(*++it == 4);
  CHECK(*it-- == 4);
  CHECK(*--it == 0);
  CHECK(it == begin);
  CHECK(std::lower_bound(begin, end, 9) - begin == 3);
}
