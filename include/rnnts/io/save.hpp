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
#include "rnnts/io/crc32c.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/sizes.hpp"

namespace rnnts::inline RNNTS_ABI {

struct SaveOptions {
  bool allow_non_finite = false;  ///< whether NaN and infinity are written
};

struct LoadOptions {
  bool allow_non_finite = false;  ///< whether NaN and infinity are read
};

namespace detail {

/// Not text, as its first byte says, and no longer the same once line ends were converted.
inline constexpr std::string_view model_magic = "\x89RNNTS\r\n";
inline constexpr std::uint32_t model_format = 1;

/// Bytes before the text: magic, size of the file, version of the format, size of the text.
inline constexpr std::size_t model_header = 8 + 8 + 4 + 4;
inline constexpr std::size_t model_checksum = 4;  ///< bytes in the end

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

/// The bytes of a file with this text and these numbers.
inline std::string file_of(const std::string& text, const std::string& numbers) {
  std::string file(model_magic);
  append_little_endian(file, std::uint64_t{model_header + text.size() + numbers.size() + model_checksum});
  append_little_endian(file, model_format);
  append_little_endian(file, static_cast<std::uint32_t>(text.size()));
  file += text;
  file += numbers;
  append_little_endian(file, crc32c(file));
  return file;
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
  return file_of(contents(saved), encode_numbers(saved, name, options));
}

/// The size of the whole file, as its beginning says.
///
/// Throws FileError unless this is the beginning of a model file.
inline std::uint64_t check_beginning(const std::string& name, std::string_view file) {
  const auto found_magic = file.substr(0, model_magic.size());
  if (found_magic != model_magic) {
    throw FileError(sentence(name, ": not a model file: expected it to begin with the bytes ", hexadecimal(model_magic),
                             ", found ", found_magic.empty() ? "nothing" : hexadecimal(found_magic)));
  }
  if (file.size() < model_header) {
    throw FileError(sentence(name, ": truncated: expected at least ", model_header + model_checksum, " bytes, found ",
                             file.size()));
  }
  return read_little_endian<std::uint64_t>(file, 8);
}

/// Throws FileError if the file is of another version of the format.
inline void check_format(const std::string& name, std::string_view file) {
  const auto format = read_little_endian<std::uint32_t>(file, 16);
  if (format != model_format) {
    throw FileError(sentence(name, ": written by another version of the library: expected version ", model_format,
                             " of the format, found version ", format));
  }
}

[[noreturn]] inline void refuse_truncated(const std::string& name, std::uint64_t size, std::size_t found) {
  throw FileError(sentence(name, ": truncated: expected ", size, " bytes, found ", found));
}

[[noreturn]] inline void refuse_size(const std::string& name, std::uint64_t expected, std::uint64_t found) {
  throw FileError(sentence(name, ": damaged: expected ", expected, " bytes, found a file of ", found));
}

/// Throws FileError unless this is a model file, of this format, and as it was written.
inline void check_file(const std::string& name, std::string_view file) {
  const auto size = check_beginning(name, file);
  if (file.size() < size) refuse_truncated(name, size, file.size());
  if (file.size() > size) throw FileError(sentence(name, ": too long: expected ", size, " bytes, found more"));
  constexpr std::size_t smallest = model_header + model_checksum;
  if (size < smallest) {
    throw FileError(sentence(name, ": damaged: expected at least ", smallest, " bytes, found ", size));
  }
  const std::size_t end = file.size() - model_checksum;
  const auto expected = read_little_endian<std::uint32_t>(file, end), found = crc32c(file.substr(0, end));
  if (found != expected) {
    throw FileError(sentence(name, ": damaged: expected the checksum ", expected, ", found ", found));
  }
  check_format(name, file);
}

/// Bytes of the file of a model with this text.
template <Savable S> std::size_t file_size(const S& saved, std::string_view text) {
  std::size_t size = model_header + text.size() + model_checksum;
  visit_fields([&](const FieldInfo&, const auto& tensor) { size += tensor.flat().size_bytes(); }, fields_of(saved));
  return size;
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
  const std::size_t expected = file_size(loaded, text);
  if (size > expected) {
    check_format(name, content);
    // As much of the text as to have the first line that differs, if it is no longer than a line should be.
    constexpr std::size_t line = 4096;
    const auto text_size = std::min<std::size_t>(read_little_endian<std::uint32_t>(content, 20), text.size() + line);
    file.read(content, text_size);
    if (content.size() < model_header + text_size) refuse_truncated(name, size, content.size());
    check_contents(name, text, std::string_view(content).substr(model_header));
    refuse_size(name, expected, size);
  }
  if (size >= content.size()) file.read(content, static_cast<std::size_t>(size - content.size() + 1));
  return content;
}

/// The beginning of a model file up to the end of its text, as far as that is no longer than texts are.
///
/// Throws FileError if it is none of this format, or truncated.
inline std::string read_beginning(InputFile& file, const std::string& name) {
  constexpr std::size_t longest_text = 1024 * 1024;
  std::string content;
  file.read(content, model_header);
  const auto size = check_beginning(name, content);
  check_format(name, content);
  const auto text_size = std::min<std::size_t>(read_little_endian<std::uint32_t>(content, 20), longest_text);
  file.read(content, text_size);
  if (content.size() < model_header + text_size) refuse_truncated(name, size, content.size());
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
  check_contents(name, text, file.substr(model_header, text_size));
  if (text_size != text.size()) {
    throw FileError(sentence(name, ": damaged: expected a text of ", text.size(), " bytes, found ", text_size));
  }

  const std::size_t size = file_size(loaded, text);
  if (file.size() != size) refuse_size(name, size, file.size());
  decode_numbers(loaded, file.substr(model_header + text.size()), name, options);
}

}  // namespace detail

/// Writes the weights of a model, a scaler, or any struct with `fields()`, which may list models and scalers, to a
/// file: to the one that a symbolic link leads to, with the permissions of a file that was there. Whoever loads or
/// saves it at the same time sees a whole file.
///
/// Throws FileError, and leaves a file that was there as it was, if that fails, if `path` is a pipe or a device, or if
/// a weight is not finite and `options` do not allow it.
template <Savable S> void save(const S& model, const std::filesystem::path& path, SaveOptions options = {}) {
  detail::write_file(path, detail::encode(model, path.string(), options));
}

/// Sets the weights of a model to those of a file that `save` wrote, bit by bit.
///
/// Throws FileError, and leaves the model as it was, if the file cannot be read, is not a model file or is damaged, if
/// it is of another model (of other layers, activations, options, names, shapes or number types), or if a weight is not
/// finite and `options` do not allow it.
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
    const std::string text = detail::contents(saved);
    detail::check_contents(name, text, std::string_view(content).substr(detail::model_header));
    const std::size_t size = detail::file_size(saved, text);
    if (size >= content.size()) file.read(content, size - content.size() + 1);
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
