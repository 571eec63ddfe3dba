#include "rnnts/forecast/find_season.hpp"

#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/series/csv.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using rnnts::usual_seasons;
using Seasons = std::vector<std::size_t>;

namespace {

rnnts::FoundSeason found(const std::vector<std::vector<double>>& all, const Seasons& seasons) {
  const std::vector<std::span<const double>> series(all.begin(), all.end());
  return rnnts::find_season(series, seasons);
}

/// Waves of such periods, of height 1, with noise.
std::vector<double> waves(const Seasons& periods, std::size_t length, double noise) {
  rnnts::Random random(rnnts::seed(3));
  std::vector<double> x(length);
  for (std::size_t t = 0; t < length; ++t) {
    x[t] = random.normal() * noise;
    for (const std::size_t period : periods) {
      x[t] += std::sin(6.283185307179586 * static_cast<double>(t) / static_cast<double>(period));
    }
  }
  return x;
}

}  // namespace

TEST_CASE("a trend is no season") {
  std::vector<double> line, drift{0};
  rnnts::Random random(rnnts::seed(1));
  for (std::size_t t = 0; t < 400; ++t) {
    line.push_back(0.1 * static_cast<double>(t));  // whose changes differ by rounding alone
    drift.push_back(drift.back() + 2 + random.normal());
  }
  for (const auto& series : {line, drift}) {
    const std::vector<std::span<const double>> one{series};
    CHECK(rnnts::find_season(one, std::vector<std::size_t>{7, 12, 24}).steps == 0);
  }
}

TEST_CASE("usual_seasons are those of the calendar") {
  CHECK(usual_seasons({.seconds = 1h}) == Seasons{24, 168});
  CHECK(usual_seasons({.seconds = 24h}) == Seasons{7});
  CHECK(usual_seasons({.seconds = 15min}) == Seasons{4, 96, 672});
  CHECK(usual_seasons({.seconds = 1s}) == Seasons{60});
  CHECK(usual_seasons({.seconds = 7 * 24h}) == Seasons{52});
  CHECK(usual_seasons({.months = std::chrono::months(1)}) == Seasons{12});
  CHECK(usual_seasons({.months = std::chrono::months(3), .month_day = std::chrono::day(31)}) == Seasons{4});
  CHECK(usual_seasons({.months = std::chrono::months(12)}).empty());
  CHECK(usual_seasons({.seconds = 100 * 24h}).empty());
  CHECK(usual_seasons({}) == Seasons{4, 7, 12, 24, 52, 168});
}

TEST_CASE("find_season finds the season of the airline series and none in the weather by the week") {
  const std::string data = RNNTS_DATA_DIR;
  const auto airline = rnnts::read_csv<double>(data + "/airline_passengers.csv", "passengers");
  CHECK(found({airline}, {4, 7, 12, 24}).steps == 12);
  CHECK(found({airline}, {4, 7, 12, 24}).autocorrelation > 0.7);
  const auto weather = rnnts::read_csv<double>(data + "/melbourne_temperatures.csv", "minimum");
  CHECK(found({weather}, {7}).steps == 0);
}

TEST_CASE("find_season takes a longer season only where it is a better one") {
  CHECK(found({waves({24}, 2000, 0.1)}, {24, 168}).steps == 24);
  CHECK(found({waves({24, 168, 84, 42}, 2000, 0.1)}, {24, 168}).steps == 168);
  CHECK(found({waves({24}, 400, 0.1)}, {168}).steps == 0);  // fewer than three
  CHECK(found({waves({24}, 400, 5)}, {24}).steps == 0);
  CHECK(found({waves({}, 400, 1)}, {24}).steps == 0);
}

TEST_CASE("find_season leaves missing values and constant series out and looks at all series") {
  auto holes = waves({12}, 400, 0.1);
  for (std::size_t t = 5; t < holes.size(); t += 17) holes[t] = std::numeric_limits<double>::quiet_NaN();
  CHECK(found({holes}, {12}).steps == 12);
  CHECK(found({std::vector<double>(100, 3.0)}, {12}).steps == 0);
  CHECK(found(std::vector<std::vector<double>>(250, holes), {7, 12}).steps == 12);
  CHECK_THROWS_WITH(found({}, {12}), "find_season: expected at least 1 series, found none");
  CHECK_THROWS_WITH(found({holes}, {0}), "find_season: expected seasons of at least 1 step, found 0");
}
