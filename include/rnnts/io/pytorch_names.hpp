// Which module of a state_dict each layer of a model is in.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/io/pytorch_module.hpp"
#include "rnnts/io/safetensors.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A layer with weights, and where they are.
struct TorchLayer {
  std::size_t index;       ///< in the model
  std::string name;        ///< there, as "0.gru"
  TorchModule module;      ///< what it stands for
  std::string prefix;      ///< of the names of its tensors, as "rnn."
  std::size_t number = 0;  ///< among the layers of its module
};

/// Tensors by their names.
using TensorIndex = std::map<std::string_view, const StoredTensor*>;

inline TensorIndex index_of(const std::vector<StoredTensor>& tensors) {
  TensorIndex index;
  for (const StoredTensor& tensor : tensors) index.emplace(tensor.name, &tensor);
  return index;
}

/// A module as the tensors of a file show it.
struct FoundModule {
  std::string prefix;
  TorchModule module;
  std::size_t layers = 1;
};

/// The module whose tensors have names with this prefix; of no type if they are of none that is known.
inline FoundModule found_module(const TensorIndex& index, const std::string& prefix) {
  const auto find = [&](const std::string& name) {
    const auto at = index.find(prefix + name);
    return at == index.end() ? nullptr : at->second;
  };
  FoundModule found{.prefix = prefix, .module = {}};
  if (const auto* const states = find("weight_hh_l0")) {
    const bool has_gates = states->shape.size() == 2 && states->shape[1] != 0;
    const std::size_t gates = has_gates ? states->shape[0] / states->shape[1] : 0;
    found.module = {.type = gates == 1   ? "RNN"
                            : gates == 3 ? "GRU"
                                         : "LSTM",
                    .gates = gates == 1 || gates == 3 ? gates : 4,
                    .is_bidirectional = find("weight_hh_l0_reverse") != nullptr};
    while (find(sentence("weight_hh_l", found.layers))) ++found.layers;
  } else if (const auto* const weight = find("weight")) {
    const std::size_t axes = weight->shape.size();
    found.module.type = axes == 1 ? "LayerNorm" : axes == 2 ? "Linear" : axes == 3 ? "Conv1d" : "";
  }
  return found;
}

/// As `"rnn" (GRU, bidirectional, 2 layers), "head" (Linear)`.
inline std::string modules_text(const std::vector<FoundModule>& modules) {
  std::string text;
  for (const auto& [prefix, module, layers] : modules) {
    text += sentence(text.empty() ? "\"" : ", \"", prefix.substr(0, prefix.find_last_of('.')), "\" (",
                     module.type.empty() ? "unknown" : module.type, module.is_bidirectional ? ", bidirectional" : "");
    text += layers == 1 ? ")" : sentence(", ", layers, " layers)");
  }
  return text.empty() ? "none" : text;
}

/// The modules of a file in the order of their numbers, if they have such names, as "2." or "net.2.", and else in the
/// order of the alphabet.
inline std::vector<FoundModule> found_modules(const TensorIndex& index, bool& are_numbered) {
  std::vector<std::pair<std::size_t, FoundModule>> all;
  std::string parent;
  are_numbered = true;
  for (const auto& [name, tensor] : index) {
    const std::string prefix(name.substr(0, name.rfind('.') + 1));
    if (!all.empty() && all.back().second.prefix == prefix) continue;
    const std::size_t begin = prefix.size() < 2 ? 0 : prefix.rfind('.', prefix.size() - 2) + 1;
    std::size_t number = 0;
    const char* const end = prefix.data() + prefix.size();
    const auto [after, error] = std::from_chars(prefix.data() + begin, end, number);
    const bool is_number = error == std::errc() && after + 1 == end;
    if (all.empty()) parent = prefix.substr(0, begin);
    are_numbered = are_numbered && is_number && parent == prefix.substr(0, begin);
    all.emplace_back(number, found_module(index, prefix));
  }
  if (are_numbered) std::ranges::sort(all, {}, [](const auto& numbered) { return numbered.first; });
  std::vector<FoundModule> modules;
  for (auto& [number, module] : all) modules.push_back(std::move(module));
  return modules;
}

/// Takes the names that a user has given, one for each layer. Throws ArgumentError if they are more or fewer, or if
/// layers that one module cannot have are to be in one.
inline void name_modules(std::vector<TorchLayer>& layers, const std::vector<std::string>& names) {
  if (names.size() != layers.size()) {
    std::string all;
    for (const TorchLayer& layer : layers) all += sentence(all.empty() ? "" : ", ", layer.name);
    throw ArgumentError(sentence("modules: expected a name for each of the ", layers.size(), " layers with weights, ",
                                 all, ", found ", names.size()));
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    layers[i].prefix = names[i].empty() ? "" : names[i] + ".";
    const bool is_next = i > 0 && names[i] == names[i - 1];
    if (is_next && layers[i].module.is_recurrent() && layers[i].module == layers[i - 1].module) {
      layers[i].number = layers[i - 1].number + 1;
    } else if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
               names.begin() + static_cast<std::ptrdiff_t>(i)) {
      throw ArgumentError(sentence("modules: expected \"", names[i],
                                   "\" again for recurrent layers of one kind in a row "
                                   "alone, found it for ",
                                   layers[i].name));
    }
  }
}

/// Finds the modules in a file without being told. Throws FileError where that is not certain.
inline void guess_modules(const std::string& file, std::vector<TorchLayer>& layers, const TensorIndex& index) {
  bool are_numbered = false;
  const auto modules = found_modules(index, are_numbered);
  std::vector<std::pair<const FoundModule*, std::size_t>> left;  // each layer of them
  for (const FoundModule& module : modules) {
    for (std::size_t number = 0; number < module.layers; ++number) left.emplace_back(&module, number);
    const auto has_type = [&](const FoundModule& other) { return other.module.type == module.module.type; };
    if (!are_numbered && std::ranges::count_if(modules, has_type) > 1) {
      throw FileError(sentence(file,
                               ": expected the option modules, which names the module of each layer, as there are "
                               "several of one type: ",
                               modules_text(modules)));
    }
  }
  for (TorchLayer& layer : layers) {
    const auto fits = [&](const auto& place) { return are_numbered || place.first->module.type == layer.module.type; };
    const auto place = std::ranges::find_if(left, fits);
    if (place == left.end() || place->first->module != layer.module) {
      throw FileError(
          sentence(file, ": ", layer.name, ": expected a module \"", layer.module.type, "\"",
                   layer.module.is_bidirectional ? " that is bidirectional" : "", ", found ",
                   place == left.end() ? "none left of " + modules_text(modules) : modules_text({*place->first})));
    }
    layer.prefix = place->first->prefix;
    layer.number = place->second;
    left.erase(place);
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
