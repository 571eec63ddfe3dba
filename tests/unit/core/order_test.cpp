#include "rnnts/core/order.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;
using detail::Order;

namespace {

std::vector<std::size_t> numbers(const Order& order) {
  std::vector<std::size_t> all;
  for (std::size_t k = 0; k < order.size(); ++k) all.push_back(order[k]);
  return all;
}

/// Whether each number below the size is there once.
bool is_permutation(const Order& order) {
  std::vector<bool> seen(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (order[k] >= seen.size() || seen[order[k]]) return false;
    seen[order[k]] = true;
  }
  return true;
}

}  // namespace

TEST_CASE("an order goes forward, or is shuffled as a list of the numbers would be") {
  Order order;
  CHECK(order.size() == 0);
  order.forward(4);
  CHECK(numbers(order) == std::vector<std::size_t>{0, 1, 2, 3});
  Random random(seed(1)), same(seed(1));
  std::vector<std::size_t> list{0, 1, 2, 3, 4, 5, 6};
  for (int pass = 0; pass < 2; ++pass) {
    order.shuffle(7, random);
    list = {0, 1, 2, 3, 4, 5, 6};
    same.shuffle(list);
    CHECK(numbers(order) == list);
  }
  order.forward(2);
  CHECK(numbers(order) == std::vector<std::size_t>{0, 1});
}

TEST_CASE("an order that is too long to be kept is computed, and has each number once") {
  Order order;
  Random random(seed(2));
  for (const std::size_t size : {Order::most_kept, Order::most_kept + 1, 2 * Order::most_kept}) {
    CAPTURE(size);
    order.shuffle(size, random);
    CHECK(order.size() == size);
    CHECK(is_permutation(order));
  }
}

TEST_CASE("a long order is drawn by chance: its numbers are as far apart as random ones, and another pass has others") {
  const std::size_t size = Order::most_kept + 12'345, looked_at = 100'000;
  Random random(seed(3));
  Order one, other;
  one.shuffle(size, random);
  other.shuffle(size, random);
  double sum = 0, distance = 0;
  std::size_t same = 0;
  for (std::size_t k = 0; k < looked_at; ++k) {
    sum += static_cast<double>(one[k]);
    distance += std::abs(static_cast<double>(one[k]) - static_cast<double>(one[k + 1]));
    if (one[k] == other[k]) ++same;
  }
  const auto of_size = [&](double total) { return total / static_cast<double>(looked_at) / static_cast<double>(size); };
  CHECK_THAT(of_size(sum), WithinAbs(1. / 2, 0.005));       // 5 standard deviations
  CHECK_THAT(of_size(distance), WithinAbs(1. / 3, 0.005));  // of two independent uniform numbers
  CHECK(same < 5);
}

TEST_CASE("the longest order can be begun") {
  Order order;
  Random random(seed(4));
  const std::size_t size = std::size_t{1} << 62;
  order.shuffle(size, random);
  CHECK(order[0] < size);
  CHECK(order[0] != order[size - 1]);
}
