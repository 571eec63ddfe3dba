#include "rnnts/model/backpropagation.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr SimpleRNNOptions regularized{.kernel_regularizer = L2(0.5)};
using Net = Sequential<double, Input<1>, SimpleRNN<2, Tanh, regularized>, Dense<1>>;

const std::vector<double> x{0.1, 0.5, -0.3, 0.2, 0.7, 0.4};  // T = 3, B = 2
const std::vector<double> y{0.3, -0.1};

const MeanSquaredError mse;

const Sequence<const double, 1> inputs{x.data(), 3, 2}, labels{y.data(), 1, 2};

using Pass = detail::Backpropagation<double, 1, 1, MeanSquaredError>;

}  // namespace

TEST_CASE("the loss is the mean over the labels, without the penalties of regularizers") {
  const Net model{seed(3)};
  detail::ModelPass model_pass(model);
  Pass pass(model_pass, mse);
  const double loss = pass.forward(inputs, labels, nullptr, {});
  const auto output = pass.output();
  CHECK(output.batch == 2);
  CHECK_THAT(loss, WithinRel((std::pow(output[0][0][0] - 0.3, 2) + std::pow(output[0][1][0] + 0.1, 2)) / 2, 1e-14));
}

TEST_CASE("gradients and the gradient by the input are those of a share of the loss") {
  const Net model{seed(3)};
  detail::ModelPass pass_of_whole(model), pass_of_quarter(model);
  Pass whole(pass_of_whole, mse), quarter(pass_of_quarter, mse);
  std::vector<double> dx(6, 99), quarter_dx(6, 99);
  const double loss = whole.forward(inputs, labels, nullptr, {});
  whole.backward(inputs, labels, {dx.data(), 3, 2});
  CHECK(quarter.forward(inputs, labels, nullptr, {}) == loss);
  quarter.backward(inputs, labels, {quarter_dx.data(), 3, 2}, 0.25);
  for (std::size_t i = 0; i < 6; ++i) CHECK_THAT(quarter_dx[i], WithinRel(dx[i] / 4, 1e-14));
  detail::visit_fields(
      [&](const detail::FieldInfo& field, const auto& of_whole, const auto& of_quarter) {
        INFO(field.path());
        for (std::size_t i = 0; i < of_whole.size(); ++i) {
          CHECK_THAT(of_quarter.data()[i], WithinRel(of_whole.data()[i] / 4, 1e-14));
        }
      },
      pass_of_whole.gradients(), pass_of_quarter.gradients());
}

TEST_CASE("gradients that vanish over many steps become zero, not subnormal, which would be slow") {
  Sequential<float, Input<1>, SimpleRNN<1, Linear>, Dense<1>> model;
  model.layer<0>().kernel.fill(1);
  model.layer<0>().recurrent_kernel.fill(0.5F);
  model.layer<1>().kernel.fill(1);
  constexpr std::size_t steps = 160;
  const std::vector<float> window(steps, 1), label{0};
  std::vector<float> dx(steps);
  detail::ModelPass model_pass(model);
  detail::Backpropagation<float, 1, 1, MeanSquaredError> pass(model_pass, mse);
  pass.forward({window.data(), steps, 1}, {label.data(), 1, 1}, nullptr, {});
  pass.backward({window.data(), steps, 1}, {label.data(), 1, 1}, {dx.data(), steps, 1});
  CHECK(dx[steps - 1] == 4);  // d(y²) = 2 y, y = 1 + 1/2 + 1/4 + …
  CHECK(dx[steps - 101] == std::ldexp(4.0F, -100));
  if (FlushSubnormals::is_supported)
    CHECK(std::ranges::count(dx, FP_SUBNORMAL, [](float d) { return std::fpclassify(d); }) == 0);
}
