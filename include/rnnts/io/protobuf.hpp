// The wire format of protobuf: fields of a message read one by one, and written.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/io/little_endian.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// One field of a message.
struct ProtobufField {
  std::uint64_t number = 0;
  WireType type = WireType::varint;
  std::uint64_t integer = 0;    ///< of all types but bytes
  std::string_view bytes = {};  ///< text, a message or packed numbers

  std::int64_t as_signed() const { return static_cast<std::int64_t>(integer); }
};

/// Takes the fields of a message one after the other. What a field has of bytes is part of the message: memory is taken
/// for none, and nothing is read deeper than it is asked for.
class ProtobufReader {
 public:
  /// `what` begins the messages of errors.
  ProtobufReader(std::string_view what, std::string_view message) : what_(what), left_(message) {}

  /// Takes the next field. False after the last one.
  ///
  /// Throws FileError if it does not end within the message, or is of a type that there is not.
  bool next(ProtobufField& field) {
    if (left_.empty()) return false;
    const std::uint64_t tag = varint();
    field = {.number = tag >> 3, .type = static_cast<WireType>(tag & 7)};
    if (field.number == 0 || field.number >= (1U << 29)) refuse(sentence("a field number ", field.number));
    switch (field.type) {
      case WireType::varint: field.integer = varint(); break;
      case WireType::fixed64: field.integer = read_little_endian<std::uint64_t>(take(8), 0); break;
      case WireType::fixed32: field.integer = read_little_endian<std::uint32_t>(take(4), 0); break;
      case WireType::bytes: field.bytes = take(varint()); break;
      default: refuse(sentence("a field of wire type ", tag & 7));
    }
    return true;
  }

  /// A number that stands alone, as packed ones do.
  std::uint64_t varint() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1).front());
      if (shift == 63 && byte > 1) break;
      number |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return number;
    }
    refuse("a number of more than 64 bits");
  }

  bool is_at_end() const { return left_.empty(); }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > left_.size()) refuse(sentence(left_.size(), " bytes left where it needs ", size));
    const auto taken = left_.substr(0, static_cast<std::size_t>(size));
    left_.remove_prefix(taken.size());
    return taken;
  }
  [[noreturn]] void refuse(std::string_view found) const {
    throw FileError(sentence(what_, ": damaged: expected a protobuf message, found ", found));
  }

  std::string_view what_, left_;
};

/// A message that is written field by field.
class ProtobufWriter {
 public:
  ProtobufWriter& integer(std::uint32_t field, std::int64_t number) {
    varint(std::uint64_t{field} << 3);
    varint(static_cast<std::uint64_t>(number));
    return *this;
  }
  ProtobufWriter& number(std::uint32_t field, float value) {
    varint(std::uint64_t{field} << 3 | 5);
    append_little_endian(message_, value);
    return *this;
  }
  /// Text, or a message.
  ProtobufWriter& bytes(std::uint32_t field, std::string_view value) {
    varint(std::uint64_t{field} << 3 | 2);
    varint(value.size());
    message_ += value;
    return *this;
  }

  const std::string& message() const { return message_; }

 private:
  void varint(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) message_ += static_cast<char>(static_cast<unsigned char>(number | 0x80));
    message_ += static_cast<char>(number);
  }

  std::string message_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
