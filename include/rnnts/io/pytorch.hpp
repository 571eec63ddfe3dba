// load_pytorch and save_pytorch: the weights of a model as PyTorch's state_dict in a safetensors file. Needs
// nlohmann-json, and is not part of rnnts.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/layer_list.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/pytorch_module.hpp"
#include "rnnts/io/pytorch_names.hpp"
#include "rnnts/io/safetensors.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/io/self_test.hpp"
#include "rnnts/io/self_test_json.hpp"
#include "rnnts/io/sizes.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline RNNTS_ABI {

struct PyTorchOptions {
  /// The attribute that has the module of each layer with weights: `{"rnn", "rnn", "head"}` for an `nn.GRU` of two
  /// layers and an `nn.Linear`; "" for the state_dict of a single module. Without them, `load_pytorch` takes modules
  /// whose names are numbers, as in an `nn.Sequential` or an `nn.ModuleList`, in their order, and others if no two are
  /// of one type, as a GRU and a Linear; `save_pytorch` names them by the numbers of the layers.
  std::vector<std::string> modules = {};
  bool allow_non_finite = false;  ///< whether NaN and infinity are read and written
  bool self_test = true;          ///< whether the self-test of a file that has one is run
};

namespace detail {

/// The layers with weights, without their places.
template <class T>
std::vector<TorchLayer> torch_layers(const std::vector<ListedLayer<T>>& listed, std::span<const TorchModule> modules) {
  std::vector<TorchLayer> layers;
  for (const auto& layer : listed) {
    const TorchModule& module = modules[layer.index];
    if (!module.type.empty()) layers.push_back({layer.index, layer.name(), module, sentence(layer.index, "."), 0});
  }
  return layers;
}

/// … and with them, by the option or by what the file has.
template <class T>
std::vector<TorchLayer> torch_layers_of(const SafetensorsFile& file, const TensorIndex& index,
                                        const std::vector<ListedLayer<T>>& listed, std::span<const TorchModule> modules,
                                        const PyTorchOptions& options) {
  for (const StoredTensor& tensor : file.tensors()) {
    if (tensor.name.find("weight_hr_l") != std::string::npos) {
      throw FileError(sentence(file.name(), ": expected no \"", tensor.name,
                               "\": there is no layer like an nn.LSTM with a proj_size"));
    }
  }
  auto layers = torch_layers(listed, modules);
  if (options.modules.empty()) {
    guess_modules(file.name(), layers, index);
  } else {
    name_modules(layers, options.modules);
  }
  return layers;
}

/// Throws FileError if there is no such tensor, or if it is of other numbers.
template <class T>
const StoredTensor& find_tensor(const std::string& file, const TensorIndex& index, const std::string& layer,
                                const std::string& tensor) {
  const auto found = index.find(tensor);
  if (found == index.end()) {
    throw FileError(sentence(file, ": ", layer, ": expected a tensor \"", tensor, "\", found none"));
  }
  if (found->second->dtype != stored_type<T>) {
    throw FileError(sentence(file, ": ", layer, ": expected \"", tensor, "\" of ", stored_type<T>, ", found ",
                             found->second->dtype));
  }
  return *found->second;
}

[[noreturn]] inline void refuse_shape(const std::string& file, const std::string& layer, const std::string& tensor,
                                      std::string_view expected, const std::vector<std::size_t>& found) {
  throw FileError(
      sentence(file, ": ", layer, ": expected \"", tensor, "\" of ", expected, ", found ", shape_text(found)));
}

/// Checks everything, and then sets the weights of these layers.
template <class T>
void read_state_dict(SafetensorsFile& file, const std::vector<ListedLayer<T>>& listed,
                     std::span<const TorchModule> modules, const PyTorchOptions& options) {
  const std::string& name = file.name();
  const TensorIndex index = index_of(file.tensors());
  std::vector<std::pair<TorchTensor<T>, const StoredTensor*>> tensors;
  std::set<const StoredTensor*> known;
  for (const TorchLayer& layer : torch_layers_of(file, index, listed, modules, options)) {
    for (TorchTensor<T>& tensor : torch_tensors(listed[layer.index], layer.module, layer.prefix, layer.number)) {
      const StoredTensor& found = find_tensor<T>(name, index, layer.name, tensor.name);
      if (found.shape != tensor.shape()) {
        refuse_shape(name, layer.name, tensor.name, shape_text(tensor.shape()), found.shape);
      }
      known.insert(&found);
      tensors.emplace_back(std::move(tensor), &found);
    }
  }
  for (const StoredTensor& tensor : file.tensors()) {
    if (!known.contains(&tensor)) {
      throw FileError(sentence(name, ": expected no further tensor than those of the model, found \"", tensor.name,
                               "\" of ", stored_text(tensor.dtype, tensor.shape)));
    }
  }

  file.read_numbers();
  std::vector<std::vector<T>> numbers;  // of each tensor, as the weight has them
  for (const auto& [tensor, found] : tensors) {
    const std::string_view bytes = file.numbers(*found);
    std::vector<T> values(tensor.values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = read_little_endian<T>(bytes, tensor.place(i) * sizeof(T));
      if (tensor.is_second_bias) values[i] += numbers.back()[i];
      if (!options.allow_non_finite && !std::isfinite(values[i])) {
        throw FileError(sentence(name, ": \"", tensor.name, "\": expected finite numbers, found ", values[i],
                                 "; others are allowed by PyTorchOptions::allow_non_finite"));
      }
    }
    numbers.push_back(std::move(values));
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) std::ranges::copy(numbers[i], tensors[i].first.values.begin());
}

/// The bytes of a file with the weights of these layers.
template <class T>
std::string encode_state_dict(const std::string& file, const std::vector<ListedLayer<const T>>& listed,
                              std::span<const TorchModule> modules, const PyTorchOptions& options) {
  auto layers = torch_layers(listed, modules);
  if (!options.modules.empty()) name_modules(layers, options.modules);
  std::vector<TensorToStore> tensors;
  for (const TorchLayer& layer : layers) {
    for (const auto& tensor : torch_tensors(listed[layer.index], layer.module, layer.prefix, layer.number)) {
      std::vector<T> numbers(tensor.values.size());
      for (std::size_t i = 0; i < numbers.size() && !tensor.is_second_bias; ++i) {
        const T number = numbers[tensor.place(i)] = tensor.values[i];
        if (!options.allow_non_finite && !std::isfinite(number)) {
          throw FileError(sentence(file, ": ", layer.name, ".", tensor.weight, ": expected finite numbers, found ",
                                   number, "; others are allowed by PyTorchOptions::allow_non_finite"));
        }
      }
      tensors.push_back({tensor.name, tensor.shape(), {}});
      for (const T number : numbers) append_little_endian(tensors.back().numbers, number);
    }
  }
  return encode_safetensors(std::move(tensors), stored_type<T>);
}

/// Adds the shapes of a layer's weights, as `model_of_sizes` reads them.
///
/// Throws FileError if its tensors in the file do not fit each other, or have another number of axes.
template <class T>
void append_sizes(std::string& text, const std::string& file, const TensorIndex& index, const TorchLayer& layer,
                  const ListedLayer<T>& listed) {
  const auto tensors = torch_tensors(listed, layer.module, layer.prefix, layer.number);
  std::size_t rows = 0;  // of the matrices of a recurrent layer, one for each gate and unit
  std::string_view last;
  for (const auto& tensor : tensors) {
    const auto& shape = find_tensor<std::remove_const_t<T>>(file, index, layer.name, tensor.name).shape;
    if (shape.size() != tensor.extents.size()) {
      refuse_shape(file, layer.name, tensor.name, sentence(tensor.extents.size(), " axes"), shape);
    }
    const bool is_recurrent_kernel = layer.module.is_recurrent() && tensor.weight.ends_with("recurrent_kernel");
    if (rows == 0) rows = shape[0];
    if (layer.module.is_recurrent() && shape[0] != rows) {
      refuse_shape(file, layer.name, tensor.name, sentence(rows, " rows"), shape);
    }
    if (is_recurrent_kernel && (rows % layer.module.gates != 0 || shape[1] != rows / layer.module.gates)) {
      refuse_shape(file, layer.name, tensor.name, shape_text(std::array{rows, rows / layer.module.gates}), shape);
    }
    if (tensor.weight == last) continue;  // the second of two biases
    last = tensor.weight;
    std::vector<std::size_t> extents(shape.rbegin(), shape.rend());
    const auto weight = std::ranges::find(listed.weights, tensor.weight, &Weight<T>::name);
    if (extents.size() < weight->shape.size()) extents.insert(extents.begin(), 2);
    text += sentence(layer.name, ".", tensor.weight, ": ", shape_text(extents), "\n");
  }
}

/// Whether the width of the input is that of the first layer with weights.
template <class Stack, std::size_t count> consteval bool shows_input(const std::array<TorchModule, count>& modules) {
  return [&]<std::size_t... K>(std::index_sequence<K...>) {
    bool before = true, shows = false;
    ((before = before && Stack::template At<K>::name != "flatten", shows = shows || (before && modules[K].type != "")),
     ...);
    return shows;
  }(std::make_index_sequence<count>());
}

/// A model with weights of zero, of the sizes that the tensors of a file have, whose numbers were read.
template <class T, class Input, class... Layers>
BareSequential<T, Input, Layers...> model_of_tensors(std::type_identity<BareSequential<T, Input, Layers...>> net,
                                                     const SafetensorsFile& file, const PyTorchOptions& options) {
  using Stack = typename BareSequential<T, Input, Layers...>::Stack;
  static constexpr auto modules = torch_modules(std::type_identity<BareSequential<T, Input, Layers...>>());
  static_assert(Input::shape.features != dynamic || shows_input<Stack>(modules),
                "A state_dict does not say how many features come in where the first layer with weights is behind a "
                "Flatten: make the model, and load into it: Net net{Input(3, 20), …}; load_pytorch(net, path).");
  const typename Stack::Parameters none;
  const auto listed = list_layers<Stack>(none, Input::shape);
  const TensorIndex index = index_of(file.tensors());
  std::string text;
  for (const TorchLayer& layer : torch_layers_of(file, index, listed, modules, options)) {
    const bool is_first = text.empty();
    append_sizes(text, file.name(), index, layer, listed[layer.index]);
    if (is_first) {
      const auto first = numbers_in_line(text, layer.name);
      text += sentence("input (", first[first.size() < 2 ? 0 : first.size() - 2], ")\n");
    }
  }
  return model_of_sizes(net, file.name(), text, file.size());
}

template <Model M> void load_pytorch(M& model, SafetensorsFile& file, const PyTorchOptions& options) {
  using T = typename M::scalar;
  static constexpr auto modules = torch_modules(std::type_identity<typename M::Bare>());
  std::optional<SelfTest<T>> test;
  if (options.self_test && !file.self_test().empty()) test = self_test_of_json<T>(file.name(), file.self_test());
  read_tested(file.name(), model, test, [&](M& read) {
    const auto listed = list_layers<typename M::Stack>(read.parameters(), read.input_shape());
    read_state_dict(file, listed, modules, options);
  });
}

}  // namespace detail

