// save and load: the weights of a model in a file of the library's own format, which docs/files.md lays out.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/contents.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/model_file.hpp"
#include "rnnts/io/self_test.hpp"
#include "rnnts/io/sizes.hpp"

namespace rnnts::inline RNNTS_ABI {

struct SaveOptions {
  bool allow_non_finite = false;  ///< whether NaN and infinity are written
  /// Whether the file of a model keeps an input of random numbers with its output, for `load` to compute again. A
  /// library from before there was this option refuses such a file: it does not fit the model.
  bool self_test = false;
};

struct LoadOptions {
  bool allow_non_finite = false;  ///< whether NaN and infinity are read
  bool self_test = true;          ///< whether the self-test of a file that has one is run
};

namespace detail {

/// Throws FileError with the first field that has a NaN or an infinity among its numbers, given as they are in a file.
/// `option` is what would allow it.
template <class Fields>
void check_finite(const std::string& name, const Fields& fields, std::string_view numbers, std::string_view option) {
  std::size_t at = 0;
  visit_fields(
      [&]<class Tensor>(const FieldInfo& field, const Tensor& tensor) {
        for (const std::size_t end = at + tensor.flat().size_bytes(); at < end;) {
          const auto number = read_little_endian<typename Tensor::value_type>(numbers, at);
          if (!std::isfinite(number)) {
            throw FileError(sentence(name, ": ", field.path(), ": expected finite numbers, found ", number,
                                     "; others are allowed by ", option));
          }
          at += sizeof number;
        }
      },
      fields);
}

/// The numbers of all fields, as they stand in a file of that name.
template <Savable S> std::string encode_numbers(const S& saved, const std::string& name, SaveOptions options) {
  std::string numbers;
  visit_fields(
      [&](const FieldInfo&, const auto& tensor) {
        for (const auto number : tensor) append_little_endian(numbers, number);
      },
      fields_of(saved));
  if (!options.allow_non_finite) check_finite(name, fields_of(saved), numbers, "SaveOptions::allow_non_finite");
  return numbers;
}

/// The bytes of a file of that name.
template <Savable S> std::string encode(const S& saved, const std::string& name, SaveOptions options) {
  std::string text = contents(saved), numbers = encode_numbers(saved, name, options);
  if (options.self_test) {
    if constexpr (Model<S>) {
      const auto test = make_self_test(name, saved);
      text += self_test_text(test);
      append_self_test(test, numbers);
    } else {
      refuse_self_test(name, "a file of anything but a model");
    }
  }
  return file_of(text, numbers);
}

/// Bytes of the file of a model with this text.
template <Savable S> std::size_t file_size(const S& saved, std::string_view text) {
  std::size_t size = model_header + text.size() + model_checksum;
  visit_fields([&](const FieldInfo&, const auto& tensor) { size += tensor.flat().size_bytes(); }, fields_of(saved));
  return size;
}

/// Compares the text of a file with that of this model, which is `text`, and returns the size that the file must have,
/// with the self-test that its text says.
///
/// Throws FileError with the first line that differs. `size` is that of the file as far as it is known.
template <Savable S>
std::uint64_t check_text(const S& saved, const std::string& name, const std::string& text, std::string_view found,
                         std::uint64_t size) {
  std::uint64_t expected = file_size(saved, text);
  if constexpr (Model<S>) {
    const std::size_t all = found.size();
    if (const auto test = take_self_test<typename S::scalar>(found, size)) {
      expected += all - found.size() + test->bytes();
    }
  }
  check_contents(name, text, found);
  if (found.size() != text.size()) {
    throw FileError(sentence(name, ": damaged: expected a text of ", text.size(), " bytes, found ", found.size()));
  }
  return expected;
}

/// A file as far as it can be one of this model, with a byte more if there is one: what is no model file is not read
/// any further than its beginning, and what says that it is larger than that of this model not than its text.
///
/// Throws FileError in these cases.
template <Savable S> std::string read_model_file(const S& loaded, const std::filesystem::path& path) {
  const std::string name = path.string(), text = contents(loaded);
  InputFile file(path);
  std::string content;
  file.read(content, model_header);
  const auto size = check_beginning(name, content);
  if (size > file_size(loaded, text)) {
    check_format(name, content);
    // As much of the text as to have the first line that differs, if it is no longer than a line should be.
    constexpr std::size_t line = 4096;
    const auto text_size = std::min<std::size_t>(read_little_endian<std::uint32_t>(content, 20), text.size() + line);
    file.read(content, text_size);
    if (content.size() < model_header + text_size) refuse_truncated(name, size, content.size());
    const auto expected = check_text(loaded, name, text, std::string_view(content).substr(model_header), size);
    if (size != expected) refuse_size(name, expected, size);
  }
  if (size >= content.size()) file.read(content, static_cast<std::size_t>(size - content.size() + 1));
  return content;
}

template <class S> inline constexpr bool has_chosen_sizes = false;
template <Model M> inline constexpr bool has_chosen_sizes<M> = M::Stack::is_dynamic;

/// To be loaded: draws no weights, which takes its time for large layers.
template <Savable S> S not_drawn() { return S(); }
template <Model M> M not_drawn() { return M{typename M::Parameters()}; }

/// A model, with weights of zero, of the sizes that stand in the beginning of a file.
template <Model M> M model_of(const std::string& name, const std::string& beginning) {
  const auto size = read_little_endian<std::uint64_t>(beginning, 8);
  const std::uint64_t others = beginning.size() + model_checksum;
  return M(model_of_sizes(std::type_identity<typename M::Bare>(), name,
                          std::string_view(beginning).substr(model_header), size > others ? size - others : 0));
}

/// Sets all fields to the first of these numbers, if all are finite or may be others.
template <Savable S>
void decode_numbers(S& loaded, std::string_view numbers, const std::string& name, LoadOptions options) {
  if (!options.allow_non_finite) {
    check_finite(name, fields_of(std::as_const(loaded)), numbers, "LoadOptions::allow_non_finite");
  }
  std::size_t at = 0;
  visit_fields(
      [&]<class Tensor>(const FieldInfo&, Tensor& tensor) {
        for (auto& number : tensor) {
          number = read_little_endian<typename Tensor::value_type>(numbers, at);
          at += sizeof number;
        }
      },
      fields_of(loaded));
}

/// Checks everything, and then changes the model.
template <Savable S> void decode(S& loaded, std::string_view file, const std::string& name, LoadOptions options) {
  check_file(name, file);
  const std::size_t text_size = read_little_endian<std::uint32_t>(file, 20);
  const std::string text = contents(loaded);
  std::string_view found = file.substr(model_header, text_size);
  const std::string_view numbers = file.substr(model_header + found.size());
  const std::uint64_t size = check_text(loaded, name, text, found, file.size());
  if (file.size() != size) refuse_size(name, size, file.size());
  if constexpr (Model<S>) {
    auto test = take_self_test<typename S::scalar>(found, file.size());
    if (!options.self_test) test.reset();
    if (test) read_self_test(*test, numbers, file_size(loaded, "") - model_header - model_checksum);
    read_tested(name, loaded, test, [&](S& model) { decode_numbers(model, numbers, name, options); });
  } else {
    decode_numbers(loaded, numbers, name, options);
  }
}

}  // namespace detail

/// Writes the weights of a model, a scaler, or any struct with `fields()`, which may list models and scalers, to a
/// file: to the one that a symbolic link leads to, with the permissions of a file that was there. Whoever loads or
/// saves it at the same time sees a whole file.
///
/// Throws FileError, and leaves a file that was there as it was, if that fails, if `path` is a pipe or a device, or if
/// a weight is not finite and `options` do not allow it; ArgumentError if `options` ask for a self-test of anything but
/// a model.
template <Savable S> void save(const S& model, const std::filesystem::path& path, SaveOptions options = {}) {
  detail::write_file(path, detail::encode(model, path.string(), options));
}

/// Sets the weights of a model to those of a file that `save` wrote, bit by bit.
///
/// Throws FileError, and leaves the model as it was, if the file cannot be read, is not a model file or is damaged, if
/// it is of another model (of other layers, activations, options, names, shapes or number types), if a weight is not
/// finite and `options` do not allow it, or if the file has a self-test, and the model with its weights computes an
/// output that differs by more than 1e-5, or 1e-5 of the largest output if that is above 1: then they say by how much.
template <Savable S> void load(S& model, const std::filesystem::path& path, LoadOptions options = {}) {
  detail::decode(model, detail::read_model_file(model, path), path.string(), options);
}

/// The model or scaler of a file: `const auto model = load<Net>("net.rnnts")`. Where only a run knows the sizes of a
/// model, those of the file are taken. Throws FileError as above.
template <Savable S> S load(const std::filesystem::path& path, LoadOptions options = {}) {
  if constexpr (detail::has_chosen_sizes<S>) {
    const std::string name = path.string();
    detail::InputFile file(path);
    std::string content = detail::read_beginning(file, name);
    S saved = detail::model_of<S>(name, content);
    const auto size =
        detail::check_text(saved, name, detail::contents(saved), std::string_view(content).substr(detail::model_header),
                           detail::check_beginning(name, content));
    if (size >= content.size()) file.read(content, static_cast<std::size_t>(size - content.size() + 1));
    detail::decode(saved, content, name, options);
    return saved;
  } else {
    S saved = detail::not_drawn<S>();
    load(saved, path, options);
    return saved;
  }
}

/// What `save` would write, in memory. Messages call it "bytes".
template <Savable S> std::vector<std::byte> to_bytes(const S& model, SaveOptions options = {}) {
  const std::string file = detail::encode(model, "bytes", options);
  const auto bytes = std::as_bytes(std::span(file));
  return {bytes.begin(), bytes.end()};
}

/// The same as `load` of a file, from its bytes, which may be part of the program. Messages call it "bytes".
template <Savable S> void load(S& model, std::span<const std::byte> bytes, LoadOptions options = {}) {
  detail::decode(model, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "bytes", options);
}

}  // namespace rnnts::inline RNNTS_ABI
