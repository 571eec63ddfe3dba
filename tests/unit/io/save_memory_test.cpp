// What is no model file is refused after its first bytes, whatever its size.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "rnnts/io/save.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"
#include "support/peak_memory.hpp"
#include "unit/io/folder.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, Dense<1>>;

/// What loading a file says that begins like this, and goes on with zeros, which take no place on the disk.
std::string refusal(std::string_view beginning) {
  const Folder folder("rnnts_save_memory_test");
  const std::string path = folder / "net.rnnts";
  std::ofstream(path, std::ios::binary) << beginning;
  std::filesystem::resize_file(path, std::uintmax_t{20} << 30);
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
