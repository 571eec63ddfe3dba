#include "rnnts/series/closure.hpp"

#include <ranges>
#include <vector>

#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr detail::Closure size_of{[](const auto& range) { return static_cast<int>(range.size()); }};
constexpr detail::Closure doubled{[](int n) { return 2 * n; }};

}  // namespace

TEST_CASE("a closure takes a range or a tensor from a pipe, as it does as an argument") {
  const std::vector<int> numbers{4, 5, 6};
  CHECK((numbers | size_of) == 3);
  CHECK(size_of(numbers) == 3);
  const xt::xtensor<float, 1> tensor{1, 2};
  CHECK((tensor | size_of) == 2);
}

TEST_CASE("closures compose with each other and with those of the standard library") {
  const std::vector<int> numbers{4, 5, 6, 7};
  CHECK((numbers | (size_of | doubled)) == 8);
  CHECK((numbers | (std::views::take(3) | size_of)) == 3);
  constexpr detail::Closure all{[]<class R>(R&& range) { return std::views::all(std::forward<R>(range)); }};
  CHECK(std::ranges::equal(numbers | (all | std::views::drop(2)), std::vector{6, 7}));
}
