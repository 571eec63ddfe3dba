#include "rnnts/series/window.hpp"

#include <array>
#include <deque>
#include <forward_list>
#include <list>
#include <ranges>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace views = rnnts::views;

namespace {

using Row = std::array<int, 2>;
using Pairs = std::vector<std::pair<std::vector<int>, int>>;
using MultiPairs = std::vector<std::pair<std::vector<int>, std::vector<int>>>;

constexpr auto values_of = [](auto&& range) {
  std::vector<int> values;
  for (auto&& value : range) values.push_back(value);
  return values;
};

template <class Windows> Pairs pairs(Windows&& windows) {
  Pairs result;
  for (auto&& [window, label] : windows) result.emplace_back(values_of(window), label);
  return result;
}

template <class Windows> MultiPairs multi_pairs(Windows&& windows) {
  MultiPairs result;
  for (auto&& [window, label] : windows) result.emplace_back(values_of(window), values_of(label));
  return result;
}

/// What views::window must give, by plain loops.
MultiPairs expected(const std::vector<int>& x, std::size_t look_back, std::size_t horizon, std::size_t stride) {
  MultiPairs result;
  for (std::size_t start = 0; start + look_back + horizon <= x.size(); start += stride) {
    auto& [window, label] = result.emplace_back();
    for (std::size_t i = 0; i < look_back; ++i) window.push_back(x[start + i]);
    for (std::size_t i = 0; i < horizon; ++i) label.push_back(x[start + look_back + i]);
  }
  return result;
}

std::vector<int> count_to(int n) { return values_of(std::views::iota(1, n + 1)); }

const Pairs of_5_by_2{{{1, 2}, 3}, {{2, 3}, 4}, {{3, 4}, 5}};

template <class R> using Windows = decltype(std::declval<R>() | views::window(2));

/// A view that can be moved, but not copied.
struct MoveOnly : std::ranges::view_interface<MoveOnly> {
  explicit MoveOnly(std::vector<int>& elements) : elements_(&elements) {}
  MoveOnly(MoveOnly&&) = default;
  MoveOnly& operator=(MoveOnly&&) = default;
  auto begin() const { return elements_->begin(); }
  auto end() const { return elements_->end(); }

 private:
  std::vector<int>* elements_;
};

/// Counts how often it is copied.
struct Counted {
  Counted() = default;
  Counted(const Counted&) { ++copies; }
  Counted& operator=(const Counted&) = default;
  static inline int copies = 0;
};

template <class Function> std::string argument_error(Function function) {
  try {
    function();
  } catch (const rnnts::ArgumentError& error) {
    return error.what();
  }
  return "no ArgumentError";
}

}  // namespace

TEST_CASE("window gives each run of elements with the one after it") {
  const std::vector<int> series{1, 2, 3, 4, 5};
  CHECK(pairs(series | views::window(2)) == of_5_by_2);
  CHECK(pairs(views::window(4)(series)) == Pairs{{{1, 2, 3, 4}, 5}});
  CHECK(pairs(series | views::window(1)).size() == 4);
}

TEST_CASE("window works on any forward range") {
  std::vector<int> vector{1, 2, 3, 4, 5};
  std::array array{1, 2, 3, 4, 5};
  int plain[]{1, 2, 3, 4, 5};
  CHECK(pairs(vector | views::window(2)) == of_5_by_2);
  CHECK(pairs(array | views::window(2)) == of_5_by_2);
  CHECK(pairs(plain | views::window(2)) == of_5_by_2);
  CHECK(pairs(std::span(vector) | views::window(2)) == of_5_by_2);
  CHECK(pairs(std::deque{1, 2, 3, 4, 5} | views::window(2)) == of_5_by_2);
  CHECK(pairs(std::list{1, 2, 3, 4, 5} | views::window(2)) == of_5_by_2);
  CHECK(pairs(std::forward_list{1, 2, 3, 4, 5} | views::window(2)) == of_5_by_2);
  CHECK(pairs(std::ranges::subrange(vector) | views::window(2)) == of_5_by_2);
  CHECK(pairs(std::views::iota(1, 6) | views::window(2)) == of_5_by_2);
  CHECK(pairs(std::views::iota(std::size_t{0}, std::size_t{5}) |
              std::views::transform([](auto i) { return static_cast<int>(i) + 1; }) | views::window(2)) == of_5_by_2);
  CHECK(pairs(std::views::iota(1, 10) | std::views::take_while([](int i) { return i < 6; }) | views::window(2)) ==
        of_5_by_2);
  CHECK(pairs(std::vector{1, 2, 0, 3, 4, 5} | std::views::filter([](int i) { return i != 0; }) | views::window(2)) ==
        of_5_by_2);
  CHECK(pairs(MoveOnly(vector) | views::window(2)) == of_5_by_2);
}

