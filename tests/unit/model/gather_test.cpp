#include "rnnts/model/gather.hpp"

#include <array>
#include <limits>
#include <list>
#include <span>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// One sample of `steps` steps, gathered into the middle of a batch of three.
template <std::size_t F> std::vector<double> gathered(auto&& value, std::size_t steps) {
  std::vector<double> numbers(steps * 3 * F, -1);
  const Sequence<double, F> batch{numbers.data(), steps, 3};
  detail::gather(value, batch, 1, "window", 7);
  std::vector<double> sample;
  for (std::size_t t = 0; t < steps; ++t) {
    sample.insert(sample.end(), batch[t][1], batch[t][1] + F);
    for (std::size_t f = 0; f < F; ++f) {
      CHECK(batch[t][0][f] == -1);
      CHECK(batch[t][2][f] == -1);
    }
  }
  return sample;
}

}  // namespace

TEST_CASE("numbers, ranges of numbers and ranges of rows are gathered into a column of a batch") {
  CHECK(gathered<1>(5, 1) == std::vector<double>{5});
  CHECK(gathered<1>(std::list<int>{1, 2, 3}, 3) == std::vector<double>{1, 2, 3});
  CHECK(gathered<3>(std::vector<float>{1, 2, 3}, 1) == std::vector<double>{1, 2, 3});
  CHECK(gathered<2>(std::vector<std::array<double, 2>>{{1, 2}, {3, 4}}, 2) == std::vector<double>{1, 2, 3, 4});
  CHECK(gathered<1>(std::vector<std::array<double, 1>>{{1}, {3}}, 2) == std::vector<double>{1, 3});
}

TEST_CASE("rows of a sample are counted") {
  CHECK(detail::count_rows<1>({}, std::vector<int>{1, 2, 3}) == 3);
  CHECK(detail::count_rows<3>({}, std::vector<int>{1, 2, 3}) == 1);
  CHECK(detail::count_rows<2>({}, std::vector<std::array<int, 2>>(5)) == 5);
  CHECK(detail::count_rows<1>({}, 4.0) == 1);
}

TEST_CASE("a sample of another shape is named") {
  CHECK_THROWS_WITH(gathered<1>(std::vector<int>{1, 2}, 3), "window 7: expected 3 steps, found 2");
  CHECK_THROWS_WITH(gathered<1>(std::vector<int>{1, 2, 3, 4}, 3), "window 7: expected 3 steps, found 4");
  CHECK_THROWS_WITH(gathered<3>(std::vector<std::vector<int>>{{1, 2, 3}, {4, 5}}, 2),
                    "window 7: expected 3 numbers per step, found 2; is the model to have Input<2>?");
  CHECK_THROWS_WITH(gathered<3>(std::vector<std::vector<int>>{{1, 2, 3, 4}}, 1),
                    "window 7: expected 3 numbers per step, found 4; is the model to have Input<4>?");
  CHECK_THROWS_AS(gathered<1>(std::vector<int>{}, 1), ShapeError);
}

TEST_CASE("what was probably forgotten is said") {
  const auto as_label = [](auto&& value, auto into) { detail::gather(value, into, 0, "label", 48); };
  std::vector<double> numbers(10);
  CHECK_THROWS_WITH(as_label(std::vector{1, 2}, Sequence<double, 1>{numbers.data(), 1, 1}),
                    "label 48: expected 1 steps, found 2; is a LabelColumn missing, or for a horizon a last Dense<2>?");
  CHECK_THROWS_WITH(as_label(1, Sequence<double, 1>{numbers.data(), 10, 1}),
                    "label 48: expected 10 steps, found 1; the model gives an output for each step: are "
                    "return_sequences to be off in its last layer?");
  CHECK_THROWS_WITH(as_label(1, Sequence<double, 5>{numbers.data(), 1, 1}),
                    "label 48: expected 5 numbers per step, found 1; is a last Dense<1> missing?");
  CHECK_THROWS_WITH(detail::gather(std::vector{1, 2}, Sequence<double, 3>{numbers.data(), 1, 1}, 0, "next row", 0),
                    "next row 0: expected 3 numbers per step, found 2");
}

TEST_CASE("a number that is not finite is named") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(gathered<1>(std::vector<double>{1, nan, 3}, 3),
                    "window 7, step 1: expected a finite number, found nan");
  CHECK_THROWS_AS(gathered<1>(std::vector<double>{1, 2, -inf}, 3), DataError);
}
