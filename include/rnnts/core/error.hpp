// Exceptions of the library. Every message names the thing, what was expected and what was found.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Base of every exception thrown by the library.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Sizes known only at run time do not fit each other.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A series or a range of samples cannot be used: empty, too short, constant, not finite.
class DataError : public Error {
 public:
  using Error::Error;
};

/// An option is outside of its domain, such as a batch size of 0.
class ArgumentError : public Error {
 public:
  using Error::Error;
};

/// A file cannot be read, written or understood. Messages start with `file:line:column: ` where these are known.
class FileError : public Error {
 public:
  using Error::Error;
};

/// Training cannot go on, for instance because the loss is no longer a finite number.
class TrainingError : public Error {
 public:
  TrainingError(const std::string& message, std::size_t at_epoch) : Error(message), epoch(at_epoch) {}

  std::size_t epoch;  ///< the epoch that failed, counted from 1
};

namespace detail {

/// A part of a message: text, or a number in its shortest exact form. Refers to the text.
class MessagePart {
 public:
  MessagePart(std::string_view text) : text_(text) {}
  MessagePart(const std::string& text) : text_(text) {}
  MessagePart(const char* text) : text_(text) {}
  template <class Number>
    requires std::integral<Number> || std::floating_point<Number>
  MessagePart(Number number) : text_(digits_, std::to_chars(digits_, digits_ + sizeof digits_, number).ptr) {}

  MessagePart(const MessagePart&) = delete;
  MessagePart& operator=(const MessagePart&) = delete;

  std::string_view text() const { return text_; }

 private:
  char digits_[32];
  std::string_view text_;
};

inline std::string join(std::initializer_list<MessagePart> parts) {
  std::string text;
  for (const MessagePart& part : parts) text += part.text();
  return text;
}

/// The parts of a message, strings and numbers, as one string.
template <class... Parts> std::string sentence(const Parts&... parts) { return join({parts...}); }

/// Throws the error; for headers that also serve small devices, whose programs are often compiled without exceptions.
/// There it ends the program.
template <class E> [[noreturn]] void raise(const E& error) {
#if defined(__cpp_exceptions)
  throw error;
#else
  static_cast<void>(error);
  std::abort();
#endif
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
