#include "rnnts/layers/conv1d.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/kernels/initialize.hpp"
#include "rnnts/layers/input.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

namespace {

constexpr std::size_t I = 2, F = 3, K = 3;

template <Conv1DOptions options, std::size_t kernel_size = K>
using Of = Conv1D<F, kernel_size, Linear, options>::template Layer<double, sequence_shape(any_steps, I)>;

template <Padding padding, std::size_t strides = 1, std::size_t dilation_rate = 1>
inline constexpr Conv1DOptions with{.padding = padding, .strides = strides, .dilation_rate = dilation_rate};

/// y[t] = b + sum over k of x[t strides + k dilation_rate - pad] W[k], as it is written.
template <class L>
std::vector<double> by_definition(const typename L::Parameters& p, const std::vector<double>& x, std::size_t batch,
                                  Conv1DOptions options) {
  const auto steps = std::ptrdiff_t(x.size() / (batch * I));
  const auto dilation = std::ptrdiff_t(options.dilation_rate), strides = std::ptrdiff_t(options.strides);
  const std::ptrdiff_t pad = options.padding == Padding::causal ? (std::ptrdiff_t(L::K) - 1) * dilation : 0;
  std::vector<double> y;
  for (std::ptrdiff_t t = 0; t * strides + (std::ptrdiff_t(L::K) - 1) * dilation - pad < steps; ++t) {
    for (std::size_t b = 0; b < batch; ++b) {
      for (std::size_t f = 0; f < F; ++f) {
        double sum = p.bias(f);
        for (std::size_t k = 0; k < L::K; ++k) {
          const std::ptrdiff_t from = t * strides + std::ptrdiff_t(k) * dilation - pad;
          for (std::size_t i = 0; i < I && from >= 0; ++i) {
            sum += x[(std::size_t(from) * batch + b) * I + i] * p.kernel(k, i, f);
          }
        }
        y.push_back(sum);
      }
    }
  }
  return y;
}

template <Conv1DOptions options, std::size_t kernel_size = K> void check_forward() {
  using L = Of<options, kernel_size>;
  CAPTURE(int(options.padding), options.strides, options.dilation_rate, kernel_size);
  const auto p = random_parameters<L>();
  for (const std::size_t steps : {9u, 10u, 11u}) {
    for (const std::size_t batch : {1u, 3u}) {
      const auto x = random_numbers(steps * batch * I);
      check_close(run<L>(p, x, batch), by_definition<L>(p, x, batch, options));
    }
  }
}

}  // namespace

TEST_CASE("a convolution is a sum of products over the steps of its kernel") {
  check_forward<with<Padding::valid>>();
  check_forward<with<Padding::valid, 2>>();
  check_forward<with<Padding::valid, 1, 2>>();
  check_forward<with<Padding::valid, 3, 4>>();
  check_forward<with<Padding::causal>>();
  check_forward<with<Padding::causal, 2>>();
  check_forward<with<Padding::causal, 1, 4>>();
  check_forward<with<Padding::causal, 3, 2>>();
  check_forward<with<Padding::causal, 1, 20>>();  // all but the last row of the kernel is in the padding
  check_forward<with<Padding::valid>, 1>();
  check_forward<with<Padding::causal>, 1>();
}

TEST_CASE("a convolution by hand, and with an activation") {
  using L = Conv1D<1, 2, ReLU>::Layer<double, sequence_shape(4, 1)>;
  STATIC_REQUIRE(L::output == sequence_shape(3, 1));
  L::Parameters p;
  p.kernel(0, 0, 0) = -1;
  p.kernel(1, 0, 0) = 1;
  p.bias(0) = 0.5;
  CHECK(run<L>(p, {1, 3, 2, 2}, 1) == std::vector{2.5, 0.0, 0.5});
}

TEST_CASE("steps that a convolution gives") {
  STATIC_REQUIRE(Of<with<Padding::valid>>::output_steps(3) == 1);
  STATIC_REQUIRE(Of<with<Padding::valid, 2>>::output_steps(10) == 4);
  STATIC_REQUIRE(Of<with<Padding::valid, 1, 3>>::output_steps(10) == 4);
  STATIC_REQUIRE(Of<with<Padding::causal>>::output_steps(1) == 1);
  STATIC_REQUIRE(Of<with<Padding::causal, 1, 9>>::output_steps(10) == 10);
  STATIC_REQUIRE(Of<with<Padding::causal, 3>>::output_steps(10) == 4);
  STATIC_REQUIRE(Of<with<Padding::valid>>::output == sequence_shape(any_steps, F));
  STATIC_REQUIRE(Conv1D<5, 4>::Layer<float, sequence_shape(20, 1)>::output == sequence_shape(17, 5));
  STATIC_REQUIRE(Conv1D<5, 4, Tanh, with<Padding::causal, 2>>::Layer<float, sequence_shape(20, 1)>::output ==
                 sequence_shape(10, 5));
  CHECK_THROWS_AS((Of<with<Padding::valid, 1, 3>>::output_steps(6)), ShapeError);
  CHECK_THROWS_WITH((Of<with<Padding::valid, 1, 3>>::output_steps(6)), "conv1d: expected at least 7 steps, found 6");
}

