#include "rnnts/io/json.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// Lists what it is given, of a text with at most three brackets in each other.
class Listing : public detail::JsonReader {
 public:
  Listing() : JsonReader("x.json", 3) {}

  std::string seen;

 private:
  void text(const std::string& value) final { seen += "\"" + value + "\" "; }
  void number(double value) final { seen += detail::sentence(value, " "); }
  void whole_number(std::uint64_t value) final { seen += detail::sentence(value, "u "); }
  void begin(bool is_array) final { seen += is_array ? "[" : "{"; }
  void end(bool is_array) final { seen += detail::sentence(count_at(depth() - 1), is_array ? "] " : "} "); }
};

std::string listed(const std::string& json) {
  Listing listing;
  listing.read(json);
  return listing.seen;
}

std::string refusal(const std::string& json) {
  try {
    return listed(json);
  } catch (const FileError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("JSON comes value by value") {
  CHECK(listed(R"({"a": [1, -2, 0.5, "t"], "b": {}})") == "{[1u -2 0.5 \"t\" 4] {0} 2} ");
  CHECK(listed("18446744073709551615 ") == "18446744073709551615u ");
}

TEST_CASE("what is refused of JSON is said with its place") {
  CHECK(refusal(R"({"a": {"b": [1, null]}})") == "x.json: a.b[1]: expected no null");
  CHECK(refusal(R"({"a": true})") == "x.json: a: expected no true");
  CHECK(refusal(R"({"a": 1, "b": 2, "a": 3})") == "x.json: a: expected this key once, found it twice");
  CHECK(refusal(R"({"a": 1, "b": NaN})") == "x.json: expected JSON, found something else at its byte 15");
  CHECK(refusal(R"({"a": 1e999})") == "x.json: expected JSON, found something else at its byte 11");
  CHECK(refusal("{\"\xff\": 1}") == "x.json: expected JSON, found something else at its byte 3");
  CHECK(refusal("") == "x.json: expected JSON, found something else at its byte 1");
  CHECK(refusal("[] []") == "x.json: expected JSON, found something else at its byte 4");
}

TEST_CASE("JSON that is nested a million times is refused where it is too deep") {
  CHECK(refusal("[[[]]]") == "[[[0] 1] 1] ");
  CHECK(refusal(std::string(1'000'000, '[')) ==
        "x.json: [0][0][0]: expected at most 3 brackets in each other, found more");
}

TEST_CASE("text is escaped as JSON has it, and what is no UTF-8 is replaced") {
  CHECK(detail::json_text("a\"\\\n") == R"("a\"\\\n")");
  CHECK(detail::json_text("\xff") == "\"\xef\xbf\xbd\"");
}
