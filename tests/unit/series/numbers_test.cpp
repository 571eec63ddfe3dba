#include "rnnts/series/numbers.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <list>
#include <string>
#include <vector>

#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

std::vector<double> flat(const auto& numbers) {
  std::vector<double> all;
  detail::visit_numbers(numbers, [&](auto number) { all.push_back(static_cast<double>(number)); });
  return all;
}

std::vector<std::size_t> extents(const auto& numbers) { return detail::extents_of("test", numbers); }

using Extents = std::vector<std::size_t>;

}  // namespace

TEST_CASE("numbers are tensors and nested ranges of numbers, but neither text nor paths") {
  STATIC_REQUIRE(detail::Numbers<std::vector<int>>);
  STATIC_REQUIRE(detail::Numbers<const std::vector<bool>&>);
  STATIC_REQUIRE(detail::Numbers<std::list<std::array<float, 3>>>);
  STATIC_REQUIRE(detail::Numbers<xt::xtensor<double, 3>>);
  STATIC_REQUIRE(detail::Numbers<std::vector<xt::xtensor_fixed<float, xt::xshape<2>>>>);
  STATIC_REQUIRE_FALSE(detail::Numbers<int>);
  STATIC_REQUIRE_FALSE(detail::Numbers<std::string>);
  STATIC_REQUIRE_FALSE(detail::Numbers<std::vector<std::string>>);
  STATIC_REQUIRE_FALSE(detail::Numbers<std::filesystem::path>);
}

TEST_CASE("bool counts as a number, 0 or 1, and characters and bytes do not") {
  STATIC_REQUIRE(detail::PlainNumber<bool>);
  STATIC_REQUIRE(detail::PlainNumber<unsigned char>);  // std::uint8_t
  STATIC_REQUIRE_FALSE(detail::PlainNumber<char>);
  STATIC_REQUIRE_FALSE(detail::PlainNumber<char8_t>);
  STATIC_REQUIRE_FALSE(detail::PlainNumber<std::byte>);
  STATIC_REQUIRE_FALSE(detail::Numbers<std::vector<std::byte>>);
}

TEST_CASE("dimensions are counted through ranges and tensors") {
  STATIC_REQUIRE(detail::dimensions<float>() == 0);
  STATIC_REQUIRE(detail::dimensions<std::vector<int>&>() == 1);
  STATIC_REQUIRE(detail::dimensions<std::list<std::array<float, 3>>>() == 2);
  STATIC_REQUIRE(detail::dimensions<const xt::xtensor<double, 3>&>() == 3);
  STATIC_REQUIRE(detail::dimensions<std::vector<xt::xtensor<double, 1>>>() == 2);
}

TEST_CASE("numbers come with the last dimension running fastest, whatever the layout") {
  CHECK(flat(std::list<std::vector<int>>{{1, 2}, {3}}) == std::vector<double>{1, 2, 3});
  CHECK(flat(std::vector<bool>{true, false}) == std::vector<double>{1, 0});
  const xt::xtensor<float, 2> rows{{1, 2, 3}, {4, 5, 6}};
  const xt::xtensor<float, 2, xt::layout_type::column_major> columns = rows;
  CHECK(flat(rows) == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(flat(columns) == flat(rows));
  CHECK(flat(2 * rows) == std::vector<double>{2, 4, 6, 8, 10, 12});
  CHECK(flat(std::vector{rows, rows}).size() == 12);
}

TEST_CASE("extents are those of the tensor, or of ranges that are alike") {
  CHECK(extents(std::vector<int>{}) == Extents{0});
  CHECK(extents(std::vector<std::array<int, 2>>(3)) == Extents{3, 2});
  CHECK(extents(xt::xtensor<float, 2>{{1, 2, 3}, {4, 5, 6}}) == Extents{2, 3});
  CHECK(detail::without_ones({1, 5, 1}) == Extents{5});
  CHECK_THROWS_AS(extents(std::vector<std::vector<int>>{{1, 2}, {3}}), ShapeError);
  CHECK_THROWS_WITH(extents(std::vector<std::vector<int>>{{1, 2}, {3}}),
                    "test: element 1 (counted from 0) has the shape (1), those before it (2)");
}
