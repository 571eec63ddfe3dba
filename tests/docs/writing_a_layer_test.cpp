// The code of docs/writing_a_layer.md that is not that of examples/custom_layer.cpp.
#include <rnnts/rnnts.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

// [activation]
/// Tanh of a third of x: keeps its slope over a wider range.
struct WideTanh {
  static constexpr std::string_view name = "wide_tanh";
  static constexpr bool needs_input = false;  // the slope is computed from y
  template <Scalar T> static T value(T x) { return std::tanh(x / 3); }
  template <Scalar T> static T slope(T /*x*/, T y) { return (1 - y * y) / 3; }
};
// [/activation]

// [stateless]
/// y[t] = x[t] - x[t-1], with x[-1] = 0.   x, y: (T,B,I)
struct Differences {
  template <Scalar T, Shape Input> struct Layer {
    using scalar = T;
    using Parameters = Nothing;  // no weights
    using Tape = Nothing;        // nothing to remember for the backward pass
    using Workspace = Nothing;

    static constexpr std::string_view name = "differences";
    static constexpr Shape input = Input, output = Input;
    static constexpr std::size_t I = Input.features;

    static void forward(const Parameters&, Sequence<const T, I> x, Tape&, Sequence<T, I> y) {
      const std::size_t row = x.batch * I;
      for (std::size_t k = 0; k < x.steps * row; ++k) y.data[k] = x.data[k] - (k < row ? 0 : x.data[k - row]);
    }

    static void backward(const Parameters&, Sequence<const T, I> x, const Tape&, Sequence<const T, I>,
                         Sequence<const T, I> dy, Workspace&, Parameters&, Sequence<T, I> dx) {
      if (dx.empty()) return;  // the first layer is not asked for it
      const std::size_t row = x.batch * I, all = x.steps * row;
      for (std::size_t k = 0; k < all; ++k) dx.data[k] = dy.data[k] - (k + row < all ? dy.data[k + row] : 0);
    }

    struct State {
      Tensor<T, I> before;
    };

    static void step(const Parameters&, std::span<const T, I> x, State& state, std::span<T, I> y) noexcept {
      for (std::size_t i = 0; i < I; ++i) y[i] = x[i] - state.before(i);
      std::ranges::copy(x, state.before.begin());
    }
  };
};
// [/stateless]

// [dynamic]
/// y = factor ⊙ x.   x, y: (T,B,I)   factor: (I)
struct Scale {
  template <Scalar T, Shape Input> struct Layer {
    using scalar = T;
    using Tape = Nothing;
    using Workspace = Nothing;
    using State = Nothing;

    static constexpr std::string_view name = "scale";
    static constexpr Shape input = Input, output = Input;
    static constexpr std::size_t I = Input.features;  // or `dynamic`: for types, not for sums

    struct Parameters {
      Tensor<T, I> factor;

      static constexpr auto fields() { return std::tuple{Field{"factor", &Parameters::factor, ones}}; }
    };

    static void resize(Parameters& p, const Scale&, const Shape& in) { p.factor.resize(in.features); }
    static Scale specification(const Parameters&) { return {}; }

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape&, Sequence<T, I> y) {
      for (std::size_t row = 0; row < x.rows().count; ++row) multiply(p, x.rows()[row], y.rows()[row]);
    }

    static void backward(const Parameters& p, Sequence<const T, I> x, const Tape&, Sequence<const T, I>,
                         Sequence<const T, I> dy, Workspace&, Parameters& dp, Sequence<T, I> dx) {
      for (std::size_t row = 0; row < x.rows().count; ++row) {
        for (std::size_t i = 0; i < x.width; ++i) dp.factor(i) += dy.rows()[row][i] * x.rows()[row][i];
        if (!dx.empty()) multiply(p, dy.rows()[row], dx.rows()[row]);
      }
    }

    static void step(const Parameters& p, std::span<const T, I> x, State&, std::span<T, I> y) noexcept {
      multiply(p, x.data(), y.data());
    }

    static void multiply(const Parameters& p, const T* x, T* y) {
      for (std::size_t i = 0; i < p.factor.size(); ++i) y[i] = p.factor(i) * x[i];
    }
  };
};
// [/dynamic]

}  // namespace

TEST_CASE("writing_a_layer.md: an activation") {
  // [check_activation]
  CHECK(gradcheck<SimpleRNN<4, WideTanh>, Input<2>>());
  // [/check_activation]
  STATIC_REQUIRE(ElementwiseActivation<WideTanh>);
}

TEST_CASE("writing_a_layer.md: a layer without weights") {
  CHECK(gradcheck<Differences, Input<3>>({.steps = 5}));
  CHECK(gradcheck<Differences, Input<1>>({.steps = 1, .batch = 1}));
  STATIC_REQUIRE(StepLayer<Differences::Layer<float, sequence_shape(any_steps, 2)>>);
  const Sequential<double, Input<1>, Differences, SimpleRNN<3>, Dense<1>> model{seed(7)};
  const std::vector<double> window{0.1, 0.5, -0.2};
  Stream stream(model);
  double y = 0;
  for (const double x : window) y = stream.step(x)[0];
  CHECK(y == Approx(model.predict(window)(0)).epsilon(1e-12));
}

TEST_CASE("writing_a_layer.md: sizes that a run chooses") {
  // [check_dynamic]
  CHECK(gradcheck<Scale, Input<3>>());
  CHECK(gradcheck(Scale{}, Input(3)));
  CHECK(gradcheck(sequential<double>(Input(3), Scale{}, GRU(4), Scale{}, Dense(2))));
  // [/check_dynamic]
  const auto model = sequential<double>(Input(1), Scale{}, GRU(4), Dense(1), seed(7));
  const std::vector<double> window{0.1, 0.5, -0.2};
  Stream stream(model);
  double y = 0;
  for (const double x : window) y = stream.step(x)[0];
  CHECK(y == Approx(model.predict(window)(0)).epsilon(1e-12));
}

TEST_CASE("writing_a_layer.md: gradcheck") {
  // [gradcheck]
  const GradcheckResult result = gradcheck<GRU<3>, Input<2>>({.steps = 6, .batch = 5, .seed = seed(1)});
  INFO(result.message());
  CHECK(result);
  // [/gradcheck]

  // [gradcheck_model]
  CHECK(gradcheck<Sequential<double, Input<2>, Differences, SimpleRNN<3>, Dense<1>>>());
  // [/gradcheck_model]
}
