// The code of docs/layers.md.
#include <rnnts/rnnts.hpp>

#include <array>
#include <cmath>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("layers.md: a model and its shapes") {
  // [model]
  Sequential<float, Input<2>, ReturnSequences<SimpleRNN<16>>, LSTM<8>, Dense<1>> model{seed(7)};
  const std::string table = model.summary();
  // [/model]
  CHECK(table ==
        "Layer             Output shape  Parameters\n"
        "------------------------------------------\n"
        "input          (None, None, 2)           0\n"
        "0.simple_rnn  (None, None, 16)         304\n"
        "1.lstm               (None, 8)         800\n"
        "2.dense              (None, 1)           9\n"
        "Total parameters: 1113 (4452 bytes)\n");
}

TEST_CASE("layers.md: options of a layer") {
  // [dense_options]
  constexpr DenseOptions he_without_bias{.use_bias = false, .kernel_initializer = he_normal};

  Sequential<float, Input<3, 20>, Flatten, Dense<32, ReLU, he_without_bias>, Dense<1>> model{seed(7)};
  // [/dense_options]
  CHECK(model.parameter_count() == 60 * 32 + 32 + 1);
  CHECK(model.weights()[0].name == "1.dense.kernel");
}

TEST_CASE("layers.md: regularizers") {
  // [regularizers]
  constexpr GRUOptions gru{.kernel_regularizer = L2(1e-4), .recurrent_regularizer = L2(1e-4)};
  constexpr DenseOptions sparse{.kernel_regularizer = L1(1e-3)};

  Sequential<float, Input<1>, GRU<16, Tanh, Sigmoid, gru>, Dense<1, Linear, sparse>> model{seed(7)};
  // [/regularizers]
  double l2 = 0, l1 = 0;
  for (const auto w : model.layer<0>().kernel) l2 += double{w} * double{w};
  for (const auto w : model.layer<0>().recurrent_kernel) l2 += double{w} * double{w};
  for (const auto w : model.layer<1>().kernel) l1 += std::abs(double{w});
  const std::vector<float> silence(20);  // a net whose biases are 0 answers it with 0
  const std::vector pairs{std::pair{silence, 0.0f}};
  const auto history = fit(model, pairs, MeanSquaredError{}, SGD{}, {.validation = pairs, .verbose = false});
  CHECK(history.loss[0] == Approx(1e-4 * l2 + 1e-3 * l1));
  CHECK(history.val_loss[0] < history.loss[0]);
  CHECK(history.val_loss[0] > 0);
}

TEST_CASE("layers.md: weights") {
  // [weights]
  Sequential<float, Input<1>, SimpleRNN<5>, Dense<1, Sigmoid>> model{seed(7)};

  std::string names;
  for (const auto& weight : model.weights()) names += weight.name + " " + std::to_string(weight.values.size()) + "\n";

  model.layer<0>().kernel(0, 2) = 0.25f;                       // by position, checked by the compiler
  model.weight("0.simple_rnn.kernel").xtensor()(0, 3) = 0.5f;  // by name
  model.set_weight("1.dense.bias", std::vector{0.1f});         // all of one tensor, row by row
  // [/weights]
  CHECK(names ==
        "0.simple_rnn.kernel 5\n0.simple_rnn.recurrent_kernel 25\n0.simple_rnn.bias 5\n1.dense.kernel 5\n1.dense.bias "
        "1\n");
  CHECK(model.weight("0.simple_rnn.kernel").values[2] == 0.25f);
  CHECK(model.layer<0>().kernel(0, 3) == 0.5f);
  CHECK(model.layer<1>().bias(0) == 0.1f);
  CHECK_THROWS_WITH(model.weight("simple_rnn.kernel"),
                    "no weight is named \"simple_rnn.kernel\"; there are: 0.simple_rnn.kernel "
                    "0.simple_rnn.recurrent_kernel 0.simple_rnn.bias 1.dense.kernel 1.dense.bias");
  CHECK_THROWS_WITH(model.set_weight("1.dense.bias", std::vector{1, 2}),
                    "weight \"1.dense.bias\" has 1 numbers, found 2");
}

