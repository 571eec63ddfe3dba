#include "rnnts/layers/gradcheck.hpp"

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Right = Dense<2, Tanh>::Layer<double, sequence_shape(any_steps, 3)>;
using X = Sequence<const double, 3>;
using Y = Sequence<const double, 2>;
using DX = Sequence<double, 3>;

/// A right layer with one thing done wrong.
struct ForgetsBias : Right {
  static void backward(const Parameters& p, X x, const Tape& tape, Y y, Y dy, Workspace& w, Parameters& dp, DX dx) {
    const auto bias = dp.bias;
    Right::backward(p, x, tape, y, dy, w, dp, dx);
    dp.bias = bias;
  }
};

struct OverwritesGradient : Right {
  static void backward(const Parameters& p, X x, const Tape& tape, Y y, Y dy, Workspace& w, Parameters& dp, DX dx) {
    dp = {};
    Right::backward(p, x, tape, y, dy, w, dp, dx);
  }
};

struct AddsToInputGradient : Right {
  static void backward(const Parameters& p, X x, const Tape& tape, Y y, Y dy, Workspace& w, Parameters& dp, DX dx) {
    const double before = dx.data[4];
    Right::backward(p, x, tape, y, dy, w, dp, dx);
    dx.data[4] += before;
  }
};

struct LeavesOutputUnset : Right {
  static void forward(const Parameters& p, X x, Tape& tape, Sequence<double, 2> y) {
    const double before = y.data[1];
    Right::forward(p, x, tape, y);
    y.data[1] = before;
  }
};

struct SlightlyWrong : Right {
  static void backward(const Parameters& p, X x, const Tape& tape, Y y, Y dy, Workspace& w, Parameters& dp, DX dx) {
    Right::backward(p, x, tape, y, dy, w, dp, dx);
    dx.data[2] *= 1 + 1e-5;
  }
};

}  // namespace

TEST_CASE("a right layer passes, and the result says how closely") {
  const auto result = gradcheck<Right>();
  CHECK(result);
  CHECK(result.largest_error > 0);
  CHECK(result.largest_error < 1e-7);
  CHECK_THAT(result.message(), StartsWith("gradients agree; the largest relative error is "));
}

TEST_CASE("what is wrong is found and named") {
  const auto bias = gradcheck<ForgetsBias>();
  CHECK_FALSE(bias);
  CHECK_THAT(bias.where, StartsWith("bias["));
  CHECK_THAT(bias.message(), StartsWith("gradients differ; "));
  CHECK_FALSE(gradcheck<OverwritesGradient>());
  CHECK_FALSE(gradcheck<AddsToInputGradient>());
  CHECK_FALSE(gradcheck<LeavesOutputUnset>());
  const auto slight = gradcheck<SlightlyWrong>();
  CHECK_FALSE(slight);
  CHECK(slight.where == "x[2]");
}

TEST_CASE("sizes, seed and tolerance can be chosen") {
  CHECK(gradcheck<Right>({.steps = 1, .batch = 1}));
  CHECK(gradcheck<SlightlyWrong>({.tolerance = 1e-4}));
  CHECK(gradcheck<Right>({.seed = seed(1)}).computed != gradcheck<Right>({.seed = seed(2)}).computed);
  CHECK(gradcheck<Dense<2, Tanh>, Input<3>>());
}
