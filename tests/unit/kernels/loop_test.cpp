#include "rnnts/kernels/loop.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a loop over N numbers calls its body for each of them, in order") {
  std::vector<std::size_t> seen;
  detail::for_each_number<5>([&](std::size_t n) { seen.push_back(n); });
  CHECK(seen == std::vector<std::size_t>{0, 1, 2, 3, 4});
}
