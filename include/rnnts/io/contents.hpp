// The text in a model file that says which model it is of.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <utility>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/layers/stack.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline RNNTS_ABI {

/// What can be saved and loaded: a model, or a struct of tensors with `fields()`.
template <class S>
concept Savable = Model<S> || HasFields<S>;

namespace detail {

template <class S> auto& fields_of(S& saved) {
  if constexpr (HasFields<S>) {
    return saved;
  } else {
    return saved.parameters();
  }
}

/// A line for the input, for each layer and for each tensor. Two models with the same text compute the same function of
/// the same weights, as far as their layers tell it by `config()`.
template <Savable S> std::string contents(const S& saved) {
  std::string text;
  if constexpr (Model<S>) {
    using Stack = typename S::Stack;
    text += sentence("input ", features_text(Stack::input), "\n");
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      ((text += layer_text<typename Stack::template At<K>>(K) + "\n"), ...);
    }(std::make_index_sequence<Stack::count>{});
  }
  visit_fields(
      [&]<class Tensor>(const FieldInfo& field, const Tensor&) {
        const char* const type = std::same_as<typename Tensor::value_type, float> ? "float" : "double";
        text += sentence(field.path(), ": ", type, " ", shape_text(Tensor::extents), "\n");
      },
      fields_of(saved));
  return text;
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
