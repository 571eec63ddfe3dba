#include "rnnts/losses/mean_absolute_error.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("mae is the mean of the absolute errors over all elements") {
  const std::vector<float> y_true{1, 2, 3, 4}, y_pred{2, 2, 1, 4};
  CHECK(detail::mean_loss(MeanAbsoluteError{}, Rows<const float, 1>{y_true.data(), 4},
                          Rows<const float, 1>{y_pred.data(), 4}) == 3.0 / 4);
  CHECK(MeanAbsoluteError{}.derivative(1.0, 4.0) == 1);
  CHECK(MeanAbsoluteError{}.derivative(4.0, 1.0) == -1);
  CHECK(MeanAbsoluteError{}.derivative(4.0, 4.0) == 0);
  CHECK(MeanAbsoluteError::name == "mae");
}
