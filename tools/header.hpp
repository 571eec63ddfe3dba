// A net as a header for programs without files: its type, its weights as constants, and a self-test.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model_type.hpp"
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

inline std::string literals(std::span<const float> numbers) {
  std::string text;
  for (const float number : numbers) text += (text.empty() ? "" : ", ") + literal(number);
  return "{" + text + "}";
}

/// The name of a file without its suffix, as that of a namespace.
inline std::string namespace_of(const std::filesystem::path& path) {
  std::string name = path.stem().string();
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) name = "net_" + name;
  return name;
}

/// Throws ArgumentError if the net cannot run step by step, or has a tensor that cannot be a constant.
inline std::string header(const rnnts::AnyModel<float>& model, const std::string& from, const std::string& name_space) {
  using rnnts::detail::sentence;
  constexpr std::size_t largest_constant = 16 * 1024, steps = 32;  // bytes, beyond which a tensor is on the heap
  for (const auto& weight : model.weights()) {
    if (weight.values.size_bytes() > largest_constant) {
      throw rnnts::ArgumentError(sentence(from, ": ", weight.name, ": expected at most ", largest_constant,
                                          " bytes, as larger tensors cannot be constants, found ",
                                          weight.values.size_bytes()));
    }
  }
  rnnts::AnyModel<float>::Stream stream(model);
  std::string inputs, outputs, net, constants;
  rnnts::Random random(rnnts::seed(1));
  for (std::size_t t = 0; t < steps; ++t) {
    std::vector<float> x(model.input_shape().features);
    for (float& value : x) value = static_cast<float>(random.uniform(-1, 1));
    inputs += "    " + literals(x) + ",\n";
    outputs += "    " + literals(stream.step(x)) + ",\n";
  }
  std::set<std::string> includes{"model/bare_sequential.hpp", "model/stream.hpp"};
  for (const auto& layer : model.net().listed()) {
    includes.insert(sentence("layers/", layer.type, ".hpp"));
    for (const auto& weight : layer.weights) {
      const std::string constant = sentence(layer.type, "_", layer.index, "_", weight.name);
      constants += sentence("inline constexpr float ", constant, "[]", literals(weight.values), ";\n");
      net +=
          sentence("  std::ranges::copy(", constant, ", made.layer<", layer.index, ">().", weight.name, ".begin());\n");
    }
  }
  std::string text = sentence("// Written by rnnts from ", std::filesystem::path(from).filename().string(),
                              ".\n#pragma once\n\n#include <algorithm>\n#include <cstddef>\n\n");
  for (const std::string& include : includes) text += sentence("#include \"rnnts/", include, "\"\n");
  text += sentence("\nnamespace ", name_space, " {\n\nusing namespace rnnts;\n\nusing Net = Bare",
                   model_type(model.net()), ";\n\n", constants, "\nconsteval Net make_net() {\n  Net made;\n", net,
                   "  return made;\n}\n\ninline constinit const Net net{make_net()};  // in read-only memory\n\n");
  text += sentence(
      "/// Whether ", steps, " steps give what they gave where this was written.\n",
      "inline bool self_test(float tolerance = 1e-5f) {\n  static constexpr float inputs[][Net::input.features]{\n",
      inputs, "  };\n  static constexpr float outputs[][Net::output.features]{\n", outputs,
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
