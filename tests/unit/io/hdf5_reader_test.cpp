#include "rnnts/io/hdf5_reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "rnnts/io/hdf5_writer.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr std::array numbers{1.f, 2.f};

std::string small_file() {
  detail::Hdf5Writer writer;
  writer.add_array("a", {2}, std::span<const float>(numbers));
  writer.add_group("g/empty");
  return writer.file();
}

/// What reading says.
std::string said(const std::string& file, std::string_view skipped = "") {
  try {
    const detail::Hdf5Reader reader("file", file, skipped);
    return "read";
  } catch (const FileError& error) {
    return error.what();
  }
}

template <class T> std::string with(std::size_t at, T number) {
  std::string file = small_file(), bytes;
  detail::append_little_endian(bytes, number);
  return file.replace(at, bytes.size(), bytes);
}

/// Where the last of these stands in the file, which is that of the root, or the first.
std::size_t last(std::string_view what) { return small_file().rfind(what); }
std::size_t first(std::string_view what) { return small_file().find(what); }

/// The header of the array "a", behind its two numbers.
constexpr std::size_t array = 96 + 8, space = array + 16 + 8, type = space + 16 + 8, layout = type + 24 + 8;

}  // namespace

TEST_CASE("a file that is truncated or longer is not read") {
  const std::string file = small_file();
  CHECK(said(file) == "read");
  for (std::size_t size = 0; size < file.size(); ++size) CHECK(said(file.substr(0, size)) != "read");
  CHECK(said(file + " ").starts_with("file: truncated or damaged: expected "));
}

TEST_CASE("a file with any other bit is refused, or read to an end") {
  const std::string file = small_file();
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    std::string changed = file;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    refused += said(changed) != "read";
  }
  CHECK(refused > 1000);  // of what is not padding, nor keys of a tree, nor free
}

TEST_CASE("parts that overlap or lead in a circle are refused") {
  const std::string circle = "file: damaged: parts of the file overlap, or lead to each other in a circle";
  const auto tree = last("TREE"), leaf = last("SNOD");
  CHECK(said(with(tree + 32, std::uint64_t{tree})) == circle);  // a tree within itself
  const auto root = detail::read_little_endian<std::uint64_t>(small_file(), 64);
  CHECK(said(with(leaf + 8 + 40 + 8, root)) == circle);  // a group within itself
  // A block of a header that goes on where it is.
  std::string file = with(static_cast<std::size_t>(root) + 16, std::uint16_t{0x10});
  std::string block;
  detail::append_little_endian(block, root + 16);
  detail::append_little_endian(block, std::uint64_t{24});
  file.replace(static_cast<std::size_t>(root) + 24, 16, block);
  file.replace(static_cast<std::size_t>(root) + 2, 2, "\xff\xff");
  CHECK(said(file) == circle);
}

TEST_CASE("groups may be 16 within each other") {
  const auto nested = [](int depth) {
    detail::Hdf5Writer writer;
    std::string path = "g";
    for (int k = 1; k < depth; ++k) path += "/g";
    writer.add_group(path);
    return writer.file();
  };
  CHECK(said(nested(15)) == "read");
  CHECK(said(nested(16)) ==
        "file: \"g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g\": expected at most 16 groups within each other, found more");
}

TEST_CASE("a reader says what is wrong with a file") {
  CHECK(said("") == "file: not an HDF5 file");
  CHECK(said(with<char>(8, 2)) == "file: expected a superblock of version 0, found version 2");
  CHECK(said(with<char>(13, 4)) == "file: expected offsets and lengths of 8 bytes");
  CHECK(said(with<char>(24, 1)) == "file: expected the base address 0");
  const std::string size = std::to_string(small_file().size());
  CHECK(said(with(64, std::uint64_t{1} << 63)) ==
        "file: truncated or damaged: expected an object header of 16 bytes at byte 9223372036854775808, found a file "
        "of " +
            size);

  CHECK(said(with<char>(array, 2)) == "file: \"a\": expected an object header of version 1, found version 2");
  CHECK(said(with<char>(array + 2, 4)) == "file: \"a\": damaged: 1 messages are missing in its header");
  CHECK(said(with(array + 8, std::uint32_t{80})).starts_with("file: \"a\": damaged: a message of its header is"));
  CHECK(said(with<char>(space - 8, 2)) ==
        "file: \"a\": expected a plain group or array, found the message 2 in its header");
  CHECK(said(with<char>(space - 8, 0)) == "file: \"a\": expected a group or an array");
  CHECK(said(with<char>(space - 4, 2)) == "file: \"a\": damaged: unexpected message 1");
  CHECK(said(with<char>(space, 2)) == "file: \"a\": expected a dataspace of version 1, found version 2");
  CHECK(said(with<char>(space + 1, 2)) == "file: \"a\": damaged: unexpected message 1");
  CHECK(said(with<char>(space + 8, 0)) == "file: \"a\": expected an array of at least one number");
  CHECK(said(with(space + 8, std::uint64_t{1} << 62)) ==
        "file: \"a\": damaged: expected an array that fits into the file");
  CHECK(said(with<char>(space + 8, 1)) == "file: \"a\": damaged: expected 4 bytes of numbers, found 8");
  CHECK(said(with<char>(type + 1, 0x21)) ==
        "file: \"a\": expected numbers of float32 or float64, lowest byte first, found others");
  CHECK(said(with<char>(type + 1, 0x21), "a") == "read");
  CHECK(said(with<char>(layout + 1, 2)) ==
        "file: \"a\": expected an array in one piece (layout 3, contiguous), found layout 3, class 2");
  CHECK(said(with(layout + 2, std::uint64_t(small_file().size() - 7))).find("expected an array of 8 bytes") !=
        std::string::npos);

  const auto leaf = last("SNOD"), heap = last("HEAP"), tree = last("TREE");
  CHECK(said(with<char>(leaf + 4, 2)) == "file: the root: damaged: expected a symbol table of version 1");
  CHECK(said(with<char>(leaf + 8, 100)) == "file: the root: damaged: a name is not in its heap");
  CHECK(said(with<char>(leaf + 8, 0)) == "file: the root: damaged: a name does not end in its heap");
  CHECK(said(with<char>(leaf + 8 + 16, 2)) == "file: the root: expected no links, found \"a\"");
  CHECK(said(with<char>(heap, 'h')) == "file: the root: damaged: expected a heap of version 0");
  CHECK(said(with(heap + 8, std::uint64_t{1} << 60)) == "file: the root: damaged: its heap is truncated");
  CHECK(said(with<char>(tree + 4, 1)) == "file: the root: damaged: expected a tree of names");
  CHECK(said(with<char>(first("SNOD"), 's')) == "file: \"g\": damaged: expected a tree of names");
}
