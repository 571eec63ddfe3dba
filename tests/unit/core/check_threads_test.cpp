#include "rnnts/core/check_threads.hpp"

#include <cstddef>
#include <limits>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("no threads, and more than any machine has, are refused") {
  const auto check = [](std::size_t threads) { detail::check_threads("fit", threads); };
  CHECK_NOTHROW(check(1));
  CHECK_NOTHROW(check(4096));
  CHECK_THROWS_AS(check(0), ArgumentError);
  CHECK_THROWS_WITH(check(0), "fit: expected at least 1 thread, found 0");
  CHECK_THROWS_AS(check(4097), ArgumentError);
  CHECK_THROWS_WITH(check(4097), "fit: expected at most 4096 threads, found 4097");
  CHECK_THROWS_AS(check(std::numeric_limits<std::size_t>::max()), ArgumentError);
}
