#include "rnnts/layers/recurrent_options.hpp"

#include <concepts>

#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("ReturnSequences changes one option and leaves the others and the activations") {
  STATIC_REQUIRE(std::same_as<ReturnSequences<LSTM<8>>, LSTM<8, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>>);
  constexpr GRUOptions without_bias{.use_bias = false}, sequences{.return_sequences = true, .use_bias = false};
  STATIC_REQUIRE(
      std::same_as<ReturnSequences<GRU<3, ReLU, HardSigmoid, without_bias>>, GRU<3, ReLU, HardSigmoid, sequences>>);
  STATIC_REQUIRE(ReturnSequences<SimpleRNN<2, ReLU>>::options.return_sequences);
}

TEST_CASE("a layer takes options without naming its activations") {
  constexpr GRUOptions before{.reset_after = false, .dropout = 0.1};
  STATIC_REQUIRE(std::same_as<GRU<4>::With<before>, GRU<4, Tanh, Sigmoid, before>>);
  STATIC_REQUIRE(std::same_as<SimpleRNN<4, ReLU>::With<SimpleRNNOptions{}>, SimpleRNN<4, ReLU>>);
}

TEST_CASE("an option that a layer does not have cannot be set") {
  STATIC_REQUIRE(std::same_as<decltype(LSTMOptions::unit_forget_bias), bool>);
  STATIC_REQUIRE(std::same_as<decltype(GRUOptions::reset_after), bool>);
  STATIC_REQUIRE(!std::convertible_to<bool, decltype(SimpleRNNOptions::reset_after)>);
  STATIC_REQUIRE(!std::convertible_to<bool, decltype(LSTMOptions::reset_after)>);
  STATIC_REQUIRE(!std::convertible_to<bool, decltype(GRUOptions::unit_forget_bias)>);
}

TEST_CASE("dropout rates are at least 0 and below 1") {
  CHECK(SimpleRNNOptions{.dropout = 0.5, .recurrent_dropout = 0}.has_dropout_rates());
  CHECK_FALSE(SimpleRNNOptions{.dropout = 1}.has_dropout_rates());
  CHECK_FALSE(SimpleRNNOptions{.recurrent_dropout = -0.1}.has_dropout_rates());
}
