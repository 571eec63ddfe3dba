// Files that are written whole or not at all.
#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "rnnts/core/error.hpp"

namespace rnnts::inline v0::detail {

/// Writes a file beside `path` first and then gives it that name, so that a failure leaves an old file as it
/// was.
///
/// Throws FileError, with the path, if that does not succeed.
inline void write_file(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::path unfinished = path;
  unfinished += ".unfinished";
  std::ofstream file(unfinished, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(unfinished, path, error);
  if (!file || error) {
    std::error_code ignored;
    std::filesystem::remove(unfinished, ignored);
    throw FileError(sentence(path.string(), ": the file could not be written"));
  }
}

}  // namespace rnnts::inline v0::detail