TEST_CASE("horizon and stride agree with plain loops, whatever the kind of range and of its end") {
  const auto n = GENERATE(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
  const auto look_back = GENERATE(std::size_t{1}, 2, 5);
  const auto horizon = GENERATE(std::size_t{1}, 3);
  const auto stride = GENERATE(std::size_t{1}, 2, 4, 9);
  CAPTURE(n, look_back, horizon, stride);
  const auto x = count_to(n);
  const auto wanted = expected(x, look_back, horizon, stride);
  const auto window = views::window(look_back, horizon, stride);

  const auto reversed = MultiPairs(wanted.rbegin(), wanted.rend());
  const auto check = [&](auto&& windows) {
    CHECK(multi_pairs(windows) == wanted);
    if constexpr (std::ranges::sized_range<decltype(windows)>) CHECK(windows.size() == wanted.size());
    CHECK(std::ranges::distance(windows) == static_cast<std::ptrdiff_t>(wanted.size()));
    if constexpr (std::ranges::bidirectional_range<decltype(windows)>)
      CHECK(multi_pairs(std::ranges::ref_view(windows) | std::views::reverse) == reversed);
  };
  const auto all = [](int) { return true; };
  check(x | window);
  check(std::list(x.begin(), x.end()) | window);
  check(std::forward_list(x.begin(), x.end()) | window);
  check(x | std::views::filter(all) | window);
  check(x | std::views::take_while(all) | window);
  check(std::views::iota(1) | std::views::take_while([n](int i) { return i <= n; }) | window);
}

TEST_CASE("window of a series that has no end") {
  const auto windows = std::views::iota(1) | views::window(2);
  STATIC_REQUIRE(std::ranges::random_access_range<decltype(windows)>);
  STATIC_REQUIRE_FALSE(std::ranges::sized_range<decltype(windows)>);
  CHECK(pairs(windows | std::views::take(3)) == of_5_by_2);
}

TEST_CASE("window keeps what the series can do") {
  using std::ranges::borrowed_range, std::ranges::common_range, std::ranges::forward_range, std::ranges::range,
      std::ranges::sized_range;
  constexpr auto not_zero = [](int i) { return i != 0; };
  constexpr auto next = [](int i) { return i + 1; };

  using Vector = Windows<std::vector<int>&>;
  STATIC_REQUIRE(std::ranges::view<Vector>);
  STATIC_REQUIRE(std::ranges::random_access_range<Vector>);
  STATIC_REQUIRE(sized_range<Vector>);
  STATIC_REQUIRE(common_range<Vector>);
  STATIC_REQUIRE(borrowed_range<Vector>);
  STATIC_REQUIRE(std::ranges::random_access_range<const Vector>);
  STATIC_REQUIRE(sized_range<const Vector>);
  STATIC_REQUIRE(std::ranges::viewable_range<Vector>);

  using Owning = Windows<std::vector<int>>;
  STATIC_REQUIRE(std::ranges::view<Owning>);
  STATIC_REQUIRE(std::ranges::random_access_range<const Owning>);
  STATIC_REQUIRE_FALSE(std::copyable<Owning>);
  STATIC_REQUIRE_FALSE(borrowed_range<Owning>);

  STATIC_REQUIRE(borrowed_range<Windows<std::span<int>>>);
  STATIC_REQUIRE(borrowed_range<Windows<Windows<std::span<int>>>>);

  using List = Windows<std::list<int>&>;
  STATIC_REQUIRE(std::ranges::bidirectional_range<List>);
  STATIC_REQUIRE_FALSE(std::ranges::random_access_range<List>);
  STATIC_REQUIRE(sized_range<List>);
  STATIC_REQUIRE(common_range<List>);
  STATIC_REQUIRE(borrowed_range<List>);

  using ForwardList = Windows<std::forward_list<int>&>;
  STATIC_REQUIRE(forward_range<ForwardList>);
  STATIC_REQUIRE_FALSE(std::ranges::bidirectional_range<ForwardList>);
  STATIC_REQUIRE_FALSE(sized_range<ForwardList>);
  STATIC_REQUIRE(common_range<ForwardList>);

  using Filter = Windows<decltype(std::declval<std::vector<int>&>() | std::views::filter(not_zero))>;
  STATIC_REQUIRE(std::ranges::bidirectional_range<Filter>);
  STATIC_REQUIRE_FALSE(range<const Filter>);  // nor is a filter
  STATIC_REQUIRE_FALSE(sized_range<Filter>);
  STATIC_REQUIRE_FALSE(borrowed_range<Filter>);

  using Transform = Windows<decltype(std::views::iota(0, 9) | std::views::transform(next))>;
  STATIC_REQUIRE(std::ranges::random_access_range<const Transform>);
  STATIC_REQUIRE(sized_range<Transform>);
  STATIC_REQUIRE_FALSE(borrowed_range<Transform>);

  using TakeWhile = Windows<decltype(std::declval<std::vector<int>&>() | std::views::take_while(not_zero))>;
  STATIC_REQUIRE(std::ranges::random_access_range<TakeWhile>);
  STATIC_REQUIRE_FALSE(sized_range<TakeWhile>);

  STATIC_REQUIRE(std::ranges::view<Windows<MoveOnly>>);
  STATIC_REQUIRE(std::movable<Windows<MoveOnly>>);
  STATIC_REQUIRE_FALSE(std::copyable<Windows<MoveOnly>>);

  using Sample = std::ranges::range_reference_t<Vector>;
  STATIC_REQUIRE(std::ranges::contiguous_range<decltype(Sample::window)>);
  STATIC_REQUIRE(std::ranges::sized_range<decltype(Sample::window)>);
  STATIC_REQUIRE(std::is_same_v<decltype(Sample::label), int&>);
}

namespace {
template <class V>
concept HasWindowView = requires { typename rnnts::WindowView<V, rnnts::detail::NextElement>; };
}  // namespace

TEST_CASE("an input-only range has no windows") {
  STATIC_REQUIRE(HasWindowView<std::span<int>>);
  STATIC_REQUIRE_FALSE(HasWindowView<decltype(std::views::istream<int>(std::declval<std::istream&>()))>);
  STATIC_REQUIRE_FALSE(HasWindowView<std::vector<int>>);  // not a view
}

TEST_CASE("window refers to the series, it copies no element") {
  std::vector<int> series{1, 2, 3, 4};
  auto windows = series | views::window(2);
  auto [window, label] = windows[1];
  CHECK(window.data() == &series[1]);
  CHECK(&label == &series[3]);
  series[1] = 20;
  label = 40;
  CHECK(pairs(windows) == Pairs{{{1, 20}, 3}, {{20, 3}, 40}});

  std::vector<Counted> counted(10);
  Counted::copies = 0;
  std::size_t samples = 0;
  for (auto&& [x, y] : counted | views::window(3, 2) | std::views::drop(1)) samples += x.size() / y.size();
  CHECK(samples == 5);
  CHECK(Counted::copies == 0);
}

TEST_CASE("iterators outlive the view of a borrowed series") {
  std::vector<int> series{1, 2, 3, 4, 5};
  std::list<int> list{1, 2, 3, 4, 5};
  const auto found = std::ranges::find_if(series | views::window(2), [](const auto& s) { return s.label == 4; });
  const auto found_in_list = std::ranges::find_if(list | views::window(2), [](const auto& s) { return s.label == 4; });
  CHECK(values_of((*found).window) == std::vector{2, 3});
  CHECK(values_of((*found_in_list).window) == std::vector{2, 3});
}

TEST_CASE("an owned series moves along with its windows") {
  auto windows = std::vector{1, 2, 3, 4, 5} | views::window(2);
  const auto moved = std::move(windows);
  CHECK(pairs(moved) == of_5_by_2);
}

TEST_CASE("windows are random access") {
  const auto series = count_to(20);
  const auto windows = series | views::window(3, 2, 5);
  const auto begin = windows.begin();
  const auto end = windows.end();
  REQUIRE(end - begin == 4);
  CHECK(windows.size() == 4);
  CHECK(begin[2].window[0] == 11);
  CHECK((*(begin + 3)).label[1] == 20);
  CHECK((*(2 + begin)).window[0] == 11);
  CHECK((*(end - 1)).window[0] == 16);
  CHECK(begin < end);
  CHECK(end - 4 == begin);
  auto i = begin;
  CHECK((*i++).window[0] == 1);
  CHECK((*i).window[0] == 6);
  CHECK((*--i).window[0] == 1);
  CHECK((*i--).window[0] == 1);
  CHECK(begin - i == 1);
  CHECK(windows.front().window[0] == 1);
  CHECK(windows.back().window[0] == 16);
}

TEST_CASE("windows compose with the standard's adaptors") {
  const std::vector<int> series{1, 2, 3, 4, 5};
  const auto windows = series | views::window(2);
  const auto odd = [](const auto& sample) { return sample.label % 2 == 1; };
  CHECK(pairs(windows | std::views::take(1)) == Pairs{{{1, 2}, 3}});
  CHECK(pairs(windows | std::views::drop(2)) == Pairs{{{3, 4}, 5}});
  CHECK(pairs(windows | std::views::reverse) == Pairs{{{3, 4}, 5}, {{2, 3}, 4}, {{1, 2}, 3}});
  CHECK(pairs(windows | std::views::filter(odd)) == Pairs{{{1, 2}, 3}, {{3, 4}, 5}});
  CHECK(values_of(windows | std::views::transform([](auto s) { return s.label; })) == std::vector{3, 4, 5});
  CHECK(pairs(series | std::views::reverse | views::window(4)) == Pairs{{{5, 4, 3, 2}, 1}});
  CHECK(pairs(series | std::views::drop(1) | views::window(3)) == Pairs{{{2, 3, 4}, 5}});

  const auto again = windows | views::window(1);
  REQUIRE(again.size() == 2);
  CHECK(again[1].window[0].label == 4);
  CHECK(again[1].label.label == 5);
}

TEST_CASE("closures compose before they meet a range") {
  const std::vector<int> series{1, 2, 3, 4, 5};
  const auto last_two = views::window(2) | std::views::drop(1);
  const auto of_first_four = std::views::take(4) | views::window(2);
  const auto twice = views::window(2) | views::window(1);
  CHECK(pairs(series | last_two) == Pairs{{{2, 3}, 4}, {{3, 4}, 5}});
  CHECK(pairs(series | of_first_four) == Pairs{{{1, 2}, 3}, {{2, 3}, 4}});
  CHECK((series | twice).size() == 2);
  CHECK(pairs(series | (std::views::drop(1) | views::window(2) | std::views::reverse)) ==
        Pairs{{{3, 4}, 5}, {{2, 3}, 4}});
}

TEST_CASE("window works at compile time") {
  constexpr std::array series{1, 2, 3, 4};
  STATIC_REQUIRE((series | views::window(2))[1].label == 4);
}

TEST_CASE("windows know their sizes and their series") {
  std::vector<int> series{1, 2, 3, 4, 5};
  const auto windows = series | views::window(2, 3, 4);
  CHECK(windows.look_back() == 2);
  CHECK(windows.horizon() == 3);
  CHECK(windows.stride() == 4);
  CHECK(&windows.base().front() == &series.front());
  CHECK((series | views::window(2)).horizon() == 1);
  CHECK((series | views::window(2)).stride() == 1);
  auto owning = std::vector{1, 2, 3} | views::window(2);
  CHECK(values_of(std::move(owning).base()) == std::vector{1, 2, 3});
}

TEST_CASE("a series that is too short has no windows") {
  const std::vector<int> series{1, 2, 3};
  CHECK((series | views::window(2)).size() == 1);
  CHECK((series | views::window(3)).empty());
  CHECK((series | views::window(1, 3)).empty());
  CHECK((std::list<int>{} | views::window(1)).empty());
  CHECK(pairs(series | views::window(1'000'000)).empty());
}

TEST_CASE("rows are labelled by the next row, or by a column of it") {
  const std::vector<Row> rows{{1, 10}, {2, 20}, {3, 30}, {4, 40}};
  const auto whole = rows | views::window(2);
  CHECK(whole[0].label == Row{3, 30});
  CHECK(&whole[1].window[0] == &rows[1]);

  const auto column = rows | views::window(2, rnnts::LabelColumn{1});
  REQUIRE(column.size() == 2);
  CHECK(column[0].window[1] == Row{2, 20});
  CHECK(column[0].label == 30);
  CHECK(column[1].label == 40);

  const auto horizon = rows | views::window(1, rnnts::LabelColumn{0}, 2, 2);
  REQUIRE(horizon.size() == 1);
  CHECK(values_of(horizon[0].label) == std::vector{2, 3});
  CHECK((rows | views::window(1, rnnts::LabelColumn{0}, 2)).size() == 2);

  std::list<std::span<const int>> spans(rows.begin(), rows.end());
  CHECK((*(spans | views::window(3, rnnts::LabelColumn{1})).begin()).label == 40);

  const auto temporaries = std::views::iota(0, 3) | std::views::transform([](int i) { return Row{i, 10 * i}; });
  CHECK((temporaries | views::window(1, rnnts::LabelColumn{1}))[1].label == 20);
}

TEST_CASE("sizes of windows are at least 1") {
  CHECK(argument_error([] { return views::window(0); }) ==
        "views::window: expected look_back to be at least 1, found 0");
  CHECK(argument_error([] { return views::window(2, 0); }) ==
        "views::window: expected horizon to be at least 1, found 0");
  CHECK(argument_error([] { return views::window(2, 1, 0); }) ==
        "views::window: expected stride to be at least 1, found 0");
  CHECK(argument_error([] { return views::window(2, rnnts::LabelColumn{0}, 0); }) ==
        "views::window: expected horizon to be at least 1, found 0");
  CHECK(argument_error([] { return views::window(static_cast<std::size_t>(-3)); }) ==
        "views::window: expected look_back to be at least 1, found -3");
}

TEST_CASE("a label column that the rows do not have is refused") {
  const auto message = "views::window: label column 2 is out of range: the rows have 2 columns, counted from 0";
  const auto window = views::window(1, rnnts::LabelColumn{2});
  CHECK(argument_error([&] { return std::vector<Row>{} | window; }) == message);
  CHECK(argument_error([&] { return std::vector<std::vector<int>>{{1, 2}, {3, 4}} | window; }) == message);
  CHECK(argument_error([&] { return std::vector<std::vector<int>>{} | window; }) == "no ArgumentError");
}

TEST_CASE("a row that is too short for the label column is named when its label is read, and not read out of bounds") {
  const std::vector<std::vector<int>> rows{{1, 2}, {3, 4}, {5, 6}, {7}, {8, 9}};
  const auto message = "views::window: row 3 (counted from 0) has 1 columns, and the label is to come from column 1";
  const auto read_all = [](auto&& windows) {
    for (auto&& [window, label] : windows) {
      if constexpr (std::ranges::range<decltype(label)>) {
        for (const int number : label) static_cast<void>(number);
      }
    }
  };
  const auto one = views::window(1, rnnts::LabelColumn{1});
  const auto several = views::window(1, rnnts::LabelColumn{1}, 2, 2);  // the labels are rows 1, 2 and 3, 4
  CHECK((rows | one)[1].label == 6);
  CHECK_THROWS_AS((rows | one)[2], rnnts::ShapeError);
  CHECK_THROWS_WITH(read_all(rows | one), message);
  CHECK_THROWS_WITH(read_all(rows | several), message);

  const std::list list(rows.begin(), rows.end());
  CHECK_THROWS_WITH(read_all(list | one), message);
  CHECK_THROWS_WITH(read_all(list | several), message);
  CHECK_THROWS_WITH(read_all(list | one | std::views::reverse | std::views::drop(1)), message);

  const std::forward_list forward_list(rows.begin(), rows.end());
  CHECK_THROWS_WITH(read_all(forward_list | one), message);
  CHECK_THROWS_WITH(read_all(forward_list | several), message);
}
