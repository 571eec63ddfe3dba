#include "rnnts/core/members.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a members has one member of each type, made by default, also of the same type twice") {
  detail::Members<int, std::array<double, 2>, int> members;
  static_assert(std::tuple_size_v<decltype(members)> == 3);
  CHECK((get<0>(members) == 0 && get<1>(members)[1] == 0 && get<2>(members) == 0));
  get<0>(members) = 1;
  get<2>(members) = 3;
  const auto copy = members;
  get<0>(members) = 10;
  CHECK((get<0>(copy) == 1 && get<2>(copy) == 3));
  static_assert(std::is_same_v<decltype(get<0>(copy)), const int&>);
  auto& [first, numbers, last] = members;
  CHECK((first == 10 && numbers.size() == 2 && last == 3));
  first = 11;
  auto [one, two, three] = members;
  CHECK((one == 11 && two == numbers && three == 3));
  CHECK(get<0>(members) == 11);
  static_assert(std::is_trivially_copyable_v<decltype(members)>);
  static_assert(std::is_empty_v<detail::Members<>>);
}
