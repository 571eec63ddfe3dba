// A folder that lives as long as a test needs it, and whole files.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "support/unique_path.hpp"

struct Folder {
  std::filesystem::path path;

  explicit Folder(std::string_view name) : path(unique_path(std::string(name))) {
    std::filesystem::create_directories(path);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }

  std::string operator/(std::string_view name) const { return (path / name).string(); }
};

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  return {std::filesystem::directory_iterator(folder), {}};
}
