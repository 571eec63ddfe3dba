#include "rnnts/losses/loss.hpp"

#include <vector>

#include "rnnts/losses/huber.hpp"
#include "rnnts/losses/log_cosh.hpp"
#include "rnnts/losses/mean_absolute_error.hpp"
#include "rnnts/losses/mean_absolute_percentage_error.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/losses/pinball.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// A user's own loss: errors above count three times.
struct Lopsided {
  static constexpr std::string_view name = "lopsided";
  template <Scalar T> T value(T y_true, T y_pred) const {
    return y_pred > y_true ? 3 * (y_pred - y_true) : y_true - y_pred;
  }
  template <Scalar T> T derivative(T y_true, T y_pred) const { return y_pred > y_true ? T(3) : T(-1); }
};

}  // namespace

TEMPLATE_TEST_CASE("the gradient of the mean loss agrees with differences", "", MeanSquaredError, MeanAbsoluteError,
                   MeanAbsolutePercentageError, Huber, LogCosh, Pinball, Lopsided) {
  STATIC_REQUIRE(Loss<TestType>);
  const TestType loss;
  const std::vector<double> y_true{1, -2, 0.5, 3, 0.25, 7};
  std::vector<double> y_pred{1.5, -2.25, 0, 3.75, 1, -1}, gradient(6, 99);
  const Rows<const double, 2> truth{y_true.data(), 3};
  const Rows<double, 2> prediction{y_pred.data(), 3};
  mean_loss_backward(loss, truth, prediction, Rows<double, 2>{gradient.data(), 3});
  for (std::size_t i = 0; i < 6; ++i) {
    const double kept = y_pred[i], h = 1e-6;
    y_pred[i] = kept + h;
    const double above = mean_loss(loss, truth, prediction);
    y_pred[i] = kept - h;
    const double below = mean_loss(loss, truth, prediction);
    y_pred[i] = kept;
    CHECK_THAT(gradient[i], WithinAbs((above - below) / (2 * h), 1e-7));
  }
}
