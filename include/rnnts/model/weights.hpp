// Weights by name.
#pragma once

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/series/tensor_view.hpp"
#include "rnnts/tensor/xtensor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// One tensor of weights: its name, as in "0.simple_rnn.kernel", its shape, and its numbers, row-major. T may
/// be const.
template <class T> struct Weight {
  std::string name;
  std::vector<std::size_t> shape;
  std::span<T> values;

  /// The same memory as an xtensor expression of run-time shape.
  auto xtensor() const { return xt::adapt(values.data(), values.size(), xt::no_ownership(), shape); }
};

namespace detail {

inline std::vector<std::size_t> extents_of(const auto& tensor) {
  const auto extents = tensor.extents();
  return {extents.begin(), extents.end()};
}

/// All weights of a struct of parameters, in the order of its fields.
template <class T, HasFields Parameters> std::vector<Weight<T>> list_weights(Parameters& parameters) {
  std::vector<Weight<T>> weights;
  visit_fields([&](const FieldInfo& field,
                   auto& tensor) { weights.push_back({field.path(), extents_of(tensor), tensor.flat()}); },
               parameters);
  return weights;
}

template <class T> Weight<T> find_weight(std::vector<Weight<T>> weights, std::string_view name) {
  const auto found = std::ranges::find(weights, name, &Weight<T>::name);
  if (found != weights.end()) return *found;
  std::string known;
  for (const auto& weight : weights) known += " " + weight.name;
  throw ArgumentError(sentence("no weight is named \"", name, "\"; there are:", known));
}

/// Copies a tensor expression of the same shape, or a range of as many numbers in row-major order.
template <class T, class Values> void assign(const Weight<T>& weight, const Values& values) {
  if constexpr (TensorExpression<Values>) {
    const auto shape = values.shape();
    if (!std::ranges::equal(shape, weight.shape)) {
      throw ShapeError(sentence("weight \"", weight.name, "\" has the shape ", shape_text(weight.shape), ", found ",
                                shape_text(shape)));
    }
    auto into = weight.xtensor();
    into = values;
  } else {
    const auto count = static_cast<std::size_t>(std::ranges::distance(values));
    if (count != weight.values.size()) {
      throw ShapeError(sentence("weight \"", weight.name, "\" has ", weight.values.size(), " numbers, found ", count));
    }
    std::ranges::transform(values, weight.values.begin(), [](auto value) { return static_cast<T>(value); });
  }
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
