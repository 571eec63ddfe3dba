// Files that are read whole, and written whole or not at all.
#pragma once

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "rnnts/core/error.hpp"

namespace rnnts::inline v0::detail {

/// Throws FileError, with the path and the system's reason, if the file cannot be read.
inline std::string read_file(const std::filesystem::path& path) {
  const auto fail = [&path](const char* what) {
    throw FileError(sentence(path.string(), ": cannot be ", what, ": ", std::generic_category().message(errno)));
  };
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.string().c_str(), "rb"), close);
  if (!file) fail("opened");

  std::string content;
  char block[4096];
  while (const auto n = std::fread(block, 1, sizeof block, file.get())) content.append(block, n);
  if (std::ferror(file.get())) fail("read");
  return content;
}

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
