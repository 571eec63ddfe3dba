#include "rnnts/io/hdf5_writer.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "rnnts/io/hdf5_reader.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr std::array floats{1.f, 2.f, 3.f, 4.f, 5.f, 6.f};
constexpr std::array doubles{0.5};

}  // namespace

TEST_CASE("what is written is read again") {
  detail::Hdf5Writer writer;
  writer.add_array("b/of doubles", {1}, std::span<const double>(doubles));
  writer.add_array("b/a", {3, 2}, std::span<const float>(floats));
  writer.add_group("b/c/d");
  writer.add_group("b/c");
  const std::string file = writer.file();
  const detail::Hdf5Reader reader("file", file);
  REQUIRE(reader.objects().size() == 6);

  const auto& a = reader.objects()[reader.find("b/a")];
  CHECK_FALSE(a.is_group);
  CHECK(a.shape == std::vector<std::size_t>{3, 2});
  CHECK(a.value_size == 4);
  REQUIRE(a.values.size() == 24);
  CHECK(detail::read_little_endian<float>(a.values, 20) == 6);
  const auto& of_doubles = reader.objects()[reader.find("b/of doubles")];
  CHECK(of_doubles.value_size == 8);
  CHECK(detail::read_little_endian<double>(of_doubles.values, 0) == 0.5);
  CHECK(reader.objects()[reader.find("b/c/d")].is_group);
  CHECK(reader.path(reader.find("b/c/d")) == "b/c/d");
}

TEST_CASE("the same content gives the same bytes, in whatever order it comes") {
  detail::Hdf5Writer one, other;
  one.add_group("x");
  one.add_array("a/0", {1}, std::span<const double>(doubles));
  other.add_array("a/0", {1}, std::span<const double>(doubles));
  other.add_group("x");
  CHECK(one.file() == other.file());
}

TEST_CASE("a group may have more children than a leaf of its tree, and than all leaves of a usual one") {
  for (const std::size_t count : {8u, 9u, 256u, 300u}) {
    detail::Hdf5Writer writer;
    for (std::size_t k = 0; k < count; ++k) writer.add_group("layers/" + std::to_string(k));
    const std::string file = writer.file();
    const detail::Hdf5Reader reader("file", file);
    CHECK(reader.objects().size() == count + 2);
    CHECK(reader.find("layers/" + std::to_string(count - 1)) != 0);
  }
}

TEST_CASE("a file may be empty") {
  const std::string file = detail::Hdf5Writer().file();
  CHECK(detail::Hdf5Reader("file", file).objects().size() == 1);
}
