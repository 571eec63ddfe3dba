// JSON of others as a value, by nlohmann-json.
#pragma once

#include <cstddef>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/io/nlohmann_json.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// With the members of an object by their names, so that files are the same each time. (One that keeps the order in
/// which they came looks at all of them for each new one.)
using Json = nlohmann::json;

/// Bytes that JSON may have: parsed, it takes many times as many.
inline constexpr std::size_t longest_json = 1024 * 1024;

/// JSON as a model is described by: no longer than that, and not nested deeper than 64.
///
/// Throws FileError, beginning with `name`, if it is another one, or no JSON.
inline Json parse_json(std::string_view name, std::string_view text) {
  const int deepest = 64;
  if (text.size() > longest_json) {
    throw FileError(sentence(name, ": expected at most ", longest_json, " bytes of JSON, found ", text.size()));
  }
  try {
    return Json::parse(text, [name, deepest](int depth, Json::parse_event_t, Json&) {
      if (depth > deepest) throw FileError(sentence(name, ": expected JSON nested at most ", deepest, " deep"));
      return true;
    });
  } catch (const Json::exception& error) {
    throw FileError(sentence(name, ": expected JSON, found what is none: ", error.what()));
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
