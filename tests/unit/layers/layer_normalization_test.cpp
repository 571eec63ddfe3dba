#include "rnnts/layers/layer_normalization.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "rnnts/layers/input.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

namespace {

template <bool center, bool scale>
using With = LayerNormalization<LayerNormalizationOptions{.center = center, .scale = scale}>;

template <class Specification> using Of = Specification::template Layer<double, sequence_shape(any_steps, 4)>;

}  // namespace

TEST_CASE("layer normalization gives each step of each sample mean 0 and variance 1") {
  using L = Of<LayerNormalization<LayerNormalizationOptions{.epsilon = 1e-12, .center = false, .scale = false}>>;
  STATIC_REQUIRE(L::output == sequence_shape(any_steps, 4));
  const auto x = random_numbers(3 * 2 * 4);
  const auto y = run<L>({}, x, 2);
  for (std::size_t row = 0; row < 6; ++row) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      sum += y[row * 4 + i];
      squares += y[row * 4 + i] * y[row * 4 + i];
    }
    CHECK_THAT(sum, WithinAbs(0, 1e-12));
    CHECK_THAT(squares / 4, WithinAbs(1, 1e-9));
  }
}

TEST_CASE("layer normalization by hand, with gamma and beta") {
  using L = Of<LayerNormalization<>>;
  L::Parameters p;
  for (std::size_t i = 0; i < 4; ++i) {
    p.gamma(i) = double(i);
    p.beta(i) = 10;
  }
  const double s = 1 / std::sqrt(1.25 + 1e-3);  // of 1, 2, 3, 4: the mean is 2.5, the variance 1.25
  const std::vector<double> x{1, 2, 3, 4};
  check_close(run<L>(p, x, 1), {10, 10 - 0.5 * s, 10 + 2 * 0.5 * s, 10 + 3 * 1.5 * s});
}

TEST_CASE("layer normalization step by step gives what it gives for a sequence") {
  using L = Of<LayerNormalization<>>;
  const auto p = random_parameters<L>();
  const auto x = random_numbers(5 * 4);
  check_close(run_by_steps<L>(p, x), run<L>(p, x, 1));
}

TEST_CASE("of equal features nothing is left but beta, and of a single one") {
  using L = Of<LayerNormalization<>>;
  const auto p = random_parameters<L>();
  check_close(run<L>(p, std::vector<double>(4, 7), 1), {p.beta.begin(), p.beta.end()});
}

TEST_CASE("the weights of layer normalization are those of Keras, with its first values") {
  const auto names = []<class L>(L) {
    std::string text;
    typename L::Parameters p;
    detail::visit_fields(
        [&](const detail::FieldInfo& field, const auto&) {
          text += field.path() + "=" + std::to_string(int(field.initializer.a)) + " ";
        },
        p);
    return text;
  };
  CHECK(names(Of<With<true, true>>()) == "gamma=1 beta=0 ");
  CHECK(names(Of<With<true, false>>()) == "beta=0 ");
  CHECK(names(Of<With<false, true>>()) == "gamma=1 ");
  CHECK(names(Of<With<false, false>>()) == "");
}

TEST_CASE("gradients of layer normalization agree with differences, for every option") {
  check_gradients_of<LayerNormalization<>, Input<4>>();
  check_gradients_of<With<true, false>, Input<5>>();
  check_gradients_of<With<false, true>, Input<2>>();
  check_gradients_of<With<false, false>, Input<3>>();
  check_gradients_of<LayerNormalization<LayerNormalizationOptions{.epsilon = 0.5}>, Input<6>>();
  check_gradients_of<LayerNormalization<>, Input<1>>();
  check_gradients(gradcheck<LayerNormalization<>::Layer<double, vector_shape(4)>>({.steps = 1, .batch = 3}));
  check_gradients(gradcheck_both<LayerNormalization<>, Input<3>>({.steps = 5, .batch = 3, .lengths = {2, 5, 1}}));
}
