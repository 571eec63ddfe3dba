// A file that lives as long as a test needs it.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "rnnts/core/error.hpp"
#include "support/catch.hpp"
#include "support/unique_path.hpp"

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text) : path_(unique_path("series.csv")) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// The message of the FileError that `read` throws for a file of this text, with "FILE" instead of its path.
inline std::string file_error(std::string_view text, const auto& read) {
  const TemporaryFile file(text);
  try {
    read(file.path());
  } catch (const rnnts::FileError& error) {
    std::string message = error.what();
    REQUIRE(message.starts_with(file.path()));
    return message.replace(0, file.path().size(), "FILE");
  }
  return "no FileError";
}
