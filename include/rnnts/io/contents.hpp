// The text in a model file that says which model it is of.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/layers/stack.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline RNNTS_ABI {

/// What can be saved and loaded: a model, or a struct with `fields()`, as a scaler is, of tensors, models and such
/// structs.
template <class S>
concept Savable = Model<S> || HasFields<S>;

namespace detail {

template <class S> auto& fields_of(S& saved) { return fields_in(saved); }

/// A line for the input and for each layer of a model, or of each model that a struct lists; and for what such a struct
/// tells by `config()`, if that is not empty. `name` begins it.
template <Savable S> std::string layers_of(const S& saved, const std::string& name) {
  std::string text;
  if constexpr (Model<S>) {
    using Stack = typename S::Stack;
    text += sentence(name, "input ", features_text(saved.input_shape()), "\n");
    Stack::for_each_layer(saved.parameters(), saved.input_shape(),
                          [&]<std::size_t K>(const auto& p, const Shape& shape) {
                            text += name + layer_text<typename Stack::template At<K>>(K, p, shape) + "\n";
                          });
  } else {
    if constexpr (requires { saved.config(); }) {
      const std::string config = saved.config();
      if (!config.empty()) text += sentence(name, config, "\n");
    }
    const auto add = [&]<class Access>(const Field<Access>& field) {
      const auto& member = std::invoke(field.access, saved);
      if constexpr (Savable<std::remove_cvref_t<decltype(member)>>) {
        text += layers_of(member, sentence(name, field.name, ": "));
      }
    };
    std::apply([&](const auto&... field) { (add(field), ...); }, S::fields());
  }
  return text;
}

/// A line for the input, for each layer and for each tensor. Two models with the same text compute the same function of
/// the same weights, as far as their layers tell it by `config()`.
template <Savable S> std::string contents(const S& saved) {
  std::string text = layers_of(saved, "");
  visit_fields(
      [&]<class Tensor>(const FieldInfo& field, const Tensor& tensor) {
        const char* const type = std::same_as<typename Tensor::value_type, float> ? "float" : "double";
        text += sentence(field.path(), ": ", type, " ", shape_text(tensor.extents()), "\n");
      },
      fields_of(saved));
  return text;
}

/// Throws FileError with the first line that differs, if one does.
inline void check_contents(const std::string& name, std::string_view expected, std::string_view found) {
  const auto take_line = [](std::string_view& text) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
  };
  const auto quoted = [](std::string_view line) { return line.empty() ? "nothing" : sentence("\"", line, "\""); };
  while (!expected.empty() || !found.empty()) {
    const auto expected_line = take_line(expected), found_line = take_line(found);
    if (expected_line != found_line) {
      throw FileError(
          sentence(name, ": does not fit the model: expected ", quoted(expected_line), ", found ", quoted(found_line)));
    }
  }
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
