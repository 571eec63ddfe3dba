// load_any and save_any: nets of files that the program does not know. Needs nlohmann-json; not part of rnnts.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/io/any_keras.hpp"
#include "rnnts/io/any_model.hpp"
#include "rnnts/io/any_onnx.hpp"
#include "rnnts/io/any_rtneural.hpp"
#include "rnnts/io/save.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// The layers that the text of a file of ours says, and the input before them.
inline std::pair<Shape, std::vector<LayerDescription>> describe(const std::string& file, std::string_view text) {
  std::pair<Shape, std::vector<LayerDescription>> net;
  const auto take_line = [&] {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
  };
  const auto first = take_line();
  if (!first.starts_with("input (steps, ")) {
    throw FileError(sentence(file,
                             ": expected the file of one model, whose text begins with \"input (steps, \", found \"",
                             first.substr(0, 80), "\""));
  }
  net.first = sequence_shape(any_steps, parse_layer(first).features);
  while (!text.empty()) {
    const std::string name = sentence(net.second.size(), ".");
    if (!text.starts_with(name)) break;
    const auto line = take_line();
    const auto space = line.find(' ');
    if (space == std::string_view::npos || line[space - 1] == ':') break;  // of a weight
    net.second.push_back(parse_layer(line.substr(name.size())));
  }
  for (std::size_t k = 0; k < net.second.size(); ++k) {
    LayerDescription& layer = net.second[k];
    for (const std::string_view weight : {"bias", "gamma", "beta"}) {
      const auto has = [&](std::string_view side) {
        return text.find(sentence(k, ".", layer.type, ".", side, weight, ": ")) != std::string_view::npos;
      };
      if (!has("") && !has("forward.")) layer.absent.emplace_back(weight);
    }
    const auto kernel = numbers_in_line(text, sentence(k, ".", layer.type, ".kernel:"));
    if (kernel.size() == 3) layer.kernel_size = kernel.front();
  }
  return net;
}

/// The first line that differs in what was made of a file is an error: so its text says nothing that is not read.
template <Scalar T> AnyModel<T> load_any_rnnts(const std::filesystem::path& path, LoadOptions options) {
  const std::string name = path.string();
  InputFile file(path);
  std::string content = read_beginning(file, name);
  const std::string text = content.substr(model_header);
  const auto size = read_little_endian<std::uint64_t>(content, 8);
  std::error_code error;
  const auto found = std::filesystem::file_size(path, error);  // sizes are not taken from what was only said
  std::string_view lines = text;
  auto test = take_self_test<T>(lines, size);
  const auto [input, layers] = describe(name, lines);
  AnyNet<T> net(input, layers, error ? 0 : static_cast<std::size_t>(std::min(size, found) / sizeof(T)));
  check_contents(name, net.contents(), lines);
  std::size_t expected = content.size() + model_checksum + (test ? static_cast<std::size_t>(test->bytes()) : 0);
  for (const auto& weight : net.weights()) expected += weight.values.size_bytes();
  if (expected >= content.size()) file.read(content, expected - content.size() + 1);
  check_file(name, content);
  if (content.size() != expected) refuse_size(name, expected, content.size());
  std::size_t at = model_header + text.size();
  for (const auto& weight : net.weights()) {
    for (T& number : weight.values) {
      number = read_little_endian<T>(content, at);
      at += sizeof number;
      if (!options.allow_non_finite) require_finite(name, weight.name, number, "LoadOptions::allow_non_finite");
    }
  }
  AnyModel<T> model(std::move(net));
  if (test && options.self_test) {
    read_self_test(*test, content, at);
    check_self_test(name, model, *test);
  }
  return model;
}

/// What a file of this name is, as its suffix says.
enum class FileKind { rnnts, keras, onnx, rtneural };

/// Throws ArgumentError for a name of another kind, with the way out where there is one.
inline FileKind file_kind(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (name.ends_with(".rnnts")) return FileKind::rnnts;
  if (name.ends_with(".keras")) return FileKind::keras;
  if (name.ends_with(".onnx")) return FileKind::onnx;
  if (name.ends_with(".json")) return FileKind::rtneural;
  const auto refuse = [&](std::string_view why) { throw ArgumentError(sentence(path.string(), ": ", why)); };
  if (name.ends_with(".weights.h5")) {
    refuse("a .weights.h5 file has weights alone, and does not say what its layers are: save the model as .keras");
  }
  if (name.ends_with(".safetensors")) {
    refuse(
        "a state_dict has weights alone, and says neither what its layers compute nor in which order they run: name "
        "the net in a program, and use load_pytorch or save_pytorch");
  }
  refuse("expected a name that ends in .rnnts, .keras, .onnx or .json, for RTNeural");
  std::abort();
}

}  // namespace detail

/// The net of a file, whose layers the program does not know: one of `save` (.rnnts), of Keras 3 (.keras), of ONNX
/// (.onnx) or of RTNeural (.json), by the suffix. RTNeural does not say whether a layer gives sequences: here, each
/// does. ONNX does not tell a layer without `gamma` from one where it is 1.
///
/// Throws FileError if the file cannot be read, is damaged or of another kind, if it is of ONNX with a node that
/// `load_onnx` does not know, if a weight is not finite and `options` do not allow it, or if it has a self-test that
/// fails, as in `load`; ArgumentError, beginning with the path and the layer, if it has a layer, activation or option
/// that AnyModel has not. docs/program.md lists those that it has.
template <Scalar T> AnyModel<T> load_any(const std::filesystem::path& path, LoadOptions options = {}) {
  const detail::FileKind kind = detail::file_kind(path);
  try {
    switch (kind) {
      case detail::FileKind::rnnts: return detail::load_any_rnnts<T>(path, options);
      case detail::FileKind::keras: return detail::load_any_keras<T>(path, options);
      case detail::FileKind::onnx: return detail::load_any_onnx<T>(path, options);
      case detail::FileKind::rtneural: return detail::load_any_rtneural<T>(path);
    }
  } catch (const ArgumentError& error) {
    throw ArgumentError(detail::sentence(path.string(), ": ", error.what()));
  } catch (const ShapeError& error) {
    throw ArgumentError(detail::sentence(path.string(), ": ", error.what()));
  }
  std::abort();
}

/// Writes a net to a file of the kind that the suffix says, .rnnts, .keras, .onnx or .json.
///
/// Throws FileError, and leaves a file that was there as it was, if that fails, or if a weight is not finite and
/// `options` do not allow it; ArgumentError, beginning with the path, if that format has no such layer or option, or
/// if `options` ask for a self-test in a file of RTNeural.
template <Scalar T>
void save_any(const AnyModel<T>& model, const std::filesystem::path& path, SaveOptions options = {}) {
  const detail::FileKind kind = detail::file_kind(path);
  const std::string name = path.string();
  const std::string bytes = [&] {
    try {
      switch (kind) {
        case detail::FileKind::rnnts: return model.bytes(name, options);
        case detail::FileKind::keras: return detail::any_keras_file(model, name, options);
        case detail::FileKind::onnx: return detail::any_onnx_file(model, name, options);
        case detail::FileKind::rtneural:
          if (options.self_test) detail::refuse_self_test("RTNeural", "its JSON");
          return detail::any_rtneural_file(model.net(), name);
      }
      std::abort();
    } catch (const ArgumentError& error) {
      throw ArgumentError(detail::sentence(name, ": ", error.what()));
    }
  }();
  detail::write_file(path, bytes);
}

}  // namespace rnnts::inline RNNTS_ABI
