// JSON as an answer of the program.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace tools {

/// Bytes that are not UTF-8, as in names in another encoding, become the sign for that. On one line without an indent.
inline std::string json_text(const nlohmann::json& answer, int indent = 1) {
  return answer.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace tools
