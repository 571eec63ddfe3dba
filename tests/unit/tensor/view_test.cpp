#include "rnnts/tensor/view.hpp"

#include <numeric>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a sequence is time-major") {
  std::vector<float> numbers(2 * 3 * 4);  // T = 2, B = 3, F = 4
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
  const Sequence<float, 4> x{numbers.data(), 2, 3};
  CHECK(x[1][2][3] == 23);
  CHECK(x[0].count == 3);
  CHECK(x.rows().count == 6);
  CHECK(x.rows().size() == 24);
  CHECK(x.rows()[4][0] == 16);
  CHECK(x.rows().first(2).end() == x.rows()[2]);
  CHECK(x.rows().last(2).data == x.rows()[4]);
  const Sequence<const float, 4> constant = x;
  CHECK(constant[1].data == x[1].data);
  CHECK(Sequence<float, 4>{}.empty());
  CHECK_FALSE(x.empty());
}

TEST_CASE("a buffer grows to the largest size and is then reused") {
  SequenceBuffer<double, 3> buffer;
  const auto large = buffer.resize(4, 5);
  const auto small = buffer.resize(2, 2);
  CHECK(small.data == large.data);
  CHECK(buffer.view().steps == 2);
  CHECK(std::as_const(buffer).view().batch == 2);
  CHECK(buffer.resize(4, 5).data == large.data);
}

TEST_CASE("views of a width that only a run knows are those of the same numbers") {
  STATIC_REQUIRE(sizeof(Rows<float, 5>) == sizeof(float*) + sizeof(std::size_t));
  std::vector<double> numbers(24);
  std::iota(numbers.begin(), numbers.end(), 0.0);
  const Sequence<double, 3> known{numbers.data(), 4, 2};
  const Sequence<double, dynamic> chosen{numbers.data(), 4, 2, nullptr, 3};
  for (std::size_t t = 0; t < 4; ++t) {
    for (std::size_t b = 0; b < 2; ++b) CHECK(chosen[t][b] == known[t][b]);
  }
  CHECK(chosen.rows(1, 2).data == known.rows(1, 2).data);
  CHECK(chosen.rows().size() == 24);
  CHECK(chosen.rows().last(2).data == known.rows().last(2).data);
  CHECK(chosen.rows().row(5).begin() == known.rows()[5]);
  CHECK(chosen.rows().row(5).size() == 3);
  CHECK(chosen.none().empty());
  CHECK(chosen.none().width == 3);

  SequenceBuffer<double, dynamic> buffer;
  CHECK(buffer.view().rows().count == 0);
  CHECK(buffer.resize_as(chosen).rows().size() == 24);
  CHECK(buffer.resize(2, 3, 7).width == 7);
  buffer.clear();
  CHECK(buffer.view().rows().count == 0);
}
