#include "rnnts/model/weights.hpp"

#include <list>
#include <vector>

#include "rnnts/tensor/tensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

struct Parameters {
  Tensor<float, 2, 3> kernel;
  Tensor<float, 3> bias;

  static constexpr auto fields() {
    return std::tuple{Field{"kernel", &Parameters::kernel}, Field{"bias", &Parameters::bias}};
  }
};

}  // namespace

TEST_CASE("weights have names and shapes, and refer to the parameters") {
  Parameters p;
  const auto all = detail::list_weights<float>(p);
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "kernel");
  CHECK(all[0].shape == std::vector<std::size_t>{2, 3});
  all[1].values[2] = 5;
  CHECK(p.bias(2) == 5);
  all[0].xtensor()(1, 1) = 6;
  CHECK(p.kernel(1, 1) == 6);
}

TEST_CASE("a weight is found by its name, and an unknown name is answered with those that there are") {
  Parameters p;
  CHECK(detail::find_weight(detail::list_weights<float>(p), "bias").values.data() == p.bias.data());
  CHECK_THROWS_WITH(detail::find_weight(detail::list_weights<float>(p), "bais"),
                    "no weight is named \"bais\"; there are: kernel bias");
}

TEST_CASE("a weight is set from a tensor of its shape or a range of as many numbers") {
  Parameters p;
  const auto kernel = detail::list_weights<float>(p)[0];
  detail::assign(kernel, xt::xtensor<double, 2>{{1, 2, 3}, {4, 5, 6}});
  CHECK(p.kernel(1, 0) == 4);
  detail::assign(kernel, std::list<int>{7, 8, 9, 10, 11, 12});
  CHECK(p.kernel(1, 0) == 10);
  CHECK_THROWS_WITH(detail::assign(kernel, xt::xtensor<float, 2>{{1, 2}, {3, 4}, {5, 6}}),
                    "weight \"kernel\" has the shape (2, 3), found (3, 2)");
  CHECK_THROWS_WITH(detail::assign(kernel, xt::xtensor<float, 1>{1, 2, 3, 4, 5, 6}),
                    "weight \"kernel\" has the shape (2, 3), found (6)");
  CHECK_THROWS_WITH(detail::assign(kernel, std::vector<float>(5)), "weight \"kernel\" has 6 numbers, found 5");
  CHECK(p.kernel(1, 0) == 10);
}
