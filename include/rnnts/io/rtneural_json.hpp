// The JSON of RTNeural: {"in_shape": [null, null, I], "layers": [{"type": "gru", "activation": "tanh", "shape": [null,
// null, N], "weights": […]}, …]}, with weights in Keras' layout. Needs nlohmann-json.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/io/json.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A tensor that a file has as arrays in each other.
struct NestedNumbers {
  static constexpr std::size_t unknown = std::numeric_limits<std::size_t>::max();

  std::vector<std::size_t> shape;
  std::vector<double> values;  ///< row-major
};

/// A layer of a file. Sizes that do not stand there are 0.
struct RTNeuralLayer {
  std::string type, activation;
  std::size_t units = 0, kernel_size = 0, dilation = 0;
  std::vector<NestedNumbers> weights;
};

/// Reads a whole file. Of shapes and sizes in arrays the last number counts.
class RTNeuralReader : public JsonReader {
 public:
  explicit RTNeuralReader(std::string file) : JsonReader(std::move(file), 7) {}

  std::size_t features = 0;
  std::vector<RTNeuralLayer> layers;

 private:
  static constexpr std::size_t most_weights = 3;

  bool in_layer() const { return depth() > 2 && key_at(0) == "layers"; }
  bool in_weights() const { return depth() > 4 && key_at(2) == "weights"; }

  /// The size that is read, or null if it is none.
  std::size_t* size() {
    if (depth() == 2 && key_at(0) == "in_shape") return &features;
    if (!in_layer() || depth() > 4) return nullptr;
    const std::string& key = key_at(2);
    RTNeuralLayer& layer = layers.back();
    return key == "shape"         ? &layer.units
           : key == "kernel_size" ? &layer.kernel_size
           : key == "dilation"    ? &layer.dilation
                                  : nullptr;
  }

  void text(const std::string& value) final {
    if (depth() == 3 && key_at(2) == "type") {
      layers.back().type = value;
    } else if (depth() == 3 && key_at(2) == "activation") {
      layers.back().activation = value;
    } else {
      refuse("expected no text");
    }
  }

  void nothing() final {
    std::size_t* const found = size();
    if (found == nullptr) refuse("expected no null");
    *found = 0;
  }

  void whole_number(std::uint64_t value) final {
    if (std::size_t* const found = size()) {
      if (value > std::numeric_limits<std::size_t>::max()) refuse("expected a size that memory could hold");
      *found = static_cast<std::size_t>(value);
    } else {
      number(static_cast<double>(value));
    }
  }

  void number(double value) final {
    if (!in_weights()) refuse("expected no number of this kind");
    axis(depth() - 5, NestedNumbers::unknown, true);
    layers.back().weights.back().values.push_back(value);
  }

  /// Notes, or compares, the extent of an axis of the tensor that is read.
  void axis(std::size_t k, std::size_t extent, bool is_last) {
    auto& shape = layers.back().weights.back().shape;
    const bool has_numbers = !layers.back().weights.back().values.empty();
    if (has_numbers ? k >= shape.size() || (is_last && k + 1 != shape.size()) : is_last && k + 1 < shape.size()) {
      refuse("expected numbers in as many brackets as those before");
    }
    if (k >= shape.size()) shape.resize(k + 1, NestedNumbers::unknown);
    if (extent == NestedNumbers::unknown) return;
    if (shape[k] != NestedNumbers::unknown && shape[k] != extent) {
      refuse(sentence("expected ", shape[k], " values, as in those before, found ", extent));
    }
    shape[k] = extent;
  }

  void begin(bool is_array) final {
    const auto is = [&](std::size_t level, std::string_view key) { return key_at(level) == key; };
    const bool fits = depth() == 1   ? !is_array
                      : depth() == 2 ? is_array && (is(0, "in_shape") || is(0, "layers"))
                      : depth() == 3 ? !is_array && is(0, "layers")
                      : depth() == 4 ? is_array && (size() != nullptr || is(2, "weights"))
                                     : is_array && in_weights();
    if (!fits) refuse("expected a file as RTNeural has it, found other brackets");
    if (depth() == 3) layers.emplace_back();
    if (depth() == 5 && count_at(3) == most_weights) refuse(sentence("expected at most ", most_weights, " weights"));
    if (depth() == 5) layers.back().weights.emplace_back();
  }

  void end(bool is_array) final {
    if (is_array) {
      if (depth() > 4) axis(depth() - 5, count_at(depth() - 1), false);
    } else if (depth() == 3 && !(has("type") && has("shape") && has("weights"))) {
      refuse("expected type, shape and weights");
    } else if (depth() == 1 && !(has("in_shape") && has("layers"))) {
      refuse("expected in_shape and layers");
    }
  }
};

/// Adds numbers of this shape, row-major, as arrays in each other.
template <class T>
void append_nested(std::string& json, std::span<const std::size_t> shape, std::span<const T> values) {
  if (shape.empty()) {
    const std::string digits = sentence(values.front());
    json += digits;
    if (digits.find_first_of(".e") == std::string::npos) json += ".0";  // or -0 would be read as 0
    return;
  }
  const std::size_t size = values.size() / shape.front();
  for (std::size_t i = 0; i < shape.front(); ++i) {
    json += i == 0 ? "[" : ", ";
    append_nested(json, shape.subspan(1), values.subspan(i * size, size));
  }
  json += "]";
}

}  // namespace rnnts::inline RNNTS_ABI::detail
