// Event files: what TensorBoard reads, written without TensorFlow and without protobuf.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "rnnts/core/error.hpp"
#include "rnnts/io/crc32c.hpp"
#include "rnnts/io/little_endian.hpp"

namespace rnnts::inline RNNTS_ABI {
namespace detail {

/// A record of TensorFlow's TFRecord format: the size and the data, each with its checksum.
inline std::string tf_record(std::string_view data) {
  const auto masked_crc = [](std::string_view bytes) {
    const std::uint32_t crc = crc32c(bytes);
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
  };
  std::string record;
  append_little_endian(record, std::uint64_t{data.size()});
  append_little_endian(record, masked_crc(record));
  record += data;
  append_little_endian(record, masked_crc(data));
  return record;
}

/// A message of protocol buffers. A field is a key, its number and the kind of its value, and the value
/// (protobuf.dev/programming-guides/encoding).
class ProtobufMessage {
 public:
  ProtobufMessage& integer(std::uint32_t field, std::uint64_t value) {
    key(field, 0);
    varint(value);
    return *this;
  }
  ProtobufMessage& number(std::uint32_t field, double value) {
    key(field, 1);
    append_little_endian(bytes_, value);
    return *this;
  }
  ProtobufMessage& number(std::uint32_t field, float value) {
    key(field, 5);
    append_little_endian(bytes_, value);
    return *this;
  }
  /// Text, or a message inside of this one.
  ProtobufMessage& bytes(std::uint32_t field, std::string_view value) {
    key(field, 2);
    varint(value.size());
    bytes_ += value;
    return *this;
  }

  const std::string& bytes() const { return bytes_; }

 private:
  void key(std::uint32_t field, std::uint32_t kind) { varint(field << 3 | kind); }

  /// Seven bits per byte, the lowest first; the eighth says that more follow.
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(0x80 | (value & 0x7f));
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

// The numbers of the fields are those of event.proto and summary.proto in tensorboard/compat/proto.

inline std::string version_event(double wall_time) {
  return ProtobufMessage().number(1, wall_time).bytes(3, "brain.Event:2").bytes();
}

inline std::string scalar_event(double wall_time, std::uint64_t step, std::string_view tag, float value) {
  const auto summary = ProtobufMessage().bytes(1, ProtobufMessage().bytes(1, tag).number(2, value).bytes());
  return ProtobufMessage().number(1, wall_time).integer(2, step).bytes(5, summary.bytes()).bytes();
}

}  // namespace detail

/// Writes scalars over steps to an event file of its own, `events.out.tfevents.SECONDS.rnnts.K`, in a folder.
class EventWriter {
 public:
  /// Creates the folder and the file. Throws FileError if that fails.
  explicit EventWriter(const std::filesystem::path& log_dir) {
    std::error_code error;
    std::filesystem::create_directories(log_dir, error);
    const std::string name = detail::sentence("events.out.tfevents.", static_cast<std::uint64_t>(now()), ".rnnts.");
    std::size_t k = 0;
    do path_ = log_dir / detail::sentence(name, k++);
    while (std::filesystem::exists(path_, error));
    file_.open(path_, std::ios::binary);
    write(detail::version_event(now()));
    flush();
  }

  /// Adds the value of `tag` at a step, and the time. TensorBoard reads values as float.
  void scalar(std::string_view tag, std::size_t step, double value) {
    write(detail::scalar_event(now(), step, tag, static_cast<float>(value)));
  }

  /// Lets TensorBoard see what was written so far. Throws FileError if something could not be written.
  void flush() {
    file_.flush();
    if (!file_) throw FileError(detail::sentence(path_.string(), ": the file could not be written"));
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  static double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  }

  void write(const std::string& event) {
    const std::string record = detail::tf_record(event);
    file_.write(record.data(), static_cast<std::streamsize>(record.size()));
  }

  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace rnnts::inline RNNTS_ABI
