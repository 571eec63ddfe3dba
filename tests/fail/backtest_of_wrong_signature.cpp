// expect: backtest takes a function of (std::span<const double> history, std::size_t horizon) or (ManySeries histories,
// std::size_t horizon) that gives numbers, or one of (ManySeries histories) that gives such a function.
#include <rnnts/forecasting.hpp>
#include <rnnts/rnnts.hpp>

int main() {
  const std::vector<double> series(20);
  rnnts::backtest([](const std::vector<float>& history) { return history.back(); }, series, {.horizon = 2});
}
