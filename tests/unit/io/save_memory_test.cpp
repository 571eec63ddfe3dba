// What is no model file, or of a larger model, is refused after its first bytes, whatever its size.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "rnnts/io/pytorch.hpp"
#include "rnnts/io/rtneural.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"
#include "support/peak_memory.hpp"
#include "unit/io/folder.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, Dense<1>>;

constexpr std::uint64_t size_of_file = std::uint64_t{20} << 30;

/// What loading a file says that begins like this, and goes on with zeros, which take no place on the disk.
std::string refusal(std::string_view beginning) {
  const Folder folder("rnnts_save_memory_test");
  const std::string path = folder / "net.rnnts";
  std::ofstream(path, std::ios::binary) << beginning;
  std::filesystem::resize_file(path, size_of_file);
  std::string said = "loaded";
  const auto bytes = peak_memory_of([&] {
    try {
      Net model;
      load(model, path);
    } catch (const FileError& error) {
      said = std::string(error.what()).substr(path.size());
    }
  });
  CHECK(bytes < 50'000);
  return said;
}

}  // namespace

TEST_CASE("a wrong file of 20 GB is refused after its first bytes") {
  CHECK(refusal("x,y\n1,2\n") ==
        ": not a model file: expected it to begin with the bytes 89 52 4e 4e 54 53 0d 0a, found 78 2c 79 0a 31 2c 32 "
        "0a");
  CHECK(refusal("") ==
        ": not a model file: expected it to begin with the bytes 89 52 4e 4e 54 53 0d 0a, found 00 00 00 00 00 00 00 "
        "00");
  CHECK(refusal(detail::model_magic) == ": too long: expected 0 bytes, found more");
  const std::string model = detail::encode(Net{}, "bytes", {});
  CHECK(refusal(model) == detail::sentence(": too long: expected ", model.size(), " bytes, found more"));
}

TEST_CASE("a file that is as large as it says, and larger than that of the model, is read as far as its text") {
  const auto beginning = [](std::string_view text, std::uint32_t text_size) {
    std::string file(detail::model_magic);
    detail::append_little_endian(file, size_of_file);
    detail::append_little_endian(file, detail::model_format);
    detail::append_little_endian(file, text_size);
    return file += text;
  };
  const std::string text = detail::contents(Net{}), other = detail::contents(Sequential<float, Input<2>, Dense<1>>{});
  const auto size = static_cast<std::uint32_t>(text.size());

  CHECK(refusal(beginning(other, size)) ==
        ": does not fit the model: expected \"input (steps, 1)\", found \"input (steps, 2)\"");
  const auto expected = detail::encode(Net{}, "bytes", {}).size();
  CHECK(refusal(beginning(text, size)) ==
        detail::sentence(": damaged: expected ", expected, " bytes, found a file of ", size_of_file));
  CHECK(refusal(beginning(text + "more\n", size + 5)) == ": does not fit the model: expected nothing, found \"more\"");
  CHECK(refusal(beginning(text, 0xffff'ffff)).starts_with(": does not fit the model: expected nothing, found \""));

  std::string of_later_version = beginning(text, size);
  of_later_version[16] = 9;
  CHECK(refusal(of_later_version).ends_with("expected version 1 of the format, found version 9"));
}

namespace {

/// The most memory that loading a file of another program takes, which must be refused.
std::size_t memory_of_refusal(const std::string& content, const auto& load_file) {
  const Folder folder("rnnts_save_memory_test");
  const std::string path = folder / "file";
  std::ofstream(path, std::ios::binary) << content;
  bool is_refused = false;
  const auto bytes = peak_memory_of([&] {
    try {
      load_file(path);
    } catch (const FileError&) {
      is_refused = true;
    }
  });
  CHECK(is_refused);
  return bytes;
}

}  // namespace

TEST_CASE("files of PyTorch and RTNeural take no memory for what they only claim to have") {
  using Chosen = Sequential<float, Input<>, Dense<>, Dense<>>;
  const auto load_tensors = [](const std::string& path) { load_pytorch<Chosen>(path); };
  const auto with_header = [](std::string_view header) {
    std::string file;
    detail::append_little_endian(file, std::uint64_t{header.size()});
    return file.append(header);
  };
  const auto tensor = [](std::string_view name, std::string_view shape, std::string_view offsets) {
    return detail::sentence("\"", name, "\":{\"dtype\":\"F32\",\"shape\":", shape, ",\"data_offsets\":", offsets, "}");
  };
  std::string large_header;
  detail::append_little_endian(large_header, std::uint64_t{100'000'000});
  CHECK(memory_of_refusal(large_header + "{", load_tensors) < 50'000);
  CHECK(memory_of_refusal(with_header("{" + tensor("0.weight", "[1000000000,1000000]", "[0,4000000000000000]") + "}"),
                          load_tensors) < 50'000);
  CHECK(memory_of_refusal(
            with_header("{" + tensor("0.weight", "[1000000000,0]", "[0,0]") + "," + tensor("0.bias", "[0]", "[0,0]") +
                        "," + tensor("1.weight", "[0,9]", "[0,0]") + "," + tensor("1.bias", "[0]", "[0,0]") + "}"),
            load_tensors) < 50'000);

  // Two layers of 1,000 numbers each, one behind the other, would have 10^6.
  const std::string thousand(8000, '\0'),
      header = "{" + tensor("0.weight", "[1000,1]", "[0,4000]") + "," + tensor("0.bias", "[0]", "[8000,8000]") + "," +
               tensor("1.weight", "[1000,1]", "[4000,8000]") + "," + tensor("1.bias", "[0]", "[8000,8000]") + "}";
  CHECK(memory_of_refusal(with_header(header) + thousand, load_tensors) < 100'000);

  const auto load_json = [](const std::string& path) { load_rtneural<Chosen>(path); };
  CHECK(memory_of_refusal(R"({"in_shape": [100000000], "layers": [
      {"type": "dense", "shape": [100000000], "weights": [[[1]], [1]]},
      {"type": "dense", "shape": [100000000], "weights": [[[1]], [1]]}]})",
                          load_json) < 50'000);
  CHECK(memory_of_refusal("{\"in_shape\":" + std::string(1'000'000, '['), load_json) < 4'000'000);
}