/// Sets the weights of a model to those of a file that `safetensors.torch.save_file(module.state_dict(), path)` wrote,
/// of a module that computes the same:
///
/// | layer | module |
/// |---|---|
/// | Dense | nn.Linear, and what applies its activation |
/// | SimpleRNN, LSTM, GRU | a layer of nn.RNN, nn.LSTM, nn.GRU |
/// | Bidirectional of one of them | the same with bidirectional=True |
/// | LayerNormalization | nn.LayerNorm, with `eps` as its epsilon, 1e-3 if nothing else was said |
/// | Conv1D | nn.Conv1d, with the same padding, strides and dilation |
///
/// The names of the tensors are those of the user's class: see `PyTorchOptions::modules`. What has no tensor (the
/// activation of a Dense, the nonlinearity of an nn.RNN, eps, strides, the order of the modules in `forward`) is not in
/// the file and cannot be checked; the rest is, and layers that PyTorch has not do not compile.
///
/// Throws FileError, and leaves the model as it was, if the file cannot be read, is not safetensors, or is damaged; if
/// a tensor is missing, left over, of another shape or of another type of numbers than the model; if the modules of the
/// layers are not clear; if a weight is not finite and `options` do not allow it; or if the file has a self-test, of
/// scripts/to_rnnts.py, that fails, as in `load`. Throws ArgumentError if `options.modules` do not fit the model.
template <Model M> void load_pytorch(M& model, const std::filesystem::path& path, PyTorchOptions options = {}) {
  detail::SafetensorsFile file(path);
  detail::load_pytorch(model, file, options);
}

