// Series that are tensors: rows, and everything that takes a series, with expressions of xtensor.
#include "rnnts/series/tensor_view.hpp"

#include <array>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/series/rows.hpp"
#include "rnnts/series/scale.hpp"
#include "rnnts/series/split.hpp"
#include "rnnts/series/window.hpp"
#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

#if __has_include(<xtensor/views/xview.hpp>)
#include <xtensor/generators/xbuilder.hpp>
#include <xtensor/views/xstrided_view.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xbuilder.hpp>
#include <xtensor/xmanipulation.hpp>
#include <xtensor/xview.hpp>
#endif

namespace views = rnnts::views;

namespace {

using Pairs = std::vector<std::pair<std::vector<float>, float>>;
using Matrix = std::vector<std::vector<float>>;

template <class R> std::vector<float> values_of(R&& range) {
  std::vector<float> values;
  for (auto&& value : range) values.push_back(static_cast<float>(value));
  return values;
}

template <class R> Pairs pairs(R&& windows) {
  Pairs result;
  for (auto&& [window, label] : windows) result.emplace_back(values_of(window), static_cast<float>(label));
  return result;
}

template <class R> Matrix matrix(R&& rows) {
  Matrix result;
  for (auto&& row : rows) result.push_back(values_of(row));
  return result;
}

/// As little as a tensor of dynamic rank must have.
struct DynamicTensor {
  using value_type = float;
  using shape_type = std::vector<std::size_t>;

  std::size_t dimension() const { return shape_.size(); }
  const shape_type& shape() const { return shape_; }
  float operator()(std::size_t i) const { return static_cast<float>(i); }
  float operator()(std::size_t i, std::size_t j) const { return static_cast<float>(10 * i + j); }

  shape_type shape_;
};

}  // namespace

TEST_CASE("a 1-D tensor is a series of its elements") {
  const xt::xtensor<float, 1> a{1, 2, 3, 4};
  const Pairs expected{{{1, 2}, 3}, {{2, 3}, 4}};
  CHECK(pairs(a | views::window(2)) == expected);
  CHECK((a | views::window(2))[1].window.data() == &a(1));
  CHECK(pairs(xt::xtensor<float, 1>{1, 2, 3, 4} | views::window(2)) == expected);
  CHECK(pairs(xt::xtensor_fixed<float, xt::xshape<4>>{1, 2, 3, 4} | views::window(2)) == expected);
  CHECK(pairs(xt::arange<float>(1, 5) | views::window(2)) == expected);

  std::vector<float> buffer{1, 2, 3, 4};
  const auto adapted = xt::adapt(buffer, std::array<std::size_t, 1>{4});
  CHECK((adapted | views::window(2))[0].window.data() == buffer.data());

  using Windows = decltype(a | views::window(2));
  STATIC_REQUIRE(std::ranges::view<Windows>);
  STATIC_REQUIRE(std::ranges::random_access_range<const Windows>);
  STATIC_REQUIRE(std::ranges::sized_range<Windows>);
  STATIC_REQUIRE(std::ranges::borrowed_range<Windows>);
  STATIC_REQUIRE_FALSE(std::ranges::borrowed_range<decltype(xt::xtensor<float, 1>{} | views::window(2))>);
}

TEST_CASE("a lazy 1-D expression is computed as its windows are read") {
  xt::xtensor<float, 1> a{1, 2, 3, 4};
  const Pairs expected{{{3, 5}, 7}, {{5, 7}, 9}};
  CHECK(pairs((a * 2 + 1) | views::window(2)) == expected);
  const auto lazy = a * 2 + 1;
  auto windows = lazy | views::window(2);
  CHECK(pairs(windows) == expected);
  CHECK(pairs(windows | std::views::reverse) == Pairs{expected[1], expected[0]});
  a(3) = 0;
  CHECK(windows[1].label == 1);

  auto owning = (xt::xtensor<float, 1>{1, 2, 3, 4} * 2 + 1) | views::window(2);
  const auto copy = owning;
  const auto moved = std::move(owning);
  CHECK(pairs(copy) == expected);
  CHECK(pairs(moved) == expected);
}

