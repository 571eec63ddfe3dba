// The layers of a model as one list, for readers and writers of other programs' files.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/stack.hpp"
#include "rnnts/model/weights.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A layer of a model, of one type for all layers. T is const where the model is.
template <class T> struct ListedLayer {
  std::size_t index;                          ///< in the model
  std::string_view type;                      ///< as "gru"
  Shape input, output;                        ///< of one sample
  std::vector<Weight<T>> weights;             ///< named within the layer, as "kernel" or "forward.bias"
  std::string config = {};                    ///< what it tells by `config()`
  double dropout = 0, recurrent_dropout = 0;  ///< rates

  /// With its place in the model, as "0.gru".
  std::string name() const { return sentence(index, ".", type); }
};

/// The same for a writer.
template <class T> std::vector<ListedLayer<const T>> read_only(const std::vector<ListedLayer<T>>& layers) {
  std::vector<ListedLayer<const T>> all;
  for (const auto& [index, type, input, output, weights, config, dropout, recurrent_dropout] : layers) {
    all.push_back({index, type, input, output, {}, config, dropout, recurrent_dropout});
    for (const auto& weight : weights) all.back().weights.push_back({weight.name, weight.shape, weight.values});
  }
  return all;
}

/// The rates of dropout of a layer, or of the one that it has twice: of its inputs, or its own, and of its states.
template <Layer L> constexpr std::array<double, 2> dropout_rates() {
  if constexpr (requires { typename L::Wrapped; }) {
    return dropout_rates<typename L::Wrapped>();
  } else if constexpr (requires { L::recurrent_dropout_rate; }) {
    return {L::dropout_rate, L::recurrent_dropout_rate};
  } else if constexpr (requires { L::dropout_rate; }) {
    return {L::dropout_rate, 0};
  } else {
    return {};
  }
}

/// The layers of a stack with these weights, for an input of this shape. Weights that were not made yet, of layers
/// whose sizes the program chooses when it runs, have extents of 0 there.
template <class Stack, class Parameters> auto list_layers(Parameters& p, const Shape& input) {
  using T = std::conditional_t<std::is_const_v<Parameters>, const typename Stack::scalar, typename Stack::scalar>;
  std::vector<ListedLayer<T>> layers;
  Stack::for_each_layer(p, input, [&]<std::size_t K>(auto& weights, const Shape& shape) {
    using L = typename Stack::template At<K>;
    constexpr auto rates = dropout_rates<L>();
    layers.push_back({K, L::name, shape, output_shape<L>(weights, shape), list_weights<T>(weights),
                      config_text<L>(weights, shape), rates[0], rates[1]});
  });
  return layers;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