/// The model of a file: `const auto model = load_pytorch<Net>("model.safetensors")`. Where only a run knows the sizes
/// of a model, those of the file are taken. Throws as above.
template <Model M> M load_pytorch(const std::filesystem::path& path, PyTorchOptions options = {}) {
  detail::SafetensorsFile file(path);
  M model = [&] {
    if constexpr (detail::has_chosen_sizes<M>) {
      file.read_numbers();
      return M(detail::model_of_tensors(std::type_identity<typename M::Bare>(), file, options));
    } else {
      return detail::not_drawn<M>();
    }
  }();
  detail::load_pytorch(model, file, options);
  return model;
}

/// Writes the weights of a model as a state_dict that `module.load_state_dict(safetensors.torch.load_file(path))`
/// takes, of a module as `load_pytorch` has it. Of its two biases, where the layer has one, the second is zero.
///
/// Throws FileError, and leaves a file that was there as it was, if that fails, or if a weight is not finite and
/// `options` do not allow it; ArgumentError if `options.modules` do not fit the model.
template <Model M> void save_pytorch(const M& model, const std::filesystem::path& path, PyTorchOptions options = {}) {
  static constexpr auto modules = detail::torch_modules(std::type_identity<typename M::Bare>());
  const auto listed = detail::list_layers<typename M::Stack>(model.parameters(), model.input_shape());
  detail::write_file(path, detail::encode_state_dict(path.string(), listed, modules, options));
}

}  // namespace rnnts::inline RNNTS_ABI