TEST_CASE("slices of a tensor are series") {
  xt::xtensor<float, 1> a{1, 2, 3, 4, 5, 6};
  xt::xtensor<float, 2> m{{1, 10}, {2, 20}, {3, 30}};
  CHECK(pairs(xt::view(a, xt::range(1, 4)) | views::window(2)) == Pairs{{{2, 3}, 4}});
  CHECK(pairs(xt::view(a, xt::range(0, 6, 2)) | views::window(2)) == Pairs{{{1, 3}, 5}});
  CHECK(pairs(xt::view(m, xt::all(), 1) | views::window(2)) == Pairs{{{10, 20}, 30}});
  CHECK(pairs(xt::view(m, 1, xt::all()) | views::window(1)) == Pairs{{{2}, 20}});
  auto slice = xt::view(a, xt::range(1, 4));
  CHECK((slice | views::window(2))[0].window.data() == &a(1));

  auto windows = xt::view(a, xt::range(1, 4)) | views::window(2);
  windows = xt::view(a, xt::range(3, 6)) | views::window(2);  // must not assign through the slice
  CHECK(values_of(a) == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(pairs(windows) == Pairs{{{4, 5}, 6}});
}

TEST_CASE("rows of a dense row-major tensor are spans") {
  xt::xtensor<float, 2> m{{1, 2}, {3, 4}, {5, 6}};
  const auto rows = views::rows(m);
  STATIC_REQUIRE(std::is_same_v<std::ranges::range_reference_t<decltype(rows)>, std::span<const float>>);
  STATIC_REQUIRE(std::ranges::random_access_range<decltype(rows)>);
  STATIC_REQUIRE(std::ranges::borrowed_range<decltype(rows)>);
  CHECK(rows.size() == 3);
  CHECK(rows[1].data() == &m(1, 0));
  CHECK(matrix(rows) == Matrix{{1, 2}, {3, 4}, {5, 6}});
  CHECK(matrix(m | views::rows | std::views::reverse) == Matrix{{5, 6}, {3, 4}, {1, 2}});
  CHECK(matrix(views::rows(xt::xtensor_fixed<float, xt::xshape<1, 2>>{{7, 8}})) == Matrix{{7, 8}});
  CHECK(matrix(views::rows(xt::view(m, xt::range(1, 3)))) == Matrix{{3, 4}, {5, 6}});
  CHECK(matrix(views::rows(xt::xtensor<float, 2>(std::array<std::size_t, 2>{0, 2}))).empty());
}

TEST_CASE("rows of any other 2-D expression are computed") {
  xt::xtensor<float, 2> m{{1, 2}, {3, 4}, {5, 6}};
  const xt::xtensor<float, 2, xt::layout_type::column_major> by_column = m;
  CHECK(matrix(views::rows(by_column)) == Matrix{{1, 2}, {3, 4}, {5, 6}});
  CHECK(matrix(views::rows(xt::transpose(m))) == Matrix{{1, 3, 5}, {2, 4, 6}});
  CHECK(matrix(views::rows(xt::view(m, xt::all(), xt::range(1, 2)))) == Matrix{{2}, {4}, {6}});
  CHECK(matrix((m + 1) | views::rows) == Matrix{{2, 3}, {4, 5}, {6, 7}});
  const auto rows = views::rows(by_column);
  STATIC_REQUIRE(std::ranges::borrowed_range<decltype(rows)>);
  STATIC_REQUIRE(std::ranges::random_access_range<std::ranges::range_reference_t<decltype(rows)>>);
  CHECK(rows[2][1] == 6);
  CHECK(rows[2].size() == 2);
}

TEST_CASE("a 2-D tensor is a series of rows") {
  const xt::xtensor<float, 2> m{{1, 10}, {2, 20}, {3, 30}, {4, 40}};
  const auto windows = m | views::window(2, rnnts::LabelColumn{1});
  REQUIRE(windows.size() == 2);
  CHECK(matrix(windows[1].window) == Matrix{{2, 20}, {3, 30}});
  CHECK(windows[1].label == 40);
  CHECK(((m * 2) | views::window(2, rnnts::LabelColumn{0}))[0].label == 6);
  CHECK(values_of((m | views::window(1, rnnts::LabelColumn{1}, 2))[0].label) == std::vector<float>{20, 30});
  CHECK(values_of((m | views::window(3))[0].label) == std::vector<float>{4, 40});
  CHECK_THROWS_WITH(m | views::window(1, rnnts::LabelColumn{2}),
                    "views::window: label column 2 is out of range: the rows have 2 columns, counted from 0");
}

TEST_CASE("a dynamic rank is checked when it is known") {
  const DynamicTensor line{{4}};
  const DynamicTensor table{{2, 3}};
  CHECK(pairs(line | views::window(2)) == Pairs{{{0, 1}, 2}, {{1, 2}, 3}});
  CHECK(matrix(views::rows(table)) == Matrix{{0, 1, 2}, {10, 11, 12}});
  CHECK_THROWS_AS(table | views::window(2), rnnts::ShapeError);
  CHECK_THROWS_WITH(table | views::window(2), "a series: found a tensor of rank 2, expected rank 1");
  CHECK_THROWS_AS(views::rows(line), rnnts::ShapeError);
  CHECK_THROWS_WITH(views::rows(line), "views::rows: found a tensor of rank 1, expected rank 2");
}

TEST_CASE("tensors are split in time") {
  const xt::xtensor<float, 1> a{1, 2, 3, 4};
  const auto [train, test] = rnnts::split(a, 0.5);
  STATIC_REQUIRE(std::is_same_v<decltype(train), const std::span<const float>>);
  CHECK(test.data() == &a(2));

  const xt::xtensor<float, 2> m{{1, 10}, {2, 20}, {3, 30}};
  const auto [first_rows, last_rows] = rnnts::split(m, 0.7);
  CHECK(matrix(first_rows) == Matrix{{1, 10}, {2, 20}});
  CHECK(matrix(last_rows) == Matrix{{3, 30}});

  const auto [early, late] = rnnts::split(a * 2, 0.5);
  CHECK(early == std::vector<float>{2, 4});
  CHECK(late == std::vector<float>{6, 8});
}

TEST_CASE("tensors are scaled, by column if they have rows") {
  CHECK(rnnts::MinMaxScaler<float>().fit_transform(xt::xtensor<float, 1>{2, 3, 4}) == std::vector<float>{0, 0.5, 1});
  const xt::xtensor<double, 2> m{{1, 10}, {2, 30}, {3, 20}};
  const std::vector<std::array<double, 2>> expected{{0, 0}, {0.5, 1}, {1, 0.5}};
  CHECK(rnnts::MinMaxScaler<std::array<double, 2>>().fit_transform(m) == expected);
  CHECK_THROWS_WITH((rnnts::MinMaxScaler<std::array<double, 3>>().fit(m)),
                    "MinMaxScaler: row 0 (counted from 0) has 2 columns, expected 3");
}
