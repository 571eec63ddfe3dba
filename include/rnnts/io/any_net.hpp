// The layers of an AnyModel and their weights, for its readers and writers.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/extent.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/any_layer.hpp"
#include "rnnts/io/layer_list.hpp"
#include "rnnts/layers/stack.hpp"
#include "rnnts/model/weights.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The layers of an AnyModel, with weights that a reader sets.
template <Scalar T> struct AnyNet {
  Shape input;
  std::vector<AnyLayer<T>> layers;

  /// Throws ArgumentError, naming the layer, if one cannot be made. `numbers` is what the file has of them.
  AnyNet(Shape given, std::vector<LayerDescription> descriptions, std::size_t numbers) : input(given) {
    check_extent("input", input.features, "features");
    make(descriptions, numbers);
    for (std::size_t k = 0; k < layers.size(); ++k) {
      if (layers[k].description.type != "flatten" || layers[k].input.steps != any_steps) continue;
      input.steps = steps_for(k, layers[k].description.features / layers[k].input.features);
      make(descriptions, numbers);
      break;
    }
  }

  std::vector<ListedLayer<T>> listed() const {
    std::vector<ListedLayer<T>> all;
    for (std::size_t k = 0; k < layers.size(); ++k) {
      const auto& [said, in, out, stages, weights] = layers[k];
      all.push_back({k, said.type, in, out, weights, said.config, said.dropout, said.recurrent_dropout});
    }
    return all;
  }

  /// All weights, named as in the model.
  std::vector<Weight<T>> weights() const {
    std::vector<Weight<T>> all;
    for (const auto& layer : listed()) {
      for (const auto& weight : layer.weights)
        all.push_back({layer.name() + "." + weight.name, weight.shape, weight.values});
    }
    return all;
  }

  /// As `contents` of a model.
  std::string contents() const {
    std::string text = sentence("input ", features_text(input), "\n");
    for (const auto& layer : listed()) {
      text +=
          layer.name() + " " + features_text(layer.output) + (layer.config.empty() ? "" : ": ") + layer.config + "\n";
    }
    const std::string_view type = std::same_as<T, float> ? "float" : "double";
    for (const auto& weight : weights()) text += sentence(weight.name, ": ", type, " ", shape_text(weight.shape), "\n");
    return text;
  }

 private:
  void make(const std::vector<LayerDescription>& descriptions, std::size_t numbers) {
    layers.clear();
    LayerMaker<T> maker(input, numbers);
    for (std::size_t k = 0; k < descriptions.size(); ++k) {
      layers.push_back(maker.make(sentence(k, ".", descriptions[k].type), descriptions[k]));
    }
    if (layers.empty()) throw ArgumentError("expected one layer at least, found none");
  }

  /// The fewest steps of the input for which layer k is given so many.
  std::size_t steps_for(std::size_t k, std::size_t wanted) const {
    const auto steps_of = [&](std::size_t steps) -> std::size_t {
      Shape shape = sequence_shape(steps, input.features);
      try {
        for (const auto& layer : std::span(layers).first(k)) {
          for (const auto& stage : layer.stages) shape = stage->output(shape);
        }
      } catch (const ShapeError&) {
        return 0;
      }
      return shape.steps;
    };
    std::size_t low = 1, high = 1;
    while (high < largest_extent && steps_of(high) < wanted) high *= 2;
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      (steps_of(middle) < wanted ? low = middle + 1 : high = middle);
    }
    return low;
  }
};

}  // namespace rnnts::inline RNNTS_ABI::detail
