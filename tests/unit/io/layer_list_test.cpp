#include "rnnts/io/layer_list.hpp"

#include <string>
#include <vector>

#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/model/sequential.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<>, Bidirectional<GRU<>>, Dropout<0.5>, Dense<>>;
using Names = std::vector<std::string>;
using Extents = std::vector<std::size_t>;

Names names_of(const auto& layer) {
  Names names;
  for (const auto& weight : layer.weights) names.push_back(weight.name);
  return names;
}

}  // namespace

TEST_CASE("the layers of a model are listed with their weights, which can be written") {
  Net net{Input(3), Bidirectional(GRU(4)), Dropout<0.5>{}, Dense(2), seed(1)};
  const auto layers = detail::list_layers<Net::Stack>(net.parameters(), net.input_shape());
  REQUIRE(layers.size() == 3);
  CHECK(layers[0].name() == "0.bidirectional");
  CHECK(layers[1].name() == "1.dropout");
  CHECK(layers[2].name() == "2.dense");
  CHECK(names_of(layers[0]) == Names{"forward.kernel", "forward.recurrent_kernel", "forward.bias", "backward.kernel",
                                     "backward.recurrent_kernel", "backward.bias"});
  CHECK(names_of(layers[1]).empty());
  CHECK(names_of(layers[2]) == Names{"kernel", "bias"});
  CHECK(layers[0].input.features == 3);
  CHECK(layers[0].output.features == 8);
  CHECK(layers[2].weights[0].shape == Extents{8, 2});

  layers[2].weights[1].values[1] = 7;
  CHECK(net.layer<2>().bias(1) == 7);
}

TEST_CASE("layers that have no sizes yet are listed with extents of 0") {
  const Net::Parameters none;
  const auto layers = detail::list_layers<Net::Stack>(none, sequence_shape(any_steps, 0));
  REQUIRE(layers.size() == 3);
  CHECK(names_of(layers[2]) == Names{"kernel", "bias"});
  CHECK(layers[2].weights[0].shape == Extents{0, 0});
}
