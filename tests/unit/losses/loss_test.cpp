#include "rnnts/losses/loss.hpp"

#include <limits>
#include <vector>

#include "rnnts/losses/gaussian_negative_log_likelihood.hpp"
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
  detail::mean_loss_backward(loss, truth, prediction, Rows<double, 2>{gradient.data(), 3});
  for (std::size_t i = 0; i < 6; ++i) {
    const double kept = y_pred[i], h = 1e-6;
    y_pred[i] = kept + h;
    const double above = detail::mean_loss(loss, truth, prediction);
    y_pred[i] = kept - h;
    const double below = detail::mean_loss(loss, truth, prediction);
    y_pred[i] = kept;
    CHECK_THAT(gradient[i], WithinAbs((above - below) / (2 * h), 1e-7));
  }
}

TEMPLATE_TEST_CASE("the gradient of the mean of row losses agrees with differences", "", GaussianNegativeLogLikelihood,
                   Quantiles<2>) {
  STATIC_REQUIRE(RowLoss<TestType>);
  STATIC_REQUIRE(detail::label_count<TestType, 4> == 2);
  STATIC_REQUIRE(detail::label_count<TestType, 3> == 0);
  TestType loss{};
  if constexpr (requires { loss.quantiles; }) loss.quantiles = {0.2, 0.7};
  const std::vector<double> y_true{1, -2, 0.5, 3}, weights{2, 0.5};
  std::vector<double> y_pred{1.5, -2.25, 0.25, 0.75, 1, -1, 0.5, -0.25}, gradient(8, 99);
  const Rows<const double, 2> truth{y_true.data(), 2};
  const Rows<double, 4> prediction{y_pred.data(), 2};
  for (const detail::RowWeights<double> w :
       {detail::RowWeights<double>{}, detail::RowWeights<double>{weights.data(), 2}}) {
    detail::mean_loss_backward(loss, truth, prediction, Rows<double, 4>{gradient.data(), 2}, w);
    for (std::size_t i = 0; i < 8; ++i) {
      const double kept = y_pred[i], h = 1e-6;
      y_pred[i] = kept + h;
      const double above = detail::mean_loss(loss, truth, prediction, w);
      y_pred[i] = kept - h;
      const double below = detail::mean_loss(loss, truth, prediction, w);
      y_pred[i] = kept;
      CHECK_THAT(gradient[i], WithinAbs((above - below) / (2 * h), 1e-7));
    }
  }
}

TEST_CASE("weights multiply the loss of a row, and rows of weight 0 are not looked at") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> y_true{1, 2, 3, 0, 0, 0}, y_pred{2, 4, 6, nan, nan, nan}, weights{4, 0};
  const detail::RowWeights<double> w{weights.data(), 1};  // one row counts, the other is padding
  const Rows<const double, 3> truth{y_true.data(), 2}, prediction{y_pred.data(), 2};
  CHECK(detail::mean_loss(MeanSquaredError{}, truth, prediction, w) == 4 * (1 + 4 + 9) / 3.0);
  std::vector<double> gradient(6, 99);
  detail::mean_loss_backward(MeanSquaredError{}, truth, prediction, Rows<double, 3>{gradient.data(), 2}, w);
  CHECK(gradient == std::vector<double>{8 / 3.0, 16 / 3.0, 24 / 3.0, 0, 0, 0});
}
