// Paths for files of tests, which run side by side.
#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

/// A path in the folder for temporary files that no other process and no other call gets.
inline std::filesystem::path unique_path(const std::string& name) {
  static std::atomic<int> count = 0;
  return std::filesystem::temp_directory_path() /
         ("rnnts_" + std::to_string(::getpid()) + "_" + std::to_string(count++) + "_" + name);
}