TEST_CASE("a causal convolution step by step gives what it gives for a sequence") {
  const auto check = []<class L>(L) {
    const auto p = random_parameters<L>();
    const auto x = random_numbers(13 * I);
    check_close(run_by_steps<L>(p, x), run<L>(p, x, 1));
  };
  check(Of<with<Padding::causal>>());
  check(Of<with<Padding::causal, 1, 3>>());
  check(Of<with<Padding::causal>, 1>());
  check(Conv1D<3, 2, Softplus, with<Padding::causal>>::Layer<double, sequence_shape(any_steps, I)>());
  STATIC_REQUIRE(StepLayer<Of<with<Padding::causal>>>);
  STATIC_REQUIRE(!StepLayer<Of<with<Padding::valid>>>);
  STATIC_REQUIRE(!StepLayer<Of<with<Padding::causal, 2>>>);
}

TEST_CASE("each sample of a padded batch gives what it gives alone, up to its own length") {
  const auto check = []<class L>(L) {
    constexpr std::size_t T = 9, B = 3;
    const std::vector<std::size_t> lengths{9, 5, 7};
    const auto p = random_parameters<L>();
    const auto x = random_numbers(T * B * I);
    const auto y = run<L>(p, x, B, lengths.data());
    for (std::size_t b = 0; b < B; ++b) {
      std::vector<double> alone;
      for (std::size_t t = 0; t < lengths[b]; ++t) {
        alone.insert(alone.end(), x.data() + (t * B + b) * I, x.data() + (t * B + b + 1) * I);
      }
      const auto expected = run<L>(p, alone, 1);
      for (std::size_t t = 0; t < L::output_steps(lengths[b]); ++t) {
        for (std::size_t f = 0; f < F; ++f) {
          CHECK_THAT(y[(t * B + b) * F + f], WithinAbs(expected[t * F + f], 1e-13));
        }
      }
    }
    std::vector<std::size_t> buffer;
    const std::size_t* const found =
        detail::output_lengths<L>({}, Sequence<const double, I>{x.data(), T, B, lengths.data()}, buffer);
    for (std::size_t b = 0; b < B; ++b) CHECK(found[b] == L::output_steps(lengths[b]));
  };
  check(Of<with<Padding::valid>>());
  check(Of<with<Padding::valid, 2, 2>>());
  check(Of<with<Padding::causal, 2>>());
}

TEST_CASE("a sample that is shorter than a valid kernel is refused") {
  using L = Of<with<Padding::valid>>;
  const std::vector<std::size_t> lengths{5, 2};
  const std::vector<double> x(5 * 2 * I);
  std::vector<std::size_t> buffer;
  const Sequence<const double, I> batch{x.data(), 5, 2, lengths.data()};
  CHECK_THROWS_WITH(detail::output_lengths<L>({}, batch, buffer), "conv1d: expected at least 3 steps, found 2");
}

TEST_CASE("the kernel starts with the variance that Keras gives it") {
  const auto variance = []<class L>(L) {
    Random random(seed(1));
    std::vector<double> kernel(K * I * F);
    double squares = 0;
    constexpr int times = 2000;
    for (int k = 0; k < times; ++k) {
      detail::visit_infos<typename L::Parameters>([&](const detail::FieldInfo& field) {
        if (field.name != "kernel") return;
        detail::initialize<false, double>(field.initializer, kernel, K * I, F, random);
      });
      for (const double number : kernel) squares += number * number;
    }
    return squares / (times * static_cast<double>(kernel.size()));
  };
  // Of a kernel (3,2,3) Keras counts 6 inputs and 9 outputs, where its extents as a matrix say 6 and 3.
  CHECK_THAT(variance(Of<Conv1DOptions{}>()), WithinRel(2.0 / (6 + 9), 0.02));
  CHECK_THAT(
      variance(
          Of<Conv1DOptions{.kernel_initializer = {Initializer::Kind::variance_normal, 1, 0, Initializer::Fan::out}}>()),
      WithinRel(1.0 / 9, 0.02));
  CHECK_THAT(variance(Of<Conv1DOptions{.kernel_initializer = he_normal}>()), WithinRel(2.0 / 6, 0.02));
}

TEST_CASE("gradients of a convolution agree with differences, for every option") {
  const auto check = []<class Specification>(Specification) {
    check_gradients(gradcheck_both<Specification, Input<I>>({.steps = 9, .batch = 3}));
    check_gradients(gradcheck_both<Specification, Input<I>>({.steps = 7, .batch = 1}));
    check_gradients(gradcheck_both<Specification, Input<I>>({.steps = 8, .batch = 3, .lengths = {8, 5, 6}}));
  };
  check(Conv1D<F, K, Linear, with<Padding::valid>>());
  check(Conv1D<F, K, Tanh, with<Padding::valid, 2>>());
  check(Conv1D<F, K, GELU, with<Padding::valid, 1, 2>>());
  check(Conv1D<F, K, Softmax, with<Padding::causal>>());
  check(Conv1D<F, K, Tanh, with<Padding::causal, 2>>());
  check(Conv1D<F, K, SiLU, with<Padding::causal, 1, 3>>());
  check(Conv1D<F, K, Tanh, with<Padding::causal, 3, 2>>());
  check(Conv1D<F, 2, Tanh, Conv1DOptions{.use_bias = false}>());
  check_gradients_of<Conv1D<4, 1>, Input<I>>();
  check_gradients_of<Conv1D<4, 3, Sigmoid, with<Padding::causal>>, Input<1>>();
  check_gradients(gradcheck_both<Conv1D<2, 3>, Input<2, 3>>({.batch = 5}));
  check_gradients(
      gradcheck_both<Conv1D<20, 5, Tanh>, Input<16>>({.steps = 8, .batch = 3, .tolerance = 1e-5}));  // by BLAS
}
