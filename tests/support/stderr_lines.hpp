// What a test writes to stderr.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

/// The lines that `run` writes to stderr, which is a file meanwhile.
inline std::vector<std::string> stderr_lines(const std::function<void()>& run) {
  const auto path = std::filesystem::temp_directory_path() / ("rnnts_stderr_" + std::to_string(::getpid()));
  std::fflush(stderr);
  const int terminal = ::dup(STDERR_FILENO);
  std::FILE* file = std::fopen(path.c_str(), "w");
  ::dup2(::fileno(file), STDERR_FILENO);
  run();
  std::fflush(stderr);
  ::dup2(terminal, STDERR_FILENO);
  ::close(terminal);
  std::fclose(file);
  std::vector<std::string> lines;
  std::ifstream written(path);
  for (std::string line; std::getline(written, line);) lines.push_back(line);
  std::filesystem::remove(path);
  return lines;
}
