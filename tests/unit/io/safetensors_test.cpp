#include "rnnts/io/safetensors.hpp"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "unit/io/folder.hpp"

using namespace rnnts;

namespace {

std::string sized(std::string_view header, std::string_view numbers) {
  std::string file;
  detail::append_little_endian(file, std::uint64_t{header.size()});
  return file.append(header).append(numbers);
}

/// What reading a file of these bytes says, without the file's name; or the tensors that it has.
std::string read(const std::string& bytes) {
  static const Folder folder("rnnts_safetensors_test");
  const std::string path = folder / "x";
  std::ofstream(path, std::ios::binary) << bytes;
  std::string all;
  try {
    detail::SafetensorsFile file(path);
    file.read_numbers();
    for (const auto& tensor : file.tensors()) {
      all += detail::sentence(tensor.name, " ", detail::stored_text(tensor.dtype, tensor.shape), " ",
                              file.numbers(tensor), "\n");
    }
  } catch (const FileError& error) {
    return std::string(error.what()).substr(path.size());
  }
  return all;
}

/// Of a header alone, of whose tensors no numbers follow.
std::string read_header(std::string_view header) { return read(sized(header, "")); }

std::string tensor(std::string_view name, std::string_view shape, std::string_view offsets,
                   std::string_view dtype = "U8") {
  return detail::sentence("\"", name, "\":{\"dtype\":\"", dtype, "\",\"shape\":", shape, ",\"data_offsets\":", offsets,
                          "}");
}

}  // namespace

TEST_CASE("tensors are found, in whatever order they lie") {
  CHECK(read(sized("{" + tensor("b", "[2,1]", "[2,4]") + "," + tensor("a", "[1]", "[0,2]", "F16") +
                       R"(,"__metadata__":{"format":"pt"},)" + tensor("c", "[]", "[4,5]") + "," +
                       tensor("none", "[0,3]", "[5,5]", "F64") + "}   ",
                   "AABBC")) == "b U8 (2, 1) BB\na F16 (1) AA\nc U8 () C\nnone F64 (0, 3) \n");
  CHECK(read(sized("{}", "")).empty());
}

TEST_CASE("what is no safetensors file is refused by its first bytes") {
  const std::string other = ": not a safetensors file: expected the size of a header and then {, found ";
  CHECK(read("") == other + "nothing");
  CHECK(read("abc") == other + "61 62 63");
  CHECK(read("0123456789abcdef") == other + "30 31 32 33 34 35 36 37 38");
  CHECK(read(sized("[]", "")) == other + "02 00 00 00 00 00 00 00 5b");
  CHECK(read(std::string(8, '\xff') + "{}") ==
        ": expected a header of 2 to 100000000 bytes, found 18446744073709551615");
  CHECK(read(std::string(8, '\0') + "{}") == ": expected a header of 2 to 100000000 bytes, found 0");
}

TEST_CASE("a file of torch.save is refused with the way out") {
  const std::string zip("PK\x03\x04\0\0\x08\x08\0\0\0\0", 12), pickle("\x80\x02\x8a\nl\xfc\x9c\x46\xf9\x20", 10);
  for (const std::string& file : {zip, pickle}) {
    CHECK_THAT(read(file), StartsWith(": a file of torch.save") && ContainsSubstring("safetensors.torch.save_file"));
  }
  // A header of as many bytes as a pickle begins with.
  CHECK(read(sized("{}" + std::string(0x0280 - 2, ' '), "")).empty());
}

