// The modules of PyTorch that layers stand for, and where each weight is in their tensors.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/never.hpp"
#include "rnnts/io/layer_list.hpp"
#include "rnnts/kernels/activation.hpp"
#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/layer_normalization.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/model/bare_sequential.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A module as torch.nn has it.
struct TorchModule {
  std::string_view type;  ///< as "GRU"; nothing for a layer without weights
  std::size_t gates = 0;  ///< of a recurrent one
  bool is_bidirectional = false;

  bool is_recurrent() const { return gates > 0; }
  friend bool operator==(const TorchModule&, const TorchModule&) = default;
};

/// `module` is what a layer stands for.
template <class Specification> struct TorchModuleOf {
  static_assert(never<Specification>,
                "PyTorch has no module with the weights of this layer. Those that it has are Dense, SimpleRNN, LSTM, "
                "GRU, Bidirectional, LayerNormalization and Conv1D; layers without weights may stand between them.");
  static constexpr TorchModule module{};
};

template <std::size_t N, class Act, DenseOptions options> struct TorchModuleOf<Dense<N, Act, options>> {
  static constexpr TorchModule module{.type = "Linear"};
};

template <std::size_t F, std::size_t K, class Act, Conv1DOptions options>
struct TorchModuleOf<Conv1D<F, K, Act, options>> {
  static constexpr TorchModule module{.type = "Conv1d"};
};

template <LayerNormalizationOptions options> struct TorchModuleOf<LayerNormalization<options>> {
  static_assert(options.scale, "PyTorch's LayerNorm has no bias without a weight: set scale, or center to false too.");
  static constexpr TorchModule module{.type = "LayerNorm"};
};

template <std::size_t N, class Act, SimpleRNNOptions options> struct TorchModuleOf<SimpleRNN<N, Act, options>> {
  static_assert(std::same_as<Act, Tanh> || std::same_as<Act, ReLU>,
                "PyTorch's RNN has tanh or relu as activation: SimpleRNN<N> or SimpleRNN<N, ReLU>.");
  static_assert(!options.go_backwards, "PyTorch has no layer that only goes backwards: see Bidirectional.");
  static constexpr TorchModule module{.type = "RNN", .gates = 1};
};

template <std::size_t N, class Act, class RecurrentAct, LSTMOptions options>
struct TorchModuleOf<LSTM<N, Act, RecurrentAct, options>> {
  static_assert(std::same_as<Act, Tanh> && std::same_as<RecurrentAct, Sigmoid>,
                "PyTorch's LSTM has tanh and sigmoid as activations: LSTM<N>.");
  static_assert(!options.go_backwards, "PyTorch has no layer that only goes backwards: see Bidirectional.");
  static constexpr TorchModule module{.type = "LSTM", .gates = 4};
};

template <std::size_t N, class Act, class RecurrentAct, GRUOptions options>
struct TorchModuleOf<GRU<N, Act, RecurrentAct, options>> {
  static_assert(std::same_as<Act, Tanh> && std::same_as<RecurrentAct, Sigmoid>,
                "PyTorch's GRU has tanh and sigmoid as activations: GRU<N>.");
  static_assert(options.reset_after,
                "PyTorch's GRU has its reset gate behind the product, and so has GRU<N>; one with reset_after = false "
                "is another function.");
  static_assert(!options.go_backwards, "PyTorch has no layer that only goes backwards: see Bidirectional.");
  static constexpr TorchModule module{.type = "GRU", .gates = 3};
};

template <class Specification, Merge merge> struct TorchModuleOf<Bidirectional<Specification, merge>> {
  static_assert(merge == Merge::concat, "PyTorch's bidirectional layers concatenate: Bidirectional<LSTM<N>>.");
  static constexpr TorchModule module{.type = TorchModuleOf<Specification>::module.type,
                                      .gates = TorchModuleOf<Specification>::module.gates,
                                      .is_bidirectional = true};
};

/// The modules of a net's layers.
template <class T, class Input, class... Layers>
constexpr auto torch_modules(std::type_identity<BareSequential<T, Input, Layers...>>) {
  using Stack = typename BareSequential<T, Input, Layers...>::Stack;
  const auto module_of = []<class Specification, class L>(std::type_identity<Specification>, std::type_identity<L>) {
    if constexpr (tensor_count<typename L::Parameters>() == 0) {
      return TorchModule();
    } else {
      return TorchModuleOf<Specification>::module;
    }
  };
  return [&]<std::size_t... K>(std::index_sequence<K...>) {
    return std::array{module_of(std::type_identity<Layers>(), std::type_identity<typename Stack::template At<K>>())...};
  }(std::index_sequence_for<Layers...>());
}

/// A tensor of a state_dict, and the weight that it holds. It has the axes of the weight in the opposite order; the
/// last one of the weight has N numbers for each gate, in the order of Keras, and in the tensor in that of PyTorch.
template <class T> struct TorchTensor {
  std::string name;                  ///< as "rnn.weight_ih_l0"
  std::string_view weight;           ///< as "kernel"
  std::vector<std::size_t> extents;  ///< of the weight, or of the row of it that this is
  std::span<T> values;               ///< these numbers of the weight
  std::size_t gates = 1;
  bool is_second_bias = false;  ///< to be added to the one before; what is saved of it is zero

  std::vector<std::size_t> shape() const { return {extents.rbegin(), extents.rend()}; }

  /// Where a number of the weight is in the tensor, row-major both.
  std::size_t place(std::size_t at) const {
    const std::size_t columns = extents.back(), rows = values.size() / columns, units = columns / gates;
    std::size_t row = at / columns;
    if (extents.size() == 3) row = row % extents[1] * extents[0] + row / extents[1];
    const std::size_t column = at % columns, gate = column / units;
    const std::size_t swapped = gates == 3 && gate < 2 ? 1 - gate : gate;  // of a GRU: z, r, g here and r, z, n there
    return (swapped * units + column % units) * rows + row;
  }
};

/// The tensors of a layer, which is number `k` of a module; `prefix` is what their names begin with, as "rnn.".
template <class T>
std::vector<TorchTensor<T>> torch_tensors(const ListedLayer<T>& layer, const TorchModule& module,
                                          const std::string& prefix, std::size_t k) {
  std::vector<TorchTensor<T>> tensors;
  for (const Weight<T>& weight : layer.weights) {
    const auto add = [&](const std::string& name, std::vector<std::size_t> extents, std::span<T> values) {
      tensors.push_back({prefix + name, weight.name, std::move(extents), values});
    };
    const bool is_bias = weight.name.ends_with("bias") || weight.name.ends_with("beta");
    if (!module.is_recurrent()) {
      add(is_bias ? "bias" : "weight", weight.shape, weight.values);
      continue;
    }
    const std::string of_layer = sentence("_l", k, weight.name.starts_with("backward.") ? "_reverse" : "");
    if (!is_bias) {
      add((weight.name.ends_with("recurrent_kernel") ? "weight_hh" : "weight_ih") + of_layer, weight.shape,
          weight.values);
    } else if (weight.shape.size() == 2) {  // of a GRU, one of the input and one of the state
      const std::size_t columns = weight.shape[1];
      add("bias_ih" + of_layer, {columns}, weight.values.first(columns));
      add("bias_hh" + of_layer, {columns}, weight.values.subspan(columns));
    } else {
      add("bias_ih" + of_layer, weight.shape, weight.values);
      add("bias_hh" + of_layer, weight.shape, weight.values);
      tensors.back().is_second_bias = true;
    }
  }
  for (auto& tensor : tensors) tensor.gates = std::max<std::size_t>(module.gates, 1);
  return tensors;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
