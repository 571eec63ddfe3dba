// A net as a header for programs without files: its type, its weights as constants, and a self-test.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model_type.hpp"
#include "quantized_weights.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/io/any_model.hpp"

namespace tools {

/// A number as it stands in a program, in its shortest exact form.
inline std::string literal(float number) {
  std::string text = rnnts::detail::sentence(number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text + "f";
}

inline std::string literal(int number) { return std::to_string(number); }

template <class Numbers> std::string literals(const Numbers& numbers) {
  std::string text;
  for (const auto number : numbers) text += (text.empty() ? "" : ", ") + literal(number);
  return "{" + text + "}";
}

/// The name of a file without its suffix, as that of a namespace.
inline std::string namespace_of(const std::filesystem::path& path) {
  std::string name = path.stem().string();
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) name = "net_" + name;
  return name;
}

/// Throws ArgumentError if a tensor is too large for a constant.
inline void check_bytes(const std::string& weight, std::size_t bytes) {
  constexpr std::size_t largest_constant = 16 * 1024;  // beyond which a tensor is on the heap
  if (bytes <= largest_constant) return;
  throw rnnts::ArgumentError(rnnts::detail::sentence(weight, ": expected at most ", largest_constant,
                                                     " bytes, as larger tensors cannot be constants, found ", bytes));
}

/// The arrays of the weights, and the statements that fill `made` with them.
struct Constants {
  std::string arrays, statements;
};

inline Constants constants(const rnnts::detail::AnyNet<float>& net, const std::string& from, Quantize to) {
  using rnnts::detail::sentence;
  Constants text;
  for (const auto& layer : net.listed()) {
    for (const auto& weight : layer.weights) {
      const std::string path = sentence(from, ": ", layer.name(), ".", weight.name);
      const std::string constant = sentence(layer.type, "_", layer.index, "_", weight.name);
      const std::string member = sentence("made.layer<", layer.index, ">().", weight.name);
      if (is_quantized(weight, to)) {
        const QuantizedWeight integers = quantized(weight, to);
        check_bytes(path, integers.bytes(to));
        text.arrays += sentence("inline constexpr std::", to == Quantize::int8 ? "int8_t " : "int16_t ", constant, "[]",
                                literals(integers.numbers), ";\ninline constexpr float ", constant, "_scales[]",
                                literals(integers.scales), ";\n");
        text.statements += sentence("  ", member, ".set(", constant, ", ", constant, "_scales);\n");
      } else {
        check_bytes(path, weight.values.size_bytes());
        text.arrays += sentence("inline constexpr float ", constant, "[]", literals(weight.values), ";\n");
        text.statements += sentence("  std::ranges::copy(", constant, ", ", member, ".begin());\n");
      }
    }
  }
  return text;
}

/// `computed` gives the outputs of the self-test: the model, or if its weights are quantized that which they make.
///
/// Throws ArgumentError if the net cannot run step by step, or has a tensor that cannot be a constant or quantized.
inline std::string header(const rnnts::AnyModel<float>& model, const rnnts::AnyModel<float>& computed,
                          const std::string& from, const std::string& name_space, Quantize to) {
  using rnnts::detail::sentence;
  constexpr std::size_t steps = 32;
  if (to != Quantize::no) check_quantizable(model.net());
  const Constants weights = constants(model.net(), from, to);
  rnnts::AnyModel<float>::Stream stream(computed);
  std::string inputs, outputs;
  rnnts::Random random(rnnts::seed(1));
  for (std::size_t t = 0; t < steps; ++t) {
    std::vector<float> x(model.input_shape().features);
    for (float& value : x) value = static_cast<float>(random.uniform(-1, 1));
    inputs += "    " + literals(x) + ",\n";
    outputs += "    " + literals(stream.step(x)) + ",\n";
  }
  std::set<std::string> includes{"model/bare_sequential.hpp", "model/stream.hpp"};
  for (const auto& layer : model.net().listed()) includes.insert(sentence("layers/", layer.type, ".hpp"));
  std::string type = "Bare" + model_type(model.net());
  float tolerance = 1e-5f;
  if (to != Quantize::no) {
    includes.insert("model/quantized.hpp");
    type = sentence("Quantized<std::", to == Quantize::int8 ? "int8_t" : "int16_t", ", ", type, ">");
    tolerance = rounding_of_rows(computed.net(), to, steps);
  }
  std::string text = sentence("// Written by rnnts from ", std::filesystem::path(from).filename().string(),
                              ".\n#pragma once\n\n#include <algorithm>\n#include <cstddef>\n",
                              to == Quantize::no ? "" : "#include <cstdint>\n", "\n");
  for (const std::string& include : includes) text += sentence("#include \"rnnts/", include, "\"\n");
  text += sentence("\nnamespace ", name_space, " {\n\nusing namespace rnnts;\n\nusing Net = ", type, ";\n\n",
                   weights.arrays, "\nconsteval Net make_net() {\n  Net made;\n", weights.statements,
                   "  return made;\n}\n\ninline constinit const Net net{make_net()};  // in read-only memory\n\n");
  text += sentence("/// Whether ", steps, " steps give what they gave where this was written.\n",
                   "inline bool self_test(float tolerance = ", literal(tolerance),
                   ") {\n  static constexpr float inputs[][Net::input.features]{\n", inputs,
                   "  };\n  static constexpr float outputs[][Net::output.features]{\n", outputs,
                   "  };\n  Stream<Net> stream(net);\n  for (std::size_t t = 0; t < ", steps,
                   "; ++t) {\n    const auto y = stream.step(inputs[t]);\n"
                   "    for (std::size_t n = 0; n < y.size(); ++n) {\n"
                   "      const float difference = y[n] - outputs[t][n];\n"
                   "      if (!(difference <= tolerance && difference >= -tolerance)) return false;  // as for NaN\n"
                   "    }\n  }\n  return true;\n}\n\n}  // namespace ",
                   name_space, "\n");
  return text;
}

}  // namespace tools
