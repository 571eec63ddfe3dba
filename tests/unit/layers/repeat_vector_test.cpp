#include "rnnts/layers/repeat_vector.hpp"

#include <vector>

#include "support/layer_runs.hpp"

using namespace rnnts;

TEST_CASE("repeat vector gives the vector at every step, and adds up the gradients") {
  using L = RepeatVector<3>::Layer<double, vector_shape(2)>;
  STATIC_REQUIRE(L::output == sequence_shape(3, 2));
  STATIC_REQUIRE(detail::output_steps<L>({}, 1) == 3);
  const std::vector<double> x{1, 2, 3, 4};  // two samples
  CHECK(run<L>({}, x, 2) == std::vector<double>{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4});
  CHECK(run_backward<L>(x, {1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 300, 400}, 2) ==
        std::vector<double>{111, 222, 333, 444});
}

TEST_CASE("gradients of repeat vector agree with differences") {
  check_gradients(gradcheck<RepeatVector<4>::Layer<double, vector_shape(3)>>({.steps = 1, .batch = 3}));
  check_gradients(gradcheck<RepeatVector<1>::Layer<double, vector_shape(2)>>({.steps = 1, .batch = 1}));
}
