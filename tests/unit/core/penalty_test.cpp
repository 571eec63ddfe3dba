#include "rnnts/core/penalty.hpp"

#include "rnnts/tensor/tensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

template <class T> struct Inner {
  Tensor<T, 2> ridge;
  Tensor<T, 1, 3> lasso;
  Tensor<T, 2> free;

  static constexpr auto fields() {
    return std::tuple{Field{"ridge", &Inner::ridge, zeros, L2(0.5)}, Field{"lasso", &Inner::lasso, zeros, L1L2(2, 1)},
                      Field{"free", &Inner::free}};
  }
};

template <class T> struct Outer {
  Inner<T> inner;

  static constexpr auto fields() { return std::tuple{Field{"inner", &Outer::inner}}; }
};

template <class T> Outer<T> outer() {
  Outer<T> result;
  result.inner.ridge(0) = 3;
  result.inner.ridge(1) = -1;
  result.inner.lasso(0, 0) = -4;
  result.inner.lasso(0, 1) = T(0.5);
  result.inner.free.fill(1000);
  return result;
}

}  // namespace

TEST_CASE("the penalty is the sum over all fields") {
  // 0.5 (9 + 1) + 2 (4 + 0.5 + 0) + (16 + 0.25 + 0)
  CHECK(detail::penalty(outer<double>()) == 5 + 9 + 16.25);
  CHECK(detail::penalty(outer<float>()) == 5 + 9 + 16.25);
  CHECK(detail::penalty(Outer<double>{}) == 0);
}

TEST_CASE("the gradient of the penalty is added to what is there") {
  const auto weights = outer<float>();
  Outer<float> gradients;
  gradients.inner.ridge.fill(10);
  gradients.inner.lasso.fill(20);
  gradients.inner.free.fill(30);
  detail::add_penalty_gradient(weights, gradients);
  CHECK(gradients.inner.ridge(0) == 10 + 3);
  CHECK(gradients.inner.ridge(1) == 10 - 1);
  CHECK(gradients.inner.lasso(0, 0) == 20 - 2 - 8);
  CHECK(gradients.inner.lasso(0, 1) == 20 + 2 + 1);
  CHECK(gradients.inner.lasso(0, 2) == 20);  // |w| has no derivative at 0
  CHECK(gradients.inner.free(1) == 30);
}
