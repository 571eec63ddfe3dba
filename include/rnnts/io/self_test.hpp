// The self-test in a file of a model: an input, and what the model gave for it where the file was written.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/sizes.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// An output of a self-test may differ by so much, times the largest output if that is above 1.
inline constexpr double self_test_tolerance = 1e-5;

template <Scalar T> struct SelfTest {
  std::array<std::size_t, 2> input_shape{}, output_shape{};  ///< steps and features; a vector is one step
  std::vector<T> input = {}, output = {};                    ///< row-major; none where the shapes alone were read

  std::uint64_t bytes() const {
    return std::uint64_t{sizeof(T)} * (input_shape[0] * input_shape[1] + output_shape[0] * output_shape[1]);
  }
};

/// Overwrites the output by what a model computes. Throws ShapeError if it cannot take so many steps.
template <Model M> [[gnu::noinline]] void run_self_test(const M& model, SelfTest<typename M::scalar>& test) {
  const FlushSubnormals flush;
  const std::size_t steps = test.input_shape[0];
  typename M::Scratch scratch;
  const auto x = scratch.x.resize(steps, 1, test.input_shape[1]);
  const auto y = scratch.y.resize(M::Stack::output_steps(model.parameters(), steps), 1, model.output_shape().features);
  std::ranges::copy(test.input, x.data);
  M::Stack::forward(model.parameters(), x, scratch.tape, y);
  test.output_shape = {y.steps, y.width};
  test.output.assign(y.data, y.data + y.steps * y.width);
}

/// Of as many steps as the model needs, and 32 at least, with random numbers between -1 and 1; the same each time.
///
/// Throws FileError, beginning with `name`, if an output is not finite.
template <class M> SelfTest<typename M::scalar> make_self_test(const std::string& name, const M& model) {
  using T = typename M::scalar;
  constexpr std::size_t most_numbers = 1 << 14, most_steps = 1 << 16;
  const Shape shape = model.input_shape();
  const std::size_t usual_steps = std::clamp<std::size_t>(most_numbers / shape.features, 1, 32);
  SelfTest<T> test;
  for (std::size_t steps = shape.steps == any_steps ? usual_steps : shape.steps;; steps *= 2) {
    test.input_shape = {steps, shape.features};
    test.input.resize(steps * shape.features);
    Random random(seed(1));
    for (T& number : test.input) number = static_cast<T>(random.uniform(-1, 1));
    try {
      run_self_test(model, test);
      break;
    } catch (const ShapeError&) {  // a convolution over more steps
      if (shape.steps != any_steps || steps >= most_steps) throw;
    }
  }
  if (!std::ranges::all_of(test.output, [](T number) { return std::isfinite(number); })) {
    throw FileError(sentence(name, ": self-test: expected finite outputs, found another"));
  }
  return test;
}

/// Throws FileError, beginning with `name`, unless the model gives the output of the file.
template <class M>
void check_self_test(const std::string& name, const M& model, const SelfTest<typename M::scalar>& test) {
  const auto refuse = [&](const auto&... found) {
    throw FileError(sentence(name,
                             ": computes otherwise here than where it was written: expected the output of its "
                             "self-test, ",
                             found..., "; the option self_test leaves it out"));
  };
  const Shape shape = model.input_shape();
  const auto [steps, features] = test.input_shape;
  if (features != shape.features) refuse("for ", shape.features, " features, found it for ", features);
  if (shape.steps != any_steps && steps != shape.steps) refuse("for ", shape.steps, " steps, found it for ", steps);
  SelfTest<typename M::scalar> here{test.input_shape, {}, test.input, {}};
  try {
    run_self_test(model, here);
  } catch (const Error& error) {
    refuse("found that ", error.what());
  }
  if (here.output_shape != test.output_shape) {
    refuse("of ", shape_text(test.output_shape), ", found ", shape_text(here.output_shape));
  }
  double scale = 1, largest = 0;
  for (std::size_t k = 0; k < test.output.size(); ++k) {
    const double expected = test.output[k], difference = std::abs(here.output[k] - expected);
    scale = std::max(scale, std::abs(expected));
    if (!(largest >= difference) && !std::isnan(largest)) largest = difference;  // NaN too, which stays
  }
  const double allowed = self_test_tolerance * scale;
  if (!(largest <= allowed) || std::isinf(largest)) {  // where an output of the file is infinite, all would be allowed
    refuse("to ", rounded(allowed, 2), ", found a difference of ", rounded(largest, 3));
  }
}

/// Throws ArgumentError, for what has no place for one.
[[noreturn]] inline void refuse_self_test(const std::string& name, std::string_view what) {
  throw ArgumentError(sentence(name, ": expected no SaveOptions::self_test, as ", what, " keeps none, found it"));
}

/// Has `read` set the weights of a model; where there is a self-test, after it has set those of a copy that passes it.
template <class M, class Read>
void read_tested(const std::string& name, M& model, const std::optional<SelfTest<typename M::scalar>>& test,
                 Read read) {
  if (!test) return read(model);
  M copy = model;
  read(copy);
  check_self_test(name, copy, *test);
  model = copy;
}

/// The lines behind those of the weights in the text of a file of ours.
template <Scalar T> std::string self_test_text(const SelfTest<T>& test) {
  const std::string_view type = std::same_as<T, float> ? "float" : "double";
  return sentence("self_test.input: ", type, " ", shape_text(test.input_shape), "\nself_test.output: ", type, " ",
                  shape_text(test.output_shape), "\n");
}

/// Takes these lines off the end of a text, if they are there, and gives the shapes that they say. `bytes` is what the
/// file has of numbers at most.
template <Scalar T> std::optional<SelfTest<T>> take_self_test(std::string_view& text, std::uint64_t bytes) {
  const std::size_t before = text.find("\nself_test.input: ");
  if (before == std::string_view::npos) return {};
  const std::string_view lines = text.substr(before + 1);
  SelfTest<T> test;
  std::uint64_t left = bytes / sizeof(T);
  for (auto* const shape : {&test.input_shape, &test.output_shape}) {
    const auto numbers = numbers_in_line(lines, shape == &test.input_shape ? "self_test.input:" : "self_test.output:");
    if (numbers.size() != 2 || numbers[0] == 0 || numbers[1] == 0 || numbers[0] > left / numbers[1]) return {};
    *shape = {numbers[0], numbers[1]};
    left -= numbers[0] * numbers[1];
  }
  if (self_test_text(test) != lines) return {};
  text = text.substr(0, before + 1);
  return test;
}

template <Scalar T> void append_self_test(const SelfTest<T>& test, std::string& numbers) {
  for (const auto& some : {test.input, test.output}) {
    for (const T number : some) append_little_endian(numbers, number);
  }
}

/// The numbers, which `append_self_test` has put at this place in a file.
template <Scalar T> void read_self_test(SelfTest<T>& test, std::string_view file, std::size_t at) {
  const auto read = [&](std::vector<T>& numbers, const std::array<std::size_t, 2>& shape) {
    numbers.resize(shape[0] * shape[1]);
    for (T& number : numbers) {
      number = read_little_endian<T>(file, at);
      at += sizeof number;
    }
  };
  read(test.input, test.input_shape);
  read(test.output, test.output_shape);
}

}  // namespace rnnts::inline RNNTS_ABI::detail
