// The code on the page docs/sizes.md.
#include <rnnts/rnnts.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/unique_path.hpp"

using namespace rnnts;

namespace {

std::vector<float> wave(std::size_t steps) {
  std::vector<float> values;
  for (std::size_t t = 0; t < steps; ++t) values.push_back(std::sin(0.3F * static_cast<float>(t)));
  return values;
}

/// What an expression throws.
std::string message_of(const auto& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

bool same_weights(const auto& a, const auto& b) {
  return std::ranges::equal(a.weights(), b.weights(), [](const auto& one, const auto& other) {
    return one.name == other.name && std::ranges::equal(one.values, other.values);
  });
}

}  // namespace

TEST_CASE("sizes.md: both forms") {
  const std::size_t units = 32;
  // [both]
  Sequential<float, Input<3>, GRU<32>, Dense<14>> fixed{seed(7)};             // the compiler knows the sizes
  auto chosen = sequential<float>(Input(3), GRU(units), Dense(14), seed(7));  // a run chooses them
  // [/both]
  CHECK(same_weights(fixed, chosen));
  CHECK(fixed.summary() == chosen.summary());
  CHECK(chosen.input_shape() == sequence_shape(any_steps, 3));
  CHECK(chosen.output_shape() == vector_shape(14));

  const std::size_t inputs = 3, outputs = 14;
  // [type]
  using Net = Sequential<float, Input<>, GRU<>, Dense<>>;  // <> stands for <dynamic>
  Net net{Input(inputs), GRU(units), Dense(outputs), seed(7)};
  // [/type]
  CHECK(std::same_as<decltype(chosen), Net>);
  CHECK(std::same_as<Net, Sequential<float, Input<dynamic>, GRU<dynamic>, Dense<dynamic>>>);
  CHECK(same_weights(net, chosen));

  std::vector<Net> nets;
  nets.emplace_back(Input(1), GRU(2), Dense(3));
  nets.push_back(net);
  net = nets.front();
  CHECK(net.output_shape() == vector_shape(3));
  CHECK(same_weights(nets.back(), chosen));
}

TEST_CASE("sizes.md: how each layer is written") {
  const std::size_t units = 8, filters = 4, horizon = 24;
  // [layers]
  constexpr LSTMOptions dropped{.recurrent_dropout = 0.2};

  const auto classifier = sequential<float>(Input(2), ReturnSequences<GRU<>>(units), Dense<dynamic, Sigmoid>(1));
  const auto options = sequential<float>(Input(2), LSTM<dynamic, Tanh, Sigmoid, dropped>(units), Dense(1));
  const auto bidirectional = sequential<float>(Input(2), Bidirectional(LSTM(units)), Dense(1));
  const auto perceptron = sequential<float>(Input(2, 20), Flatten{}, Dense<dynamic, ReLU>(units), Dense(1));
  const auto convolution = sequential<float>(Input(2), Conv1D<dynamic, 3>(filters), MaxPooling1D<2>{}, GRU(units));
  const auto branches =
      sequential<float>(Input(2), Concatenate(GRU(units), Branch(LastStep{}, Dense(2))), Dropout<0.1>{}, Dense(1));
  const auto ahead = sequential<float>(Input(2), ReturnSequences<GRU<>>(units), LastSteps(horizon), Dense(1));
  // [/layers]
  CHECK(classifier.output_shape() == sequence_shape(any_steps, 1));
  CHECK(options.parameter_count() == 4 * 8 * (2 + 8 + 1) + 9);
  CHECK(bidirectional.weight("1.dense.kernel").shape == std::vector<std::size_t>{16, 1});
  CHECK(perceptron.weight("1.dense.kernel").shape == std::vector<std::size_t>{40, 8});
  CHECK(convolution.output_shape() == vector_shape(8));
  CHECK(branches.weight("2.dense.kernel").shape == std::vector<std::size_t>{10, 1});
  CHECK(ahead.output_shape() == sequence_shape(24, 1));
}

TEST_CASE("README.md: sizes when it runs") {
  const std::size_t features = 2, units = 16;
  // [readme]
  auto model = sequential<double>(Input(features), GRU(units), Dense(1), seed(7));
  // [/readme]
  CHECK(model.weight("0.gru.kernel").shape == std::vector<std::size_t>{2, 48});
}

TEST_CASE("sizes.md: mixtures") {
  const std::size_t units = 24;
  // [mixture]
  auto model = sequential<float>(Input<2>{}, ReturnSequences<GRU<>>(units), GRU<6>{}, Dense<3>{}, seed(7));
  // [/mixture]
  using Mixture = Sequential<float, Input<2>, ReturnSequences<GRU<>>, GRU<6>, Dense<3>>;
  CHECK(std::same_as<decltype(model), Mixture>);
}

TEST_CASE("sizes.md: a search") {
  const auto [train, validation] = split(wave(200), 0.7);
  const auto windows = views::window(20);
  std::vector<double> losses;
  // [search]
  for (const std::size_t units : std::vector<std::size_t>{4, 8, 16}) {
    auto model = sequential<float>(Input(1), GRU(units), Dense(1), seed(7));
    const History history = fit(model, train | windows, MeanSquaredError{}, Adam{},
                                {.epochs = 2, .validation = validation | windows, .verbose = false});
    losses.push_back(history.val_loss.back());
  }
  // [/search]
  Sequential<float, Input<1>, GRU<16>, Dense<1>> fixed{seed(7)};
  const History history = fit(fixed, train | windows, MeanSquaredError{}, Adam{},
                              {.epochs = 2, .validation = validation | windows, .verbose = false});
  REQUIRE(losses.size() == 3);
  CHECK(losses.back() == Approx(history.val_loss.back()).epsilon(1e-4));
}

TEST_CASE("sizes.md: what is checked when the net is made") {
  CHECK(message_of([] { sequential<float>(Input(3), GRU(0), Dense(14)); }) ==
        "0.gru: expected from 1 to 268435456 units, found 0");
  CHECK(message_of([] { sequential<float>(Input(0), GRU(8), Dense(14)); }) ==
        "input: expected from 1 to 268435456 features, found 0");
  CHECK(message_of([] { sequential<float>(Input(3), GRU(1'000'000'000)); }) ==
        "0.gru: expected from 1 to 268435456 units, found 1000000000");
  CHECK(message_of([] { sequential<float>(Input(3), Add(GRU(8), GRU(6)), Dense(14)); }) ==
        "add: expected 8 outputs of each branch, found 6 of branch 1");
  CHECK(message_of([] { sequential<float>(Input(3, 2), Conv1D<dynamic, 3>(8), Flatten{}, Dense(1)); }) ==
        "conv1d: expected at least 3 steps, found 2");
  CHECK_THROWS_AS(sequential<float>(Input(3), GRU(8), Dense(0)), ArgumentError);
}

TEST_CASE("sizes.md: what is checked when the net meets data") {
  using Rows = std::vector<std::vector<float>>;
  const auto model = sequential<float>(Input(3), GRU(8), Dense(14));
  CHECK(message_of([&] { model.predict(Rows(20, std::vector<float>(2))); }) ==
        "window 0: expected 3 numbers per step, found 2; is the model to have Input<2>?");
  const auto perceptron = sequential<float>(Input(3, 20), Flatten{}, Dense(14));
  CHECK(message_of([&] { perceptron.predict(Rows(10, std::vector<float>(3))); }) ==
        "predict: the model expects 20 steps, found 10");
  auto likelihood = sequential<float>(Input(1), GRU(8), Dense(3));
  CHECK(message_of([&] {
          fit(likelihood, wave(100) | views::window(20), GaussianNegativeLogLikelihood{}, Adam{},
              {.epochs = 1, .verbose = false});
        }) == "the loss \"gaussian_nll\" needs another number of outputs than the model has, which is 3");
}

TEST_CASE("sizes.md: files") {
  const std::filesystem::path file = unique_path("sizes.rnnts");
  // [files]
  using Chosen = Sequential<float, Input<>, GRU<>, Dense<>>;
  using Fixed = Sequential<float, Input<1>, GRU<8>, Dense<1>>;

  save(Fixed{seed(7)}, file);
  auto model = load<Chosen>(file);       // GRU(8), as the file says
  save(model, file);                     // the same bytes
  const auto again = load<Fixed>(file);  // a net with GRU<9> would throw a FileError
  // [/files]
  CHECK(model.output_shape() == vector_shape(1));
  CHECK(same_weights(model, Fixed{seed(7)}));
  CHECK(same_weights(again, model));
  CHECK(to_bytes(model) == to_bytes(Fixed{seed(7)}));
  CHECK_THAT(message_of([&] { load<Sequential<float, Input<1>, GRU<9>, Dense<1>>>(file); }),
             ContainsSubstring("does not fit the model: expected \"0.gru (9): ") &&
                 ContainsSubstring(", found \"0.gru (8): "));
  auto nine = sequential<float>(Input(1), GRU(9), Dense(1));
  CHECK_THAT(message_of([&] { load(nine, file); }),
             ContainsSubstring("does not fit the model: expected \"0.gru (9): "));
  CHECK_THROWS_AS((load<Sequential<float, Input<>, LSTM<>, Dense<>>>(file)), FileError);
  std::filesystem::remove(file);
}

TEST_CASE("sizes.md: streams") {
  auto model = sequential<float>(Input(3), GRU(8), Dense(2), seed(7));
  const std::vector<float> sample{0.1F, 0.2F, 0.3F};
  // [stream]
  Stream stream(model);                                  // allocates what its steps need
  const std::span<const float> y = stream.step(sample);  // any 3 numbers in a row; 2 come out
  // [/stream]
  CHECK(y.size() == 2);
  Sequential<float, Input<3>, GRU<8>, Dense<2>> fixed{seed(7)};
  Stream other(fixed);
  const auto expected = other.step(std::span(sample).first<3>());
  CHECK(y[1] == Approx(expected[1]));
}
