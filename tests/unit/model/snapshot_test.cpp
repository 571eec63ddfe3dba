#include "rnnts/model/snapshot.hpp"

#include <array>
#include <limits>
#include <span>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// Two tensors of a model.
struct Weights {
  std::array<double, 2> a{1, 2};
  std::array<double, 1> b{3};
  std::array<std::span<double>, 2> tensors{a, b};

  std::vector<double> all() const { return {a[0], a[1], b[0]}; }
};

}  // namespace

TEST_CASE("a snapshot brings numbers back, also into other tensors") {
  Weights weights;
  detail::Snapshot<double> snapshot;
  snapshot.take(weights.tensors);
  weights.a = {7, 8};
  snapshot.restore(weights.tensors);
  CHECK(weights.all() == std::vector<double>{1, 2, 3});
  std::array<double, 3> moved{};
  const std::array<std::span<double>, 1> others{moved};
  snapshot.restore(others);
  CHECK(moved[2] == 3);
}

TEST_CASE("what a state goes on from is put into the model once") {
  Weights weights;
  detail::Snapshot<double> snapshot;
  snapshot.take(weights.tensors);
  std::vector<double> to_go_on_from;
  snapshot.resume("test", to_go_on_from, weights.tensors);
  CHECK(weights.all() == std::vector<double>{1, 2, 3});
  to_go_on_from = {4, 5, 6};
  snapshot.resume("test", to_go_on_from, weights.tensors);
  CHECK(weights.all() == std::vector<double>{4, 5, 6});
  CHECK(to_go_on_from.empty());
  weights.b = {0};
  snapshot.restore(weights.tensors);
  CHECK(weights.all() == std::vector<double>{4, 5, 6});

  to_go_on_from = {1, 2};
  CHECK_THROWS_WITH(snapshot.resume("test", to_go_on_from, weights.tensors),
                    "test: the state has 2 weights to go on from, but the model has 3");
  CHECK(to_go_on_from.size() == 2);
  CHECK(weights.all() == std::vector<double>{4, 5, 6});
}

TEST_CASE("a state goes on from the snapshot if the model has other numbers by now") {
  Weights weights;
  detail::Snapshot<double> snapshot;
  snapshot.take(weights.tensors);
  std::vector<double> to_go_on_from;
  snapshot.leave(to_go_on_from, weights.tensors);
  CHECK(to_go_on_from.empty());
  weights.b = {9};
  snapshot.leave(to_go_on_from, weights.tensors);
  CHECK(to_go_on_from == std::vector<double>{1, 2, 3});
  CHECK(weights.b[0] == 9);
}

TEST_CASE("the first number that is not finite is found") {
  Weights weights;
  const std::span<const std::span<double>> tensors = weights.tensors;
  CHECK_FALSE(detail::find_not_finite(tensors));
  weights.b = {-std::numeric_limits<double>::infinity()};
  CHECK(detail::find_not_finite(tensors) == weights.b[0]);
  weights.a[1] = std::numeric_limits<double>::infinity();
  CHECK(detail::find_not_finite(tensors) == weights.a[1]);
}