TEST_CASE("holes, overlaps, tensors of another size and numbers that overflow are refused") {
  const auto two = [](std::string_view a, std::string_view b) {
    return read(sized("{" + tensor("a", "[2]", a) + "," + tensor("b", "[2]", b) + "}", "AABBC"));
  };
  const std::string place = ", without a hole and an overlap, found ";
  CHECK(two("[0,2]", "[3,5]") == ": b: expected its numbers to begin at byte 2" + place + "3");
  CHECK(two("[0,2]", "[1,3]") == ": b: expected its numbers to begin at byte 2" + place + "1");
  CHECK(two("[0,2]", "[0,2]") == ": b: expected its numbers to begin at byte 2" + place + "0");
  CHECK(two("[1,3]", "[3,5]") == ": a: expected its numbers to begin at byte 0" + place + "1");
  CHECK(two("[0,2]", "[2,4]") == ": too long: expected 4 bytes of numbers, found more");
  CHECK(read_header("{" + tensor("a", "[2]", "[0,2]") + "}") == ": truncated: expected 2 bytes of numbers, found 0");
  CHECK(read_header("{" + tensor("a", "[18446744073709551615]", "[0,18446744073709551615]") + "}") ==
        ": truncated: expected 18446744073709551615 bytes of numbers, found 0");

  const auto one = [](std::string_view shape, std::string_view offsets, std::string_view dtype) {
    return read_header("{" + tensor("a", shape, offsets, dtype) + "}");
  };
  CHECK(one("[2]", "[0,4]", "F32") == ": a: expected data_offsets for F32 (2), found [0, 4]");
  CHECK(one("[2]", "[2,0]", "U8") == ": a: expected data_offsets for U8 (2), found [2, 0]");
  CHECK(one("[9223372036854775808,2]", "[0,0]", "U8") ==
        ": a: expected data_offsets for U8 (9223372036854775808, 2), found [0, 0]");
  CHECK(one("[4294967296,4294967296,4]", "[0,16]", "F32") ==
        ": a: expected data_offsets for F32 (4294967296, 4294967296, 4), found [0, 16]");
  CHECK(one("[18446744073709551615,2,0]", "[0,0]", "F32") == "a F32 (18446744073709551615, 2, 0) \n");
  CHECK(one("[2]", "[0,2]", "F4") == ": a: expected a type of numbers, found \"F4\"");
}

TEST_CASE("a header that is not as headers are is refused") {
  CHECK(read_header(R"({"a":{"dtype":"U8","shape":[]}})") ==
        ": a: expected dtype, shape and data_offsets, and nothing else");
  CHECK(read_header(R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1],"more":"x"}})") ==
        ": a.more: expected no text");
  CHECK(read_header(R"({"a":{"dtype":"U8","dtype":"U8"}})") == ": a.dtype: expected this key once, found it twice");
  CHECK(read_header("{" + tensor("a", "[]", "[0,1]") + "," + tensor("a", "[]", "[1,2]") + "}") ==
        ": a: expected this key once, found it twice");
  CHECK(read_header("{" + tensor("a", "[-1]", "[0,1]") + "}") == ": a.shape[0]: expected no number of this kind");
  CHECK(read_header("{" + tensor("a", "[1.0]", "[0,1]") + "}") == ": a.shape[0]: expected no number of this kind");
  CHECK(read_header("{" + tensor("a", "[]", "[0]") + "}") == ": a.data_offsets[1]: expected two numbers, found fewer");
  CHECK(read_header("{" + tensor("a", "[]", "[0,1,2]") + "}") ==
        ": a.data_offsets[2]: expected two numbers, found more");
  CHECK(read_header("{" + tensor("a", "[[1]]", "[0,1]") + "}") ==
        ": a.shape[0]: expected at most 3 brackets in each other, found more");
  CHECK(read_header(R"({"a":1})") == ": a: expected no number");
  CHECK(read_header(R"({"a":"b"})") == ": a: expected no text");
  CHECK(read_header(R"({"a":{"b":{}}})") ==
        ": a.b: expected a header as safetensors files have it, found other brackets");
  CHECK(read_header(R"({"__metadata__":{"a":1}})") == ": __metadata__.a: expected no number");
  CHECK(read_header("{\"a\":" + std::string(1'000'000, '[')) ==
        ": a[0]: expected a header as safetensors files have it, found other brackets");
  CHECK(read_header("{ ") == ": expected JSON, found something else at its byte 3");
}

TEST_CASE("every truncation and every flipped bit is refused, or changes no more than a name or a number") {
  const std::string whole =
      detail::encode_safetensors({{"b", {2}, "BB"}, {"a", {1, 3}, "AAA"}, {"c\"", {}, "C"}}, "U8");
  CHECK(whole.size() % 8 == 6);
  CHECK(read(whole) == "a U8 (1, 3) AAA\nb U8 (2) BB\nc\" U8 () C\n");
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK(read(whole.substr(0, size)).starts_with(": "));
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const std::string found = read(damaged);
    CHECK((found.starts_with(": ") || found.size() < 50));
  }
}
