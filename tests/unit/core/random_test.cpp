#include "rnnts/core/random.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <sstream>
#include <vector>

#include "support/catch.hpp"

using rnnts::Random;
using rnnts::seed;

TEST_CASE("the same seed gives the same numbers, another seed others") {
  Random a(seed(7)), b(seed(7)), c(seed(8));
  const double first = a.uniform();
  CHECK(first == b.uniform());
  CHECK(first != c.uniform());
}

TEST_CASE("a drawn seed gives a further stream, others with each draw") {
  Random random(seed(7)), again(seed(7));
  CHECK(random == again);
  const auto first = random.draw_seed(), second = random.draw_seed();
  CHECK(random != again);
  CHECK(first.value == again.draw_seed().value);
  CHECK(Random(first) != Random(second));
  CHECK(Random(first) != random);
}

TEST_CASE("random numbers do not depend on the standard library") {
  // The standard fixes the 10000th number of a default-constructed mt19937_64, whose seed is 5489:
  // 9981545732273789042.
  Random random(seed(5489));
  for (int i = 0; i < 9999; ++i) random.uniform();
  CHECK(random.uniform() == static_cast<double>(9981545732273789042u >> 11) / 9007199254740992.0);
}

TEST_CASE("distributions have their mean and variance") {
  Random random(seed(1));
  const int n = 200000;
  const auto moments = [&](auto draw) {
    double sum = 0, squares = 0;
    for (int i = 0; i < n; ++i) {
      const double x = draw();
      sum += x;
      squares += x * x;
    }
    return std::array{sum / n, squares / n - sum / n * sum / n};
  };
  const auto uniform = moments([&] { return random.uniform(-1, 3); });
  CHECK_THAT(uniform[0], WithinAbs(1, 0.02));
  CHECK_THAT(uniform[1], WithinAbs(16.0 / 12, 0.02));
  const auto normal = moments([&] { return random.normal(); });
  CHECK_THAT(normal[0], WithinAbs(0, 0.02));
  CHECK_THAT(normal[1], WithinAbs(1, 0.02));
  for (const std::size_t which : {0U, 1U}) {
    const auto one_of_two = moments([&] { return random.two_normals()[which]; });
    CHECK_THAT(one_of_two[0], WithinAbs(0, 0.02));
    CHECK_THAT(one_of_two[1], WithinAbs(1, 0.02));
  }
  const auto product = moments([&] {
    const auto [one, other] = random.two_normals();
    return one * other;
  });
  CHECK_THAT(product[0], WithinAbs(0, 0.02));  // they have nothing to do with each other
  const auto truncated = moments([&] {
    const double x = random.truncated_normal();
    REQUIRE(std::abs(x) < 2);
    return x;
  });
  CHECK_THAT(truncated[1], WithinAbs(0.7737, 0.01));  // 1 - 4 phi(2) / (2 Phi(2) - 1)
}

TEST_CASE("a shuffle keeps all elements, and every order is as likely") {
  Random random(seed(3));
  std::array<int, 6> counts{};
  for (int i = 0; i < 60000; ++i) {
    std::vector<int> v{0, 1, 2};
    random.shuffle(v);
    REQUIRE(std::is_permutation(v.begin(), v.end(), std::array{0, 1, 2}.begin()));
    ++counts[static_cast<std::size_t>(v[0] * 2 + (v[1] > v[2]))];
  }
  for (const int count : counts) CHECK(std::abs(count - 10000) < 400);
}

TEST_CASE("random numbers that were written and read go on as they would have") {
  Random random(seed(5)), again(seed(6));
  for (int k = 0; k < 400; ++k) random.uniform();
  std::stringstream text;
  text << random;
  text >> again;
  CHECK(again == random);
  CHECK(again.uniform() == random.uniform());
}
