// ONNX files for an AnyModel: their layers in the words of our own files, and the way back.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/io/any_model.hpp"
#include "rnnts/io/any_net.hpp"
#include "rnnts/io/layer_list.hpp"
#include "rnnts/io/onnx.hpp"
#include "rnnts/io/onnx_file.hpp"
#include "rnnts/io/onnx_graph.hpp"
#include "rnnts/io/onnx_layers.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/io/self_test.hpp"
#include "rnnts/io/self_test_json.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Layers of ONNX in the words of our own files. A recurrent one and a LastStep behind it are one layer there.
inline std::vector<LayerDescription> describe(const std::vector<OnnxLayer>& found) {
  std::vector<LayerDescription> layers;
  const OnnxLayer* before = nullptr;
  for (const OnnxLayer& layer : found) {
    const bool is_part = before != nullptr && !before->cell.empty() && !before->is_bidirectional;
    before = &layer;
    if (layer.type == "last_step" && is_part) {
      layers.back().is_sequence = false;
      continue;
    }
    LayerDescription& said = layers.emplace_back();
    said.type = layer.type;
    said.config = layer.config();
    said.features = layer.units;
    said.is_sequence = layer.gives_sequence;
    for (const auto* const weight : {"bias", "beta"}) {
      const auto is_it = [&](const OnnxWeight& one) { return one.name.ends_with(weight); };
      if (std::ranges::none_of(layer.weights, is_it)) said.absent.emplace_back(weight);
    }
  }
  return layers;
}

/// Throws ArgumentError as AnyNet does, FileError as `load_onnx`.
template <Scalar T> AnyModel<T> load_any_onnx(const std::filesystem::path& path, LoadOptions options) {
  const OnnxFile file(path);
  const std::vector<OnnxLayer> found = onnx_layers(file);
  std::size_t numbers = 0;
  for (const OnnxLayer& layer : found) {
    if (layer.type == "flatten" && layer.units == 0) {
      throw ArgumentError(
          sentence(layer.node, ": expected a file that says how many steps go in, as a Flatten needs, found none"));
    }
    for (const OnnxWeight& weight : layer.weights) numbers += weight.numbers.size();
  }
  AnyNet<T> net(sequence_shape(any_steps, onnx_inputs(file, found)), describe(found), numbers);
  check_onnx_inputs(file, net.input.features);
  read_onnx(file.name(), net.listed(), found, options.allow_non_finite);
  AnyModel<T> model(std::move(net));
  if (const auto test = onnx_self_test<T>(file, options)) check_self_test(file.name(), model, *test);
  return model;
}

/// The bytes of a file. Throws ArgumentError if ONNX has no such layer, FileError for a number that is not finite,
/// unless that is allowed.
template <Scalar T> std::string any_onnx_file(const AnyModel<T>& model, const std::string& name, SaveOptions options) {
  return onnx_bytes(read_only(model.net().listed()), model.net().input, name, options,
                    options.self_test ? self_test_json(make_self_test(name, model)) : "");
}

}  // namespace rnnts::inline RNNTS_ABI::detail
