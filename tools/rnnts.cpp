// Forecasts series, looks into files of models, and converts them. docs/program.md describes it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "forecast_command.hpp"
#include "forecast_file.hpp"
#include "header.hpp"
#include "json_text.hpp"
#include "model_type.hpp"
#include "processor.hpp"
#include "program.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/version.hpp"
#include "rnnts/io/load_any.hpp"

namespace {

using rnnts::AnyModel;
using rnnts::detail::Json;
using rnnts::detail::sentence;

enum Exit { success = 0, wrong_use = 1, bad_file = 2, not_expressible = 3, differs = 4 };

constexpr const char* exit_codes =
    "Exit codes:\n"
    "  0  done\n"
    "  1  wrong use\n"
    "  2  a file cannot be read or written, is damaged, has data that cannot be used, or is one of ONNX with other\n"
    "     nodes\n"
    "  3  a file has, or its format cannot have, such a layer or option\n"
    "  4  what was written gives other outputs than what was read\n"
    "\n"
    "Files, by their suffix: .rnnts, of this library; .keras, of Keras 3; .onnx; .json, of RTNeural; to write, .hpp\n"
    "too, a header for programs without files.";

/// The files that a command is given, and how it answers.
struct Arguments {
  std::string from, to, quantize;
  bool json = false;
};

/// What outputs may differ by.
constexpr double tolerance = 1e-5;

Json inspected(const std::string& path, const AnyModel<float>& model) {
  Json layers = Json::array();
  for (const auto& layer : model.net().listed()) {
    const auto shape = [](const rnnts::Shape& of) {
      Json steps = of.steps == rnnts::any_steps ? Json() : Json(of.steps);
      return of.is_sequence ? Json::array({steps, of.features}) : Json::array({of.features});
    };
    std::size_t count = 0;
    for (const auto& weight : layer.weights) count += weight.values.size();
    layers.push_back({{"name", layer.name()},
                      {"type", layer.type},
                      {"options", layer.config},
                      {"input", shape(layer.input)},
                      {"output", shape(layer.output)},
                      {"weights", count}});
  }
  return {{"file", path},
          {"layers", layers},
          {"weights", model.parameter_count()},
          {"type", tools::model_type(model.net())}};
}

int inspect(const Arguments& given) {
  if (tools::is_forecast_file(given.from)) {
    tools::inspect_forecast_file(given.from, given.json);
    return success;
  }
  const auto model = rnnts::load_any<float>(given.from);
  if (given.json) {
    std::cout << tools::json_text(inspected(given.from, model)) << "\n";
    return success;
  }
  std::cout << model.summary() << "\n";
  for (const auto& layer : model.net().listed()) {
    if (!layer.config.empty()) std::cout << layer.name() << ": " << layer.config << "\n";
  }
  std::cout << "\n" << tools::model_type(model.net()) << "\n";
  return success;
}

/// The largest difference of the outputs of two nets for random windows, over the largest output if that is above 1.
/// Where one of them gives a vector, that is compared with the last step of the other.
double difference(const AnyModel<float>& a, const AnyModel<float>& b) {
  const rnnts::Shape input = a.input_shape();
  constexpr std::size_t windows = 8, usual_steps = 64;
  const std::size_t steps = input.steps == rnnts::any_steps ? usual_steps : input.steps;
  auto x = xt::xtensor<float, 3>::from_shape({windows, steps, input.features});
  rnnts::Random random(rnnts::seed(1));
  for (float& value : x) value = static_cast<float>(random.uniform(-1, 1));
  const auto first = a.predict(x), second = b.predict(x);
  const std::size_t count = std::min(first.shape()[1], second.shape()[1]);
  double largest = 0, scale = 1;
  for (std::size_t w = 0; w < windows; ++w) {
    for (std::size_t t = 0; t < count; ++t) {
      for (std::size_t n = 0; n < first.shape()[2]; ++n) {
        const double expected = first(w, first.shape()[1] - count + t, n);
        largest = std::max(largest, std::abs(second(w, second.shape()[1] - count + t, n) - expected));
        scale = std::max(scale, std::abs(expected));
      }
    }
  }
  return largest / scale;
}

int convert(const Arguments& given) {
  const auto model = rnnts::load_any<float>(given.from);
  if (given.to.ends_with(".hpp")) {  // has a self-test in place of being read again
    const std::string name_space = tools::namespace_of(given.to);
    const tools::Quantize quantize = given.quantize.empty()     ? tools::Quantize::no
                                     : given.quantize == "int8" ? tools::Quantize::int8
                                                                : tools::Quantize::int16;
    const auto computed = rnnts::load_any<float>(given.from);
    tools::round_weights(computed.net(), quantize);
    rnnts::detail::write_file(given.to, tools::header(model, computed, given.from, name_space, quantize));
    Json answer{{"from", given.from}, {"to", given.to}, {"namespace", name_space}};
    std::string text = sentence(given.to, ": ", model.parameter_count(), " weights; ");
    if (quantize != tools::Quantize::no) {
      const double largest = difference(model, computed);
      answer["largest_difference"] = largest;
      text += sentence("as ", given.quantize, ", the outputs for random inputs differ by ",
                       rnnts::detail::rounded(largest, 2), " at most; ");
    }
    if (given.json) {
      std::cout << tools::json_text(answer) << "\n";
    } else {
      std::cout << sentence(text, name_space, "::self_test() compares outputs\n");
    }
    return success;
  }
  const rnnts::Shape input = model.input_shape();
  const bool is_small = input.steps == rnnts::any_steps || input.steps * input.features <= 16384;
  const bool keeps_self_test = is_small && !given.to.ends_with(".json");
  rnnts::save_any(model, given.to, {.self_test = keeps_self_test});
  const double largest = difference(model, rnnts::load_any<float>(given.to));
  if (given.json) {
    std::cout << tools::json_text({{"from", given.from}, {"to", given.to}, {"largest_difference", largest}}) << "\n";
  } else {
    std::cout << sentence(given.to, ": ", model.parameter_count(),
                          " weights; read again, the outputs for random inputs differ by ",
                          rnnts::detail::rounded(largest, 2), " at most\n");
  }
  return largest <= tolerance ? success : differs;
}

/// One line on stderr, as the errors of the library begin with the file.
int fail(int code, std::string_view message, bool json) {
  if (json) {
    std::cerr << tools::json_text({{"error", message}, {"exit_code", code}}, -1) << "\n";
  } else {
    std::cerr << "rnnts: " << message << "\n";
  }
  return code;
}

}  // namespace

