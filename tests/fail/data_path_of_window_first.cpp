// expect: In a DataPath the steps of each window, as SubtractLast, come after those of the series, as Log.
#include <rnnts/forecasting.hpp>
#include <rnnts/rnnts.hpp>

int main() { rnnts::DataPath path{rnnts::SubtractLast(), rnnts::Log()}; }
