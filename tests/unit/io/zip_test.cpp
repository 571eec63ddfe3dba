#include "rnnts/io/zip.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

std::string two_members() { return detail::zip("two", {{"a.json", "{}"}, {"b", std::string_view("\0\1", 2)}}); }

/// What reading says.
std::string said(const std::string& bytes) {
  try {
    const auto members = detail::ZipReader("two", bytes).members();
    return "read";
  } catch (const FileError& error) {
    return error.what();
  }
}

std::string with(std::size_t at, char byte) {
  std::string bytes = two_members();
  bytes.at(at) = byte;
  return bytes;
}

/// Where the parts of `two_members` are.
constexpr std::size_t second = 30 + 6 + 2, directory = second + 30 + 1 + 2, second_entry = directory + 46 + 6,
                      end = second_entry + 46 + 1;

}  // namespace

TEST_CASE("an archive gives its members back") {
  const std::string bytes = two_members();
  CHECK(bytes.size() == end + 22);
  const auto members = detail::ZipReader("two", bytes).members();
  REQUIRE(members.size() == 2);
  CHECK(members[0].name == "a.json");
  CHECK(members[0].content == "{}");
  CHECK(members[1].name == "b");
  CHECK(members[1].content == std::string_view("\0\1", 2));
  CHECK(detail::ZipReader("none", detail::zip("none", {})).members().empty());
}

TEST_CASE("no truncation of an archive is read, and no bit of what matters may be another") {
  const std::string bytes = two_members();
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(said(bytes.substr(0, size)) != "read");
  std::size_t harmless = 0;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    harmless += said(changed) == "read";
  }
  // Versions, dates and attributes, of both members; and the flags that say that a name is UTF-8 only where both have
  // it.
  CHECK(harmless == 8 * (2 * (2 + 4) + 2 * (4 + 4 + 8)));
  CHECK(said(bytes + "x").find("not a zip archive") != std::string::npos);
}

TEST_CASE("an archive says what is wrong with it") {
  CHECK(said("") ==
        "two: not a zip archive, truncated, or with something behind it: expected its directory's end in the last 22 "
        "bytes");
  CHECK(said(with(directory + 10, 8)) ==
        "two: \"a.json\": expected a member that is stored as it is, found a "
        "compressed one");
  CHECK(said(with(directory + 24, 3)) ==
        "two: \"a.json\": expected a member that is stored as it is, found a "
        "compressed one");
  CHECK(said(with(directory + 8, 1)) == "two: \"a.json\": expected a plain member, found the flags 1");
  CHECK(said(with(30 + 6, '[')) == "two: damaged: expected the checksum 2745614147 of \"a.json\", found 908237793");
  CHECK(said(with(14, 0)) == "two: damaged: \"a.json\" is another one before its content than in the directory");
  CHECK(said(with(second_entry + 42, 0)) == "two: damaged: expected \"b\" at byte 38, found it at 0");
  CHECK(said(with(end + 4, 1)) == "two: expected an archive on one disk");
  CHECK(said(with(end + 20, 1)) == "two: expected an archive without a comment");
  CHECK(said(with(end + 17, 1)) ==
        "two: damaged: expected a directory that ends at byte 170, found one of 99 bytes at 327");
  std::string three = two_members();
  three.at(end + 8) = three.at(end + 10) = 3;
  CHECK(said(three) == "two: damaged: expected 3 members in its directory, found 2");
  three.at(end + 8) = three.at(end + 10) = 1;
  CHECK(said(three) == "two: damaged: expected 1 members in its directory, found more");
  CHECK(said(detail::zip("two", std::vector(1025, detail::ZipMember{"a", ""}))) ==
        "two: expected at most 1024 members, found 1025");
  CHECK(said(detail::zip("two", {{"a", "1"}, {"a", "2"}})) == "two: damaged: two members are named \"a\"");
}
