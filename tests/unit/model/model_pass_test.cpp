#include "rnnts/model/model_pass.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/lstm.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr DenseOptions regularized{.kernel_regularizer = L2(0.5)};
using Net = Sequential<double, Input<1>, LSTM<2>, Dense<1, Linear, regularized>>;

const std::vector<double> x{0.1, 0.5, -0.3, 0.2, 0.7, 0.4};  // T = 3, B = 2
const Sequence<const double, 1> inputs{x.data(), 3, 2};

/// Of all outputs together.
void backward(detail::AnyPass<double, 1, 1>& pass) {
  std::vector<double> y(2, 99), dy(2, 1);
  pass.forward(inputs, {y.data(), 1, 2}, nullptr);
  pass.backward(inputs, {y.data(), 1, 2}, {dy.data(), 1, 2}, {});
}

}  // namespace

TEST_CASE("a pass overwrites outputs, gradients and the gradient by the input with those of the model") {
  const Net model{seed(3)};
  detail::ModelPass pass(model);
  backward(pass);  // leaves numbers behind
  std::vector<double> y(2, 99), expected_y(2), dy(2, 1), dx(6, 99), expected_dx(6);
  pass.forward(inputs, {y.data(), 1, 2}, nullptr);
  pass.backward(inputs, {y.data(), 1, 2}, {dy.data(), 1, 2}, {dx.data(), 3, 2});

  Net::Tape tape;
  Net::Workspace workspace;
  Net::Parameters gradients;
  Net::forward(model.parameters(), inputs, tape, {expected_y.data(), 1, 2});
  Net::backward(model.parameters(), inputs, tape, {expected_y.data(), 1, 2}, {dy.data(), 1, 2}, workspace, gradients,
                {expected_dx.data(), 3, 2});
  CHECK(y == expected_y);
  CHECK(dx == expected_dx);
  const auto found = pass.tensors();
  const auto expected = detail::tensors(gradients);
  REQUIRE(found.size() == 5);
  for (std::size_t k = 0; k < found.size(); ++k) CHECK(std::ranges::equal(found[k], expected[k]));
}

TEST_CASE("the gradients of a new pass are zero, whatever the weights are") {
  const Net model{seed(3)};
  const detail::ModelPass pass(model);
  for (const auto numbers : pass.tensors()) {
    for (const double number : numbers) CHECK(number == 0);
  }
}

TEST_CASE("the penalty is that of the weights as they are, and its gradient is added") {
  Net model{seed(3)};
  detail::ModelPass pass(model);
  model.layer<1>().kernel(0, 0) = 3;
  model.layer<1>().kernel(1, 0) = -1;
  CHECK(pass.penalty() == 5);
  backward(pass);
  const double before = get<1>(pass.gradients().layers).kernel(0, 0);
  pass.add_penalty_gradient();
  CHECK(get<1>(pass.gradients().layers).kernel(0, 0) == before + 3);
}

TEST_CASE("another pass of the same model has a memory of its own") {
  const Net model{seed(3)};
  detail::ModelPass pass(model);
  const auto another = pass.another();
  backward(*another);
  CHECK(pass.tensors()[0][0] == 0);
  CHECK(another->tensors()[0][0] != 0);
  backward(pass);
  CHECK(another->tensors()[0][0] == pass.tensors()[0][0]);
}
