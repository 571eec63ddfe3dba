#include "rnnts/series/difference.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <list>
#include <type_traits>
#include <vector>

#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

using rnnts::difference;
using rnnts::inverse_difference;
using rnnts::inverse_log_difference;
using rnnts::log_difference;

namespace {
const std::vector<double> series{1, 4, 9, 16, 25};
}

TEST_CASE("difference subtracts the value lag steps before") {
  CHECK(difference(series) == std::vector<double>{3, 5, 7, 9});
  CHECK(difference(series, 2) == std::vector<double>{8, 12, 16});
  CHECK(difference(series, 4) == std::vector<double>{24});
  CHECK(difference(std::list<float>{5, 3}) == std::vector<float>{-2});
}

TEST_CASE("integers are subtracted as numbers with a sign") {
  const auto d = difference(std::array{3U, 1U});
  STATIC_REQUIRE(std::is_same_v<decltype(d), const std::vector<double>>);
  CHECK(d == std::vector<double>{-2});
}

TEST_CASE("log_difference is the logarithm of the growth") {
  const auto d = log_difference(std::vector<double>{1, 2, 8, 4});
  REQUIRE(d.size() == 3);
  CHECK(d[0] == Approx(std::log(2.0)));
  CHECK(d[1] == Approx(std::log(4.0)));
  CHECK(d[2] == Approx(-std::log(2.0)));
  CHECK(log_difference(std::vector<double>{1, 2, 8, 4}, 2)[1] == Approx(std::log(2.0)));
}

TEST_CASE("the inverses give the series back") {
  CHECK(inverse_difference(difference(series), std::vector<double>{1}) == series);
  CHECK(inverse_difference(difference(series, 2), std::vector<double>{1, 4}) == series);
  CHECK(inverse_difference(std::vector<double>{}, std::vector<double>{1, 4}) == std::vector<double>{1, 4});
  for (const std::size_t lag : {1U, 2U, 3U}) {
    const std::vector<double> first(series.begin(), series.begin() + static_cast<std::ptrdiff_t>(lag));
    const auto back = inverse_log_difference(log_difference(series, lag), first);
    REQUIRE(back.size() == series.size());
    for (std::size_t t = 0; t < series.size(); ++t) CHECK(back[t] == Approx(series[t]));
  }
}

TEST_CASE("the inverse of one step needs the value lag steps before") {
  CHECK(inverse_difference(3.0f, 10.0f) == 13);
  CHECK(inverse_log_difference(std::log(1.5), 10.0) == Approx(15));
}

TEST_CASE("differences need more values than the lag") {
  CHECK_THROWS_AS(difference(series, 0), rnnts::ArgumentError);
  CHECK_THROWS_WITH(difference(series, 0), "difference: expected a lag of at least 1, found 0");
  CHECK_THROWS_AS(difference(series, 5), rnnts::DataError);
  CHECK_THROWS_WITH(log_difference(series, 5), "log_difference: a lag of 5 needs more than 5 values, found 5");
}

TEST_CASE("differences refuse values that they cannot use") {
  CHECK_THROWS_WITH(difference(std::vector{1.0, std::numeric_limits<double>::quiet_NaN()}),
                    "difference: value 1 (counted from 0) is nan, expected a finite number");
  CHECK_THROWS_AS(log_difference(std::vector<double>{1, 0, 2}), rnnts::DataError);
  CHECK_THROWS_WITH(log_difference(std::vector<double>{1, 0, 2}),
                    "log_difference: value 1 (counted from 0) is 0, expected a number above 0, which has a logarithm");
  CHECK_THROWS_WITH(log_difference(std::vector{1, 2, -3}),
                    "log_difference: value 2 (counted from 0) is -3, expected a number above 0, which has a logarithm");
}

TEST_CASE("the inverses need first values") {
  const std::vector<double> none;
  CHECK_THROWS_AS(inverse_difference(series, none), rnnts::DataError);
  CHECK_THROWS_WITH(inverse_difference(series, none),
                    "inverse_difference: expected as many first values as the lag, found 0");
  CHECK_THROWS_WITH(inverse_log_difference(series, std::vector<double>{-1}),
                    "inverse_log_difference: value 0 (counted from 0) is -1, expected a number above 0, which has a "
                    "logarithm");
}

TEST_CASE("differences take predictions (B, 1) as B numbers, and refuse several numbers per step") {
  const xt::xtensor<double, 2> column{{1}, {3}, {6}};
  CHECK(rnnts::difference(column) == std::vector<double>{2, 3});
  CHECK(rnnts::inverse_difference(column, std::vector<double>{10}) == std::vector<double>{10, 11, 14, 20});
  CHECK(rnnts::inverse_log_difference(xt::xtensor<double, 2>{{0}, {0}}, std::vector<double>{10}) ==
        std::vector<double>{10, 10, 10});
  const std::vector<std::array<int, 2>> rows(3);
  CHECK_THROWS_AS(rnnts::difference(rows), rnnts::ShapeError);
  CHECK_THROWS_WITH(rnnts::difference(rows), "difference: expected one number after the other, found the shape (3, 2)");
}
