// A model file that libFuzzer has changed, with size and checksum as they should be, so that what is behind them is
// reached.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "rnnts/io/crc32c.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/model_file.hpp"

inline std::string changed_file(const std::uint8_t* data, std::size_t size) {
  using namespace rnnts::detail;
  std::string file(reinterpret_cast<const char*>(data), size);
  if (file.size() > model_header + model_checksum) {
    std::string length, checksum;
    append_little_endian(length, std::uint64_t{file.size()});
    file.replace(8, length.size(), length);
    file.resize(file.size() - model_checksum);
    append_little_endian(checksum, crc32c(file));
    file += checksum;
  }
  return file;
}
