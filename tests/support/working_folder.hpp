// A folder that a test works in, as the code of a page does that names files without one.
#pragma once

#include <filesystem>

#include "support/unique_path.hpp"

struct WorkingFolder {
  std::filesystem::path before = std::filesystem::current_path(), path;

  explicit WorkingFolder(const char* name) : path(unique_path(name)) {
    std::filesystem::create_directories(path);
    std::filesystem::current_path(path);
  }
  WorkingFolder(const WorkingFolder&) = delete;
  WorkingFolder& operator=(const WorkingFolder&) = delete;
  ~WorkingFolder() {
    std::filesystem::current_path(before);
    std::filesystem::remove_all(path);
  }
};
