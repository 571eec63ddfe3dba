#include "rnnts/forecast/baselines.hpp"

#include <cstddef>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {
using Values = std::vector<double>;
}

TEST_CASE("forecasts without a model are what their definitions say") {
  const Values history{1, 4, 2, 5, 3, 7};
  CHECK(persistence_forecast(history, 3) == Values{7, 7, 7});
  CHECK(seasonal_naive_forecast(history, 5, 3) == Values{5, 3, 7, 5, 3});
  CHECK(seasonal_naive_forecast(history, 2, 1) == persistence_forecast(history, 2));
  CHECK(seasonal_naive_forecast(history, 2, 6) == Values{1, 4});
  const auto drift = drift_forecast(history, 2);  // 6 in 5 steps
  CHECK(drift[0] == Approx(8.2));
  CHECK(drift[1] == Approx(9.4));
  CHECK(persistence_forecast(history, 0).empty());
}

TEST_CASE("Naive2 continues level times season exactly") {
  // 60 times factors whose mean is 1, from the third of them on: the moving average over a season is 60 throughout.
  for (const Values& factors : {Values{0.5, 1.25, 0.75, 1.5}, Values{0.5, 1, 1.5}}) {
    Values history;
    for (std::size_t t = 2; t < 26; ++t) history.push_back(60 * factors[t % factors.size()]);
    const auto forecast = naive2_forecast(history, 9, factors.size());
    for (std::size_t h = 0; h < forecast.size(); ++h)
      CHECK(forecast[h] == Approx(60 * factors[(26 + h) % factors.size()]));
  }
}

TEST_CASE("the factors of a season are those of a decomposition worked out by hand") {
  // Moving averages of 3 values: 4, 5, 6, 7, 8 around the second to the sixth.
  const Values history{2, 3, 7, 5, 6, 10, 8};
  const auto factors = detail::seasonal_factors(history, 3);
  const double first = 5.0 / 6, second = (3.0 / 4 + 6.0 / 7) / 2, third = (7.0 / 5 + 10.0 / 8) / 2;
  const double mean = (first + second + third) / 3;
  CHECK(factors[0] == Approx(first / mean));
  CHECK(factors[1] == Approx(second / mean));
  CHECK(factors[2] == Approx(third / mean));
  // Of 2 values, the ends counted half: (1 + 3 + 3.5) / 2, (1.5 + 7 + 2.5) / 2, …
  const auto even = detail::seasonal_factors(history, 2);
  const double of_even = (7 / 5.5 + 6 / 6.75) / 2, of_odd = (3 / 3.75 + 5 / 5.75 + 10 / 8.5) / 3;
  CHECK(even[0] == Approx(of_even / ((of_even + of_odd) / 2)));
  CHECK(even[1] == Approx(of_odd / ((of_even + of_odd) / 2)));
}

TEST_CASE("Naive2 repeats the last value where there is no season to be found") {
  const Values trend{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, seasonal{1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3};
  CHECK(naive2_forecast(seasonal, 2, 2)[0] == Approx(1));
  CHECK(naive2_forecast(trend, 2, 4) == Values{12, 12});                         // an autocorrelation that is not clear
  CHECK(naive2_forecast(seasonal, 2, 5) == Values{3, 3});                        // fewer than three seasons
  CHECK(naive2_forecast(seasonal, 2, 1) == Values{3, 3});                        // no season
  CHECK(naive2_forecast(Values(12, 4.0), 2, 2) == Values{4, 4});                 // constant
  CHECK(naive2_forecast(Values{0, 3, 0, 3, 0, 3, 0, 3}, 2, 2) == Values{3, 3});  // no factor makes 3 of 0
}

TEST_CASE("histories that are too short are refused") {
  const Values none, one{1};
  CHECK_THROWS_AS(persistence_forecast(none, 2), DataError);
  CHECK_THROWS_WITH(persistence_forecast(none, 2),
                    "persistence_forecast: expected a history of at least 1 value, found 0");
  CHECK_THROWS_AS(drift_forecast(one, 2), DataError);
  CHECK_THROWS_WITH(drift_forecast(one, 2), "drift_forecast: expected a history of at least 2 values, found 1");
  CHECK_THROWS_AS(seasonal_naive_forecast(one, 2, 7), DataError);
  CHECK_THROWS_WITH(seasonal_naive_forecast(one, 2, 7),
                    "seasonal_naive_forecast: expected a history of at least 7 values, found 1");
  CHECK_THROWS_AS(seasonal_naive_forecast(one, 2, 0), ArgumentError);
  CHECK_THROWS_WITH(naive2_forecast(one, 2, 0), "naive2_forecast: expected a season of at least 1 step, found 0");
  CHECK_THROWS_WITH(naive2_forecast(none, 2, 1), "naive2_forecast: expected a history of at least 1 value, found 0");
}
