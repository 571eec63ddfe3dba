// The bytes of a model file, which docs/files.md lays out, around its text and its numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/crc32c.hpp"
#include "rnnts/io/little_endian.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Not text, as its first byte says, and no longer the same once line ends were converted.
inline constexpr std::string_view model_magic = "\x89RNNTS\r\n";
inline constexpr std::uint32_t model_format = 1;

/// Bytes before the text: magic, size of the file, version of the format, size of the text.
inline constexpr std::size_t model_header = 8 + 8 + 4 + 4;
inline constexpr std::size_t model_checksum = 4;  ///< bytes in the end

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

}  // namespace rnnts::inline RNNTS_ABI::detail
