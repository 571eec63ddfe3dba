#include "rnnts/model/check_labels.hpp"

#include <array>
#include <cstddef>
#include <vector>

#include "rnnts/losses/binary_crossentropy.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// Labels of two steps and two numbers each, of the samples 8 and 3; the second of these has one step alone.
void check(const auto& loss, const std::vector<double>& y) {
  constexpr std::array<std::size_t, 2> lengths{2, 1}, indices{8, 3};
  detail::check_labels<double, 2>(detail::LabelCheck<double>(loss), {y.data(), 2, 2, lengths.data()}, indices);
}

}  // namespace

TEST_CASE("a label that the loss does not take is named by sample and step") {
  const BinaryCrossentropy loss;
  CHECK_NOTHROW(check(loss, {0, 1, 0.5, 0, 1, 1, 7, 7}));  // what is beyond a sample's length does not count
  CHECK_THROWS_AS(check(loss, {0, 1, 0.5, 2, 1, 1, 0, 0}), DataError);
  CHECK_THROWS_WITH(check(loss, {0, 1, 0.5, 2, 1, 1, 0, 0}),
                    "label 3, step 0: bce: expected a number between 0 and 1, found 2");
  CHECK_THROWS_WITH(check(loss, {0, 1, 0.5, 0, -1, 1, 0, 0}),
                    "label 8, step 1: bce: expected a number between 0 and 1, found -1");
}

TEST_CASE("other losses take all labels") { CHECK_NOTHROW(check(MeanSquaredError{}, {7, -7, 7, 7, 7, 7, 7, 7})); }
