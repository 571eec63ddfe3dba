#include "rnnts/layers/sizes.hpp"

#include <array>
#include <tuple>
#include <type_traits>

#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/last_step.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a layer in parentheses is one whose units were chosen") {
  STATIC_REQUIRE(std::is_same_v<decltype(GRU(5)), GRU<>>);
  STATIC_REQUIRE(std::is_same_v<decltype(Input(5)), Input<>>);
  STATIC_REQUIRE(std::is_same_v<decltype(Input(5, 20)), Input<dynamic, dynamic>>);
  STATIC_REQUIRE(std::is_empty_v<GRU<5>>);
  CHECK(GRU(5).units == 5);
  CHECK(Input(5, 20).chosen() == sequence_shape(20, 5));
}

TEST_CASE("weights of chosen sizes are made for an input, and tell the sizes again") {
  using L = GRU<>::Layer<float, Input<>::shape>;
  L::Parameters p;
  detail::resize_layer<L>(p, GRU(4), sequence_shape(any_steps, 3), 0);
  CHECK(p.kernel.extents() == std::array<std::size_t, 2>{3, 12});
  CHECK(p.recurrent_kernel.extents() == std::array<std::size_t, 2>{4, 12});
  CHECK(p.bias.extents() == std::array<std::size_t, 2>{2, 12});
  CHECK(detail::specification_of<L>(p).units == 4);
  CHECK(detail::output_shape<L>(p, sequence_shape(any_steps, 3)) == vector_shape(4));
}

TEST_CASE("branches hold their layers with the sizes of each") {
  const Concatenate both(GRU(4), Branch(LastStep{}, Dense(2)));
  using L = decltype(both)::Layer<float, Input<>::shape>;
  L::Parameters p;
  detail::resize_layer<L>(p, both, sequence_shape(any_steps, 3), 0);
  CHECK(L::output_features(p, sequence_shape(any_steps, 3)) == 6);
  const auto again = detail::specification_of<L>(p);
  CHECK(std::get<0>(again).units == 4);
  CHECK(std::get<1>(std::get<1>(again)).units == 2);
}
