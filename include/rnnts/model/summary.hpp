// A table of layers, output shapes and parameter counts, as Keras prints it.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/members.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/layers/layer.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Shape of a batch, with None for what only a run knows: "(None, None, 1)".
inline std::string batch_shape_text(const Shape& shape) {
  std::string text = "(None, ";
  if (shape.is_sequence) text += (shape.steps == any_steps ? "None" : std::to_string(shape.steps)) + ", ";
  return text + std::to_string(shape.features) + ")";
}

template <HasFields Parameters> std::size_t count_parameters(const Parameters& parameters) {
  std::size_t count = 0;
  for (const auto numbers : tensors(parameters)) count += numbers.size();
  return count;
}

template <class Stack> std::string summary(const typename Stack::Parameters& parameters, const Shape& input) {
  std::vector<std::vector<std::string>> rows{{"Layer", "Output shape", "Parameters"},
                                             {"input", batch_shape_text(input), "0"}};
  Stack::for_each_layer(parameters, input, [&]<std::size_t K>(const auto& layer, const Shape& shape) {
    using L = typename Stack::template At<K>;
    rows.push_back({std::to_string(K) + "." + std::string(L::name), batch_shape_text(output_shape<L>(layer, shape)),
                    std::to_string(count_parameters(layer))});
  });
  const std::size_t total = count_parameters(parameters);
  return format_table(rows) + "Total parameters: " + std::to_string(total) + " (" +
         std::to_string(total * sizeof(typename Stack::scalar)) + " bytes)\n";
}

}  // namespace rnnts::inline RNNTS_ABI::detail
