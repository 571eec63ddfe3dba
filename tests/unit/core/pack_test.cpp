#include "rnnts/core/pack.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a pack has one member of each type, made by default, also of the same type twice") {
  Pack<int, std::array<double, 2>, int> pack;
  static_assert(std::tuple_size_v<decltype(pack)> == 3);
  CHECK((get<0>(pack) == 0 && get<1>(pack)[1] == 0 && get<2>(pack) == 0));
  get<0>(pack) = 1;
  get<2>(pack) = 3;
  const auto copy = pack;
  get<0>(pack) = 10;
  CHECK((get<0>(copy) == 1 && get<2>(copy) == 3));
  static_assert(std::is_same_v<decltype(get<0>(copy)), const int&>);
  auto& [first, numbers, last] = pack;
  CHECK((first == 10 && numbers.size() == 2 && last == 3));
  first = 11;
  CHECK(get<0>(pack) == 11);
  static_assert(std::is_trivially_copyable_v<decltype(pack)>);
  static_assert(std::is_empty_v<Pack<>>);
}

TEST_CASE("for_each comes to the members in their order") {
  Pack<int, std::string> pack;
  get<0>(pack) = 7;
  get<1>(pack) = "x";
  std::string seen;
  for_each(pack, [&](auto& member) {
    if constexpr (std::is_same_v<decltype(member), int&>) {
      seen += std::to_string(member);
    } else {
      seen += member;
    }
  });
  CHECK(seen == "7x");
  int members = 0;
  for_each(std::as_const(pack), [&](const auto&) { ++members; });
  CHECK(members == 2);
}
