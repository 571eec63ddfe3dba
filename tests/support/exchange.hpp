// What programs here and scripts in Python give each other: files of numbers of float32, the lowest byte first.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>

#include "rnnts/tensor/xtensor.hpp"

inline void write_numbers(const std::filesystem::path& path, const auto& numbers) {
  std::ofstream file(path, std::ios::binary);
  for (const auto number : numbers) {
    const auto rounded = static_cast<float>(number);
    file.write(reinterpret_cast<const char*>(&rounded), sizeof rounded);
  }
}

/// Windows as they lie in a file, without their extents.
template <class T>
xt::xtensor<T, 3> read_windows(std::istream& file, std::size_t count, std::size_t steps, std::size_t features) {
  xt::xtensor<float, 3> windows(std::array<std::size_t, 3>{count, steps, features});
  file.read(reinterpret_cast<char*>(windows.data()), static_cast<std::streamsize>(windows.size() * sizeof(float)));
  return windows;
}

/// … as scripts/check_onnx, check_pytorch and round_trips write them to a folder.
template <class T> xt::xtensor<T, 3> read_windows(const std::filesystem::path& folder) {
  std::ifstream file(folder / "input.f32", std::ios::binary);
  return read_windows<T>(file, 8, 12, 3);
}
