// A self-test in the files of others: {"input": [[…], …], "output": [[…], …]}, a row for each step. Little enough JSON
// to be read without a library for it, which files of ONNX do not need either.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/io/self_test.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Bytes of JSON that a self-test may have.
inline constexpr std::size_t longest_self_test = 1024 * 1024;

/// Throws ArgumentError if it is longer than what is read.
template <Scalar T> std::string self_test_json(const SelfTest<T>& test) {
  std::string text;
  const auto append = [&text](const char* key, const std::vector<T>& numbers, std::size_t features) {
    text += key;
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      text += sentence(k % features != 0 ? "," : k == 0 ? "[" : "],[", numbers[k]);
    }
    text += "]]";
  };
  append("{\"input\":[", test.input, test.input_shape[1]);
  append(",\"output\":[", test.output, test.output_shape[1]);
  text += "}";
  if (text.size() > longest_self_test) {
    throw ArgumentError(sentence("the self-test: expected at most ", longest_self_test,
                                 " bytes, as a window and its output, found ", text.size(),
                                 "; SaveOptions{.self_test = false} leaves it out"));
  }
  return text;
}

/// Takes such a text apart. Each function tells whether the next part is what it should be.
template <Scalar T> class SelfTestJson {
 public:
  explicit SelfTestJson(std::string_view text) : left_(text) {}

  bool read(SelfTest<T>& test) {
    return take("{") && member(test) && take(",") && member(test) && take("}") && take("") && left_.empty();
  }

 private:
  /// Input or output, unless it has been read.
  bool member(SelfTest<T>& test) {
    if (take("\"input\"")) return test.input.empty() && take(":") && rows(test.input_shape, test.input);
    return take("\"output\"") && test.output.empty() && take(":") && rows(test.output_shape, test.output);
  }

  bool rows(std::array<std::size_t, 2>& shape, std::vector<T>& numbers) {
    if (!take("[")) return false;
    do {
      const std::size_t begin = numbers.size();
      if (!take("[")) return false;
      do {
        if (!number(numbers)) return false;
      } while (take(","));
      if (!take("]")) return false;
      if (shape[0] == 0) shape[1] = numbers.size();
      if (numbers.size() - begin != shape[1]) return false;
      ++shape[0];
    } while (take(","));
    return take("]");
  }

  /// One that T can hold.
  bool number(std::vector<T>& numbers) {
    take("");
    double value = 0;
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    if (error != std::errc() || !(std::abs(value) <= static_cast<double>(std::numeric_limits<T>::max()))) return false;
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    numbers.push_back(static_cast<T>(value));
    return true;
  }

  /// This text, with white space before it.
  bool take(std::string_view text) {
    const std::size_t space = left_.find_first_not_of(" \t\r\n");
    left_.remove_prefix(space == std::string_view::npos ? left_.size() : space);
    if (!left_.starts_with(text)) return false;
    left_.remove_prefix(text.size());
    return true;
  }

  std::string_view left_;
};

/// Throws FileError, beginning with `name`, if it is another text than that above.
template <Scalar T> SelfTest<T> self_test_of_json(const std::string& name, std::string_view text) {
  if (text.size() > longest_self_test) {
    throw FileError(sentence(name, ": self-test: expected at most ", longest_self_test, " bytes, found ", text.size()));
  }
  SelfTest<T> test;
  if (!SelfTestJson<T>(text).read(test)) {
    throw FileError(
        sentence(name,
                 ": self-test: expected {\"input\": […], \"output\": […]} with rows of as many numbers, found "
                 "something else"));
  }
  return test;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