int tools::program(int count, char** values) {
  const std::string version = sentence(RNNTS_VERSION_MAJOR, ".", RNNTS_VERSION_MINOR, ".", RNNTS_VERSION_PATCH);
  const bool wants_json = std::find(values, values + count, std::string_view("--json")) != values + count;
  CLI::App app("Forecasts series with recurrent nets, looks into files of nets, and converts them", "rnnts");
  app.set_version_flag("--version",
                       wants_json ? json_text({{"version", version}, {"processor", processor}})
                                  : sentence("rnnts ", version, ", compiled for ", processor),
                       "Print the version, and which processors it is compiled for");
  app.footer(exit_codes);
  app.require_subcommand(1);
  ForecastCommands forecasts(app);
  Arguments given;
  auto* const inspecting =
      app.add_subcommand("inspect", "Print layers, shapes, options, weights and the type to paste");
  auto* const converting = app.add_subcommand("convert", "Write a net in another format, read it again and compare");
  for (auto* const command : {inspecting, converting}) {
    command->add_option(command == inspecting ? "FILE" : "FROM", given.from, "A .rnnts, .keras, .onnx or .json file")
        ->required();
    command->add_flag("--json", given.json, "Answer in JSON, errors too");
  }
  converting->add_option("TO", given.to, "The file to write")->required();
  converting->add_option("--quantize", given.quantize, "Weights in a .hpp header as int8 or int16")
      ->check(CLI::IsMember({"int8", "int16"}));
  try {
    app.parse(count, values);
    if (!given.quantize.empty() && !given.to.ends_with(".hpp")) {
      return fail(wrong_use, "--quantize: expected a header to write, a .hpp file, found " + given.to, given.json);
    }
    if (forecasts.parsed()) return forecasts.run();
    return inspecting->parsed() ? inspect(given) : convert(given);
  } catch (const CLI::Success& done) {  // --help and --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    return fail(wrong_use, sentence(error.what(), "; rnnts --help says how it is used"), wants_json);
  } catch (const rnnts::ArgumentError& error) {
    return fail(not_expressible, error.what(), given.json || forecasts.json());
  } catch (const std::exception& error) {
    return fail(bad_file, error.what(), given.json || forecasts.json());
  }
}
