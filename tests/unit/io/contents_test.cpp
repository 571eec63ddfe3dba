#include "rnnts/io/contents.hpp"

#include <string>
#include <tuple>

#include "rnnts/layers/average_pooling1d.hpp"
#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/embedding.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/last_steps.hpp"
#include "rnnts/layers/layer_normalization.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/max_pooling1d.hpp"
#include "rnnts/layers/repeat_vector.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/series/scale.hpp"
#include "support/catch.hpp"

using namespace rnnts;
using detail::contents;

namespace {

template <class Specification, class In = Input<2>>
const std::string config = [] {
  using L = typename Specification::template Layer<double, In::shape>;
  if constexpr (requires { L::config(); }) {
    return L::config();
  } else {
    return L::config(typename L::Parameters(), L::input);
  }
}();

}  // namespace

TEST_CASE("contents: the input, each layer with what its weights do not show, each tensor") {
  const Sequential<double, Input<2, 3>, SimpleRNN<4, Tanh, SimpleRNNOptions{.return_sequences = true}>, Flatten,
                   Dense<1, Sigmoid, DenseOptions{.use_bias = false}>>
      model;
  CHECK(contents(model) ==
        "input (steps, 2)\n"
        "0.simple_rnn (steps, 4): activation tanh\n"
        "1.flatten (12)\n"
        "2.dense (1): activation sigmoid\n"
        "0.simple_rnn.kernel: double (2, 4)\n"
        "0.simple_rnn.recurrent_kernel: double (4, 4)\n"
        "0.simple_rnn.bias: double (4)\n"
        "2.dense.kernel: double (12, 1)\n");
}

TEST_CASE("contents: the number of steps does not matter where the weights do not depend on it") {
  CHECK(contents(Sequential<float, Input<1, 20>, SimpleRNN<2>>{}) ==
        contents(Sequential<float, Input<1>, SimpleRNN<2>>{}));
}

TEST_CASE("contents: a struct of tensors is the list of its fields") {
  const Sequential<float, Input<1>, Dense<2>> model;
  CHECK(contents(model.parameters()) == "0.dense.kernel: float (1, 2)\n0.dense.bias: float (2)\n");
  CHECK(contents(model.layer<0>()) == "kernel: float (1, 2)\nbias: float (2)\n");
}

TEST_CASE("layers tell the options that change their function but not their weights") {
  CHECK(config<Dense<1, Softmax>> == "activation softmax");
  CHECK(config<SimpleRNN<1>> == "activation tanh");
  CHECK(config<SimpleRNN<1, ReLU, SimpleRNNOptions{.go_backwards = true}>> == "activation relu, go_backwards");
  CHECK(config<LSTM<1>> == "activation tanh, recurrent_activation sigmoid");
  CHECK(config<LSTM<1, ELU, HardSigmoid, LSTMOptions{.go_backwards = true}>> ==
        "activation elu, recurrent_activation hard_sigmoid, go_backwards");
  CHECK(config<GRU<1>> == "activation tanh, recurrent_activation sigmoid, reset_after");
  CHECK(config<GRU<1, Tanh, Sigmoid, GRUOptions{.go_backwards = true, .reset_after = false}>> ==
        "activation tanh, recurrent_activation sigmoid, go_backwards");
  CHECK(config<Conv1D<4, 3, ReLU, Conv1DOptions{.padding = Padding::causal, .dilation_rate = 2}>> ==
        "activation relu, causal, strides 1, dilation_rate 2");
  CHECK(RepeatVector<3>::Layer<double, vector_shape(2)>::config() == "steps 3");
  CHECK(config<LastSteps<3>> == "steps 3");
  CHECK(config<Embedding<7, 3>> == "input_dim 7, output_dim 3");
  CHECK(config<MaxPooling1D<3, 2>> == "pool_size 3, strides 2");
  CHECK(config<AveragePooling1D<>> == "pool_size 2, strides 2");
  CHECK(config<LayerNormalization<LayerNormalizationOptions{.epsilon = 0.25}>> == "epsilon 0.25");
}

TEST_CASE("layers of layers tell what they are made of") {
  CHECK(config<Bidirectional<GRU<3>, Merge::ave>> ==
        "merge ave [0.gru (3): activation tanh, recurrent_activation sigmoid, reset_after]");
  CHECK(config<Concatenate<Branch<SimpleRNN<2, ReLU>, Dense<2>>, LSTM<1>>> ==
        "[0.sequential (2): [0.simple_rnn (2): activation relu; 1.dense (2): activation linear]; "
        "1.lstm (1): activation tanh, recurrent_activation sigmoid]");
}

TEST_CASE("contents: models in a struct tell their layers, too") {
  struct Forecaster {
    Sequential<float, Input<1>, Dense<2, ReLU>> net;
    StandardScaler<float> scaler;

    static constexpr auto fields() {
      return std::tuple{Field{"net", &Forecaster::net}, Field{"scaler", &Forecaster::scaler}};
    }
  };
  const Forecaster forecaster{.net = Sequential<float, Input<1>, Dense<2, ReLU>>(), .scaler = {}};
  CHECK(contents(forecaster) ==
        "net: input (steps, 1)\n"
        "net: 0.dense (steps, 2): activation relu\n"
        "net.0.dense.kernel: float (1, 2)\n"
        "net.0.dense.bias: float (2)\n"
        "scaler.mean: double (1)\n"
        "scaler.scale: double (1)\n");
}

TEST_CASE("contents: a struct that a struct lists may tell more by config") {
  struct Columns {
    std::string names;
    Tensor<double, 1> mean;

    std::string config() const { return names; }
    static constexpr auto fields() { return std::tuple{Field{"mean", &Columns::mean}}; }
  };
  struct Listing {
    Columns columns;

    static constexpr auto fields() { return std::tuple{Field{"columns", &Listing::columns}}; }
  };
  CHECK(contents(Listing{.columns = {.names = "price", .mean = {}}}) == "columns: price\ncolumns.mean: double (1)\n");
  CHECK(contents(Listing{.columns = {.names = "", .mean = {}}}) == "columns.mean: double (1)\n");
}
