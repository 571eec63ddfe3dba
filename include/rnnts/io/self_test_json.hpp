// A self-test in the files of others: {"input": [[…], …], "output": [[…], …]}, a row for each step. Needs
// nlohmann-json.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/io/json_value.hpp"
#include "rnnts/io/self_test.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Throws ArgumentError if it is longer than what is read.
template <Scalar T> std::string self_test_json(const SelfTest<T>& test) {
  const auto rows = [](const std::vector<T>& numbers, const std::array<std::size_t, 2>& shape) {
    Json all = Json::array();
    for (std::size_t t = 0; t < shape[0]; ++t) {
      const auto row = numbers.begin() + static_cast<std::ptrdiff_t>(t * shape[1]);
      all.push_back(std::vector<T>(row, row + static_cast<std::ptrdiff_t>(shape[1])));
    }
    return all;
  };
  const Json json{{"input", rows(test.input, test.input_shape)}, {"output", rows(test.output, test.output_shape)}};
  std::string text = json.dump();
  if (text.size() > longest_json) {
    throw ArgumentError(sentence("the self-test: expected at most ", longest_json,
                                 " bytes, as a window and its output, found ", text.size(),
                                 "; SaveOptions{.self_test = false} leaves it out"));
  }
  return text;
}

/// Throws FileError, beginning with `name`, if it is another JSON than that above.
template <Scalar T> SelfTest<T> self_test_of_json(const std::string& name, std::string_view text) {
  const Json json = parse_json(name, text);
  const auto check = [&](bool is_so) {
    if (!is_so) throw FileError(sentence(name, ": self-test: expected rows of as many numbers, found something else"));
  };
  SelfTest<T> test;
  const auto read = [&](const char* key, std::array<std::size_t, 2>& shape, std::vector<T>& numbers) {
    check(json.is_object() && json.size() == 2 && json.contains(key));
    const Json& rows = json[key];
    check(rows.is_array() && !rows.empty() && rows[0].is_array() && !rows[0].empty());
    shape = {rows.size(), rows[0].size()};
    for (const Json& row : rows) {
      check(row.is_array() && row.size() == shape[1]);
      for (const Json& number : row) {
        check(number.is_number());
        numbers.push_back(static_cast<T>(number.get<double>()));
      }
    }
  };
  read("input", test.input_shape, test.input);
  read("output", test.output_shape, test.output);
  return test;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
