#include "rnnts/series/diebold_mariano.hpp"

#include <cmath>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("Student's t gives the probabilities of printed tables") {
  const auto p = [](double statistic, std::size_t degrees) { return detail::student_t_two_sided(statistic, degrees); };
  CHECK(p(0, 7) == 1);
  CHECK(p(1, 1) == Approx(0.5));  // arctan(1) = pi / 4
  CHECK(p(std::sqrt(2.0), 2) == Approx(1 - std::sqrt(0.5)));
  CHECK(p(12.7062047364, 1) == Approx(0.05));
  CHECK(p(4.30265272975, 2) == Approx(0.05));
  CHECK(p(3.18244630528, 3) == Approx(0.05));
  CHECK(p(-2.77644510520, 4) == Approx(0.05));  // both sides
  CHECK(p(2.22813885199, 10) == Approx(0.05));
  CHECK(p(2.04227245630, 30) == Approx(0.05));
  CHECK(p(2.75638590367, 29) == Approx(0.01));
  CHECK(p(1.95996398454, 1'000'001) == Approx(0.05).epsilon(1e-5));  // the normal distribution
  CHECK(p(1e9, 50) == 0);
}

TEST_CASE("the statistic and its p value are those of the formula, computed apart") {
  const std::vector<double> losses{1, 3, 2, 5, 4, 6, 2, 1, 3, 2}, others{2, 4, 2, 7, 6, 6, 3, 4, 3, 5};
  // Horizon 1: differences of mean -1.3 and variance 1.21; sqrt(0.9) corrects for 10 losses.
  const auto one = diebold_mariano(losses, others);
  CHECK(one.statistic == Approx(-1.3 / std::sqrt(1.21 / 10) * std::sqrt(0.9)));
  CHECK(one.p_value == Approx(0.00626033433699924));
  const auto two = diebold_mariano(losses, others, 2);
  CHECK(two.statistic == Approx(-9.601136296387958));
  CHECK(two.p_value == Approx(5.015927667439968e-06));
  // Horizon 3: the plain sum of autocovariances is -0.024, and the weighted one 0.439.
  const auto three = diebold_mariano(losses, others, 3);
  CHECK(three.statistic == Approx(-4.641306916567624));
  CHECK(three.p_value == Approx(0.0012170073250793445));
  CHECK(diebold_mariano(others, losses).statistic == Approx(-one.statistic));
}

TEST_CASE("losses that always differ by the same are told apart, equal ones and too few are not") {
  const std::vector<double> losses{1, 2, 3}, more{2, 3, 4};
  CHECK(diebold_mariano(losses, losses).p_value == 1);
  CHECK(diebold_mariano(losses, more).p_value == 0);
  CHECK(diebold_mariano(losses, more).statistic < 0);
  CHECK(diebold_mariano(std::vector{1.0}, std::vector{2.0}).p_value == 1);
  CHECK(diebold_mariano(losses, more, 3).p_value == 1);
}

TEST_CASE("what cannot be tested is refused") {
  const std::vector<double> losses{1, 2}, one{1}, none;
  CHECK_THROWS_AS(diebold_mariano(losses, losses, 0), ArgumentError);
  CHECK_THROWS_WITH(diebold_mariano(losses, losses, 0), "diebold_mariano: expected a horizon of at least 1, found 0");
  CHECK_THROWS_AS(diebold_mariano(losses, one), ShapeError);
  CHECK_THROWS_WITH(diebold_mariano(losses, one), "diebold_mariano: 2 losses, but 1 of the other");
  CHECK_THROWS_AS(diebold_mariano(none, none), DataError);
}