TEST_CASE("layers.md: weights from PyTorch") {
  // [from_pytorch]
  // As PyTorch stores them: weight_ih_l0 (N,I), weight_hh_l0 (N,N), bias_ih_l0 (N), bias_hh_l0 (N)
  const xt::xtensor<double, 2> weight_ih{{0.1}, {0.2}}, weight_hh{{0.3, 0.4}, {0.5, 0.6}};
  const xt::xtensor<double, 1> bias_ih{0.01, 0.02}, bias_hh{0.03, 0.04};

  Sequential<double, Input<1>, SimpleRNN<2>> model;
  model.set_weight("0.simple_rnn.kernel", xt::transpose(weight_ih));
  model.set_weight("0.simple_rnn.recurrent_kernel", xt::transpose(weight_hh));
  model.set_weight("0.simple_rnn.bias", bias_ih + bias_hh);
  // [/from_pytorch]
  CHECK(model.layer<0>().kernel(0, 1) == 0.2);
  CHECK(model.layer<0>().recurrent_kernel(0, 1) == 0.5);
  CHECK(model.layer<0>().bias(1) == 0.06);
}

namespace {

// The derivatives of the table of activations, against differences.
template <class Act> void check_slope(double (*value)(double), double (*slope)(double)) {
  for (const double x : {-4.1, -2.5, -0.7, -0.1, 0.2, 0.9, 2.2, 3.7}) {
    CAPTURE(Act::name, x);
    CHECK(Act::value(x) == Approx(value(x)).epsilon(1e-12));
    CHECK(Act::slope(x, Act::value(x)) == Approx(slope(x)).epsilon(1e-10).margin(1e-15));
  }
}

double s(double x) { return 1 / (1 + std::exp(-x)); }
double Phi(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }
double phi(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979323846); }

}  // namespace

TEST_CASE("layers.md: the table of activations") {
  check_slope<Linear>([](double x) { return x; }, [](double) { return 1.0; });
  check_slope<Tanh>([](double x) { return std::tanh(x); }, [](double x) { return 1 - std::tanh(x) * std::tanh(x); });
  check_slope<Sigmoid>(s, [](double x) { return s(x) * (1 - s(x)); });
  for (const double x : {-6.0, -2.5, -0.1, 0.9, 3.7}) {
    CHECK(FastTanh::value(x) == Approx(std::tanh(x)).epsilon(0).margin(7e-5));
    CHECK(FastSigmoid::value(x) == Approx(s(x)).epsilon(0).margin(3.5e-5));
  }
  check_slope<HardSigmoid>([](double x) { return std::min(std::max(x / 6 + 0.5, 0.0), 1.0); },
                           [](double x) { return std::abs(x) < 3 ? 1.0 / 6 : 0.0; });
  check_slope<ReLU>([](double x) { return std::max(x, 0.0); }, [](double x) { return x > 0 ? 1.0 : 0.0; });
  check_slope<LeakyReLU>([](double x) { return x > 0 ? x : 0.2 * x; }, [](double x) { return x > 0 ? 1.0 : 0.2; });
  check_slope<ELU>([](double x) { return x > 0 ? x : std::exp(x) - 1; },
                   [](double x) { return x > 0 ? 1.0 : std::exp(x); });
  constexpr double scale = 1.0507009873554805, alpha = 1.6732632423543772;
  check_slope<SELU>([](double x) { return x > 0 ? scale * x : scale * alpha * (std::exp(x) - 1); },
                    [](double x) { return x > 0 ? scale : scale * alpha * std::exp(x); });
  check_slope<Softplus>([](double x) { return std::log(1 + std::exp(x)); }, s);
  check_slope<SiLU>([](double x) { return x * s(x); }, [](double x) { return s(x) * (1 + x * (1 - s(x))); });
  check_slope<GELU>([](double x) { return x * Phi(x); }, [](double x) { return Phi(x) + x * phi(x); });
  check_slope<Softsign>([](double x) { return x / (1 + std::abs(x)); },
                        [](double x) { return 1 / ((1 + std::abs(x)) * (1 + std::abs(x))); });
  check_slope<Exponential>([](double x) { return std::exp(x); }, [](double x) { return std::exp(x); });
}

TEST_CASE("layers.md: numbers of parameters") {
  constexpr std::size_t I = 3, N = 7;
  CHECK(Sequential<float, Input<I, 1>, Flatten, Dense<N>>{}.parameter_count() == N * (I + 1));
  CHECK(Sequential<float, Input<I>, SimpleRNN<N>>{}.parameter_count() == N * (I + N + 1));
  CHECK(Sequential<float, Input<I>, LSTM<N>>{}.parameter_count() == 4 * N * (I + N + 1));
  CHECK(Sequential<float, Input<I>, GRU<N>>{}.parameter_count() == 3 * N * (I + N + 2));
}
