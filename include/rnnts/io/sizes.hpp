// The sizes of a model that only a run knows, from the text in its file.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/extent.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/model/bare_sequential.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The numbers between the parentheses of the line that begins with `name`: of "0.gru.kernel: float (3, 96)", 3 and 96.
/// None if there is no such line.
inline std::vector<std::size_t> numbers_in_line(std::string_view text, std::string_view name) {
  std::vector<std::size_t> numbers;
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
    const auto line = text.substr(begin, text.find('\n', begin) - begin);
    if (line.starts_with(name)) {
      const char *at = line.data() + std::min(line.find('('), line.size()), *const end = line.data() + line.size();
      while ((at = std::find_if(at, end, [](char c) { return c >= '0' && c <= '9'; })) != end) {
        std::size_t number = 0;
        at = std::from_chars(at, end, number).ptr;
        numbers.push_back(number);
      }
      return numbers;
    }
    if (line.size() + begin == text.size()) break;
  }
  return numbers;
}

template <class E> inline constexpr bool is_extent = false;
template <std::size_t N> inline constexpr bool is_extent<Extent<N>> = true;

/// What a layer that gives a number of steps has in place of weights.
template <class P>
concept HasSteps = requires(P& p) { requires is_extent<decltype(p.steps)>; };

/// Sets the steps of such layers to those that the text of a file says in their lines, "1.last_steps (steps, 8): steps
/// 24", one after the other; those that it does not say to 0. Takes off the text what it has read.
template <HasFields P> void take_steps(P& p, std::string_view& text, std::string_view name = {}) {
  if constexpr (HasSteps<P>) {
    constexpr std::string_view before = "): steps ";
    const auto at = text.find(before, text.find(sentence(name, " (steps, ")));
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + before.size());
    std::size_t steps = 0;
    std::from_chars(text.data(), text.data() + text.size(), steps);
    p.steps = steps;
  } else {
    const auto take = [&]<std::size_t K>() {
      if constexpr (HasFields<MemberOf<P, K>>) take_steps(member_of<K>(p), text, field_at<P, K>.name);
    };
    [&]<std::size_t... K>(std::index_sequence<K...>) { (take.template operator()<K>(), ...); }(FieldIndices<P>());
  }
}

[[noreturn]] inline void refuse_sizes(const std::string& file) {
  throw FileError(sentence(file, ": damaged: expected sizes of as many numbers as the file has"));
}

/// Throws FileError unless the weights of a layer, or of each in a stack or in branches, are for what the layer before
/// it gives, so that a model with these weights has no more numbers than they are. `name` is the layer's.
template <class L>
void check_inputs(const std::string& file, const typename L::Parameters& sizes, const Shape& input,
                  const std::string& name = "") {
  if constexpr (requires { typename L::template At<0>; }) {
    L::for_each_layer(sizes, input, [&]<std::size_t K>(const auto& part, const Shape& its_input) {
      using Part = typename L::template At<K>;
      check_inputs<Part>(file, part, its_input, sentence(name, name.empty() ? "" : ".", K, ".", Part::name));
    });
  } else if constexpr (requires { typename L::Inner; }) {
    check_inputs<typename L::Inner>(file, sizes.layers, L::shape_in(input), sentence(name, ".layers"));
  } else {
    visit_fields(
        [&]<class Tensor>(const FieldInfo& field, const Tensor& weight) {
          const std::string which = field.path();
          const bool is_for_inputs = which == "kernel" || which == "forward.kernel" || L::name == "layer_normalization";
          if (Tensor::static_size == 0 || !is_for_inputs) return;
          const std::size_t inputs = weight.extents()[Tensor::rank < 2 ? 0 : Tensor::rank - 2];
          if (inputs == input.features) return;
          throw FileError(sentence(file, ": does not fit the model: ", name, ": expected a ", which, " for ",
                                   input.features, " inputs, found one for ", inputs));
        },
        sizes);
  }
}

/// A model with the sizes that the text of a file says, and weights of zero. `bytes` is what the file has of numbers.
///
/// Throws FileError if they are not of a model of this type, or not of as many numbers.
template <class T, class Input, class... Layers>
BareSequential<T, Input, Layers...> model_of_sizes(std::type_identity<BareSequential<T, Input, Layers...>>,
                                                   const std::string& file, std::string_view text,
                                                   std::uint64_t bytes) {
  using Net = BareSequential<T, Input, Layers...>;
  static_assert(Input::shape.steps != dynamic,
                "The file of a model for a number of steps that is chosen when the program runs does not say that "
                "number: make the model, and load into it: Net net{Input(1, 20), …}; load(net, path).");
  typename Net::Parameters sizes;
  std::uint64_t left = bytes;
  visit_fields(
      [&]<class Tensor>(const FieldInfo& field, Tensor& tensor) {
        const auto extents = numbers_in_line(text, field.path() + ":");
        if (extents.size() != Tensor::rank) {
          throw FileError(sentence(file, ": does not fit the model: expected the weight \"", field.path(), "\" of ",
                                   Tensor::rank, " extents, found ", extents.empty() ? "none" : shape_text(extents)));
        }
        std::uint64_t size = sizeof(T);
        for (const std::size_t extent : extents) {
          if (extent != 0 && size > left / extent) refuse_sizes(file);
          size *= extent;
        }
        left -= size;
        [&]<std::size_t... k>(std::index_sequence<k...>) {
          tensor.resize(extents[k]...);
        }(std::make_index_sequence<Tensor::rank>());
      },
      sizes);
  std::string_view lines = text;
  take_steps(sizes, lines);
  const auto features = numbers_in_line(text, "input ");
  try {
    const Input input = [&] {
      if constexpr (Input::shape.features == dynamic) {
        return Input(features.empty() ? 0 : features.back());
      } else {
        return Input();
      }
    }();
    check_inputs<typename Net::Stack>(file, sizes, input.chosen());
    return Net(input, Net::Stack::specification(sizes));
  } catch (const ArgumentError& error) {
    throw FileError(sentence(file, ": does not fit the model: ", error.what()));
  } catch (const ShapeError& error) {
    throw FileError(sentence(file, ": does not fit the model: ", error.what()));
  } catch (const std::bad_alloc&) {
    refuse_sizes(file);
  } catch (const std::length_error&) {
    refuse_sizes(file);
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
