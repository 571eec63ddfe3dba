#include "rnnts/layers/lstm_cell.hpp"

#include <array>
#include <cmath>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

TEST_CASE("a cell of an LSTM erases, writes and reads, for numbers side by side") {
  const std::array<double, 8> z{0.1, -2, 0.7, 3, -0.4, 0.5, 1, -1};  // two of each gate: i, f, g, o
  const std::array<double, 2> c_before{0.3, -0.6};
  std::array<double, 8> gates;
  std::array<double, 2> c, act_c, h;
  detail::LSTMCell<Tanh, Sigmoid>::forward<2>(z.data(), c_before.data(), gates.data(), c.data(), act_c.data(),
                                              h.data());
  for (std::size_t n = 0; n < 2; ++n) {
    const double expected = sigmoid(z[2 + n]) * c_before[n] + sigmoid(z[n]) * std::tanh(z[4 + n]);
    CHECK_THAT(c[n], WithinRel(expected, 1e-14));
    CHECK_THAT(act_c[n], WithinRel(std::tanh(expected), 1e-14));
    CHECK_THAT(h[n], WithinRel(sigmoid(z[6 + n]) * std::tanh(expected), 1e-14));
  }

  // dL/dh = 1 and dL/dc = 0 for the first of the two; nothing for the second.
  const std::array<double, 2> dh{1, 0};
  std::array<double, 2> dc{0, 0};
  std::array<double, 8> dz;
  detail::LSTMCell<Tanh, Sigmoid>::backward<2>(z.data(), c_before.data(), gates.data(), c.data(), act_c.data(),
                                               dh.data(), dc.data(), dz.data());
  const double dcell = gates[6] * (1 - act_c[0] * act_c[0]);
  CHECK_THAT(dz[0], WithinRel(dcell * gates[4] * gates[0] * (1 - gates[0]), 1e-14));
  CHECK_THAT(dz[2], WithinRel(dcell * c_before[0] * gates[2] * (1 - gates[2]), 1e-14));
  CHECK_THAT(dz[4], WithinRel(dcell * gates[0] * (1 - gates[4] * gates[4]), 1e-14));
  CHECK_THAT(dz[6], WithinRel(act_c[0] * gates[6] * (1 - gates[6]), 1e-14));
  CHECK_THAT(dc[0], WithinRel(dcell * gates[2], 1e-14));
  for (const std::size_t n : {1U, 3U, 5U, 7U}) CHECK(dz[n] == 0);
  CHECK(dc[1] == 0);
}
