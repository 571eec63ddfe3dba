#include "rnnts/core/file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/catch.hpp"
#include "support/unique_path.hpp"

using rnnts::detail::read_file;
using rnnts::detail::write_file;

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a file is written whole, in place of an old one") {
  const auto folder = unique_path("rnnts_file_test");
  std::filesystem::create_directories(folder);
  write_file(folder / "a.txt", "old and long");
  write_file(folder / "a.txt", "new\r\n");
  CHECK(content(folder / "a.txt") == "new\r\n");
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a file that cannot be written is an error with the path in it, and leaves what was there") {
  CHECK_THROWS_WITH(write_file("/no/such/folder/a.txt", "x"), "/no/such/folder/a.txt: the file could not be written");
  const auto folder = unique_path("rnnts_file_test_in_the_way");
  std::filesystem::create_directories(folder / "a.txt" / "full");  // a folder of that name is in the way
  CHECK_THROWS_AS(write_file(folder / "a.txt", "x"), rnnts::FileError);
  CHECK(std::filesystem::exists(folder / "a.txt" / "full"));
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a file is read as it is, and one that cannot be read is an error with the reason") {
  const auto folder = unique_path("rnnts_file_test_read");
  std::filesystem::create_directories(folder);
  const std::string binary("\0\r\n\xff", 4), path = (folder / "a.bin").string();
  write_file(path, binary);
  CHECK(read_file(path) == binary);
  std::filesystem::remove(path);
  CHECK_THROWS_WITH(read_file(path), path + ": cannot be opened: No such file or directory");
  CHECK_THROWS_WITH(read_file(folder), folder.string() + ": cannot be read: Is a directory");
  std::filesystem::remove_all(folder);
}
