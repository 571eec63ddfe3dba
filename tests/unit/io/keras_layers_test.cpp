#include "rnnts/io/keras_layers.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("Keras numbers layers of one kind in their order") {
  constexpr std::array<std::string_view, 5> names{"gru", "dense", "gru", "dropout", "gru"};
  CHECK(detail::keras_groups(names) == std::vector<std::string>{"gru", "dense", "gru_1", "dropout", "gru_2"});
}

TEST_CASE("weights stand where Keras has them") {
  constexpr std::array<std::string_view, 4> names{"lstm", "bidirectional", "layer_normalization", "dense"};
  const std::vector<std::string> weights{"0.lstm.kernel",
                                         "0.lstm.recurrent_kernel",
                                         "1.bidirectional.forward.kernel",
                                         "1.bidirectional.forward.bias",
                                         "1.bidirectional.backward.kernel",
                                         "2.layer_normalization.beta",
                                         "3.dense.kernel",
                                         "3.dense.bias"};
  CHECK(detail::keras_paths(names, weights) ==
        std::vector<std::string>{
            "layers/lstm/cell/vars/0", "layers/lstm/cell/vars/1", "layers/bidirectional/forward_layer/cell/vars/0",
            "layers/bidirectional/forward_layer/cell/vars/1", "layers/bidirectional/backward_layer/cell/vars/0",
            "layers/layer_normalization/vars/0", "layers/dense/vars/0", "layers/dense/vars/1"});
}

TEST_CASE("the items of a layer's config are taken one by one") {
  detail::ConfigItems items("activation tanh, go_backwards, strides 12");
  CHECK(items.take("go_backwards"));
  CHECK_FALSE(items.take("go_backwards"));
  CHECK(items.take_number<std::size_t>("strides") == 12);
  CHECK(items.take_value("recurrent_activation").empty());
  CHECK(items.left() == std::vector<std::string_view>{"activation tanh"});
  CHECK(items.take_value("activation") == "tanh");
  CHECK(detail::ConfigItems("").left().empty());
}

TEST_CASE("an option that Keras has not is named") {
  const detail::ListedLayer<float> layer{
      2, "dense", vector_shape(3), vector_shape(1), {}, "activation tanh, new_one 3"};
  CHECK_THROWS_MATCHES(detail::keras_layer(layer, layer.type, layer.config), ArgumentError,
                       Message("2.dense: Keras has no option \"new_one 3\""));
  CHECK_THROWS_MATCHES(detail::keras_layer(layer, "slstm", ""), ArgumentError,
                       Message("2.dense: Keras has no layer like slstm"));
}
