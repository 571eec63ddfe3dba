#include "rnnts/layers/gru_cell.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

TEMPLATE_TEST_CASE("a cell of a GRU mixes the state before with a candidate, for numbers side by side", "",
                   std::true_type, std::false_type) {
  constexpr bool reset_after = TestType::value;
  using Cell = detail::GRUCell<Tanh, Sigmoid, reset_after>;
  const std::array<double, 6> input{0.1, -2, 0.7, 3, -0.4, 0.5}, recurrent{1, 0.2, -0.3, 0.4, 0.8, -0.9};
  const std::array<double, 2> h_before{0.3, -0.6};
  auto a = input;
  std::array<double, 6> gates;
  std::array<double, 2> reset, h;
  Cell::template open<2>(a.data(), recurrent.data(), h_before.data(), gates.data(), reset.data());
  Cell::template mix<2>(a.data(), gates.data(), reset.data(), recurrent.data(), h_before.data(), h.data());
  for (std::size_t n = 0; n < 2; ++n) {
    const double z = sigmoid(input[n] + recurrent[n]), r = sigmoid(input[2 + n] + recurrent[2 + n]);
    const double g = std::tanh(input[4 + n] + (reset_after ? r : 1) * recurrent[4 + n]);
    CHECK_THAT(reset[n], WithinRel(reset_after ? recurrent[4 + n] : r * h_before[n], 1e-14));
    CHECK_THAT(h[n], WithinRel(z * h_before[n] + (1 - z) * g, 1e-14));
  }

  // dL/dh = 1 for the first of the two; nothing for the second.
  const double z = gates[0], r = gates[2], g = gates[4];
  std::array<double, 2> dh{1, 0};
  std::array<double, 6> da, drecurrent;
  Cell::template mix_backward<2>(a.data(), gates.data(), h_before.data(), dh.data(), da.data());
  CHECK_THAT(da[0], WithinRel((h_before[0] - g) * z * (1 - z), 1e-14));
  CHECK_THAT(da[4], WithinRel((1 - z) * (1 - g * g), 1e-14));
  CHECK_THAT(dh[0], WithinRel(z, 1e-14));
  if constexpr (reset_after) {
    Cell::template reset_after_backward<2>(a.data(), gates.data(), reset.data(), da.data(), drecurrent.data());
    CHECK_THAT(da[2], WithinRel(da[4] * recurrent[4] * r * (1 - r), 1e-14));
    CHECK_THAT(drecurrent[4], WithinRel(da[4] * r, 1e-14));
  } else {
    const std::array<double, 2> dreset{0.5, 0};
    Cell::template reset_before_backward<2>(a.data(), gates.data(), h_before.data(), dreset.data(), da.data(),
                                            drecurrent.data(), dh.data());
    CHECK_THAT(da[2], WithinRel(0.5 * h_before[0] * r * (1 - r), 1e-14));
    CHECK_THAT(dh[0], WithinRel(z + 0.5 * r, 1e-14));
    CHECK(drecurrent[4] == 0);
  }
  CHECK(drecurrent[0] == da[0]);
  CHECK(drecurrent[2] == da[2]);
  for (const std::size_t n : {1U, 3U, 5U}) CHECK(da[n] == 0);
  CHECK(dh[1] == 0);
}
