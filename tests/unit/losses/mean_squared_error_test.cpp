#include "rnnts/losses/mean_squared_error.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("mse is the mean of the squares over all elements") {
  const std::vector<float> y_true{1, 2, 3, 4}, y_pred{2, 2, 1, 4};
  CHECK(detail::mean_loss(MeanSquaredError{}, Rows<const float, 2>{y_true.data(), 2},
                          Rows<const float, 2>{y_pred.data(), 2}) == 5.0 / 4);
  CHECK(MeanSquaredError{}.derivative(1.0, 4.0) == 6);
  CHECK(MeanSquaredError::name == "mse");
}
