#include "rnnts/model/inverse_transform.hpp"

#include <functional>
#include <vector>

#include "rnnts/series/scale.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("an inverse transform is a function, a copy of a scaler, or nothing") {
  const auto apply = [](const InverseTransform& inverse) { return inverse(2); };
  CHECK(apply({}) == 2);
  CHECK(apply([](double x) { return 10 * x + 1; }) == 21);
  CHECK(apply([](double x) { return static_cast<float>(x) / 2; }) == 1);
  CHECK(apply(std::function<double(double)>()) == 2);

  MinMaxScaler<float> scaler;
  scaler.fit(std::vector<float>{10, 20});
  const InverseTransform inverse = scaler;
  scaler.fit(std::vector<float>{0, 1});
  CHECK(inverse(0.5) == 15);
}
