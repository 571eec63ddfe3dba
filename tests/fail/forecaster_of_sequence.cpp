// expect: A Forecaster takes a net that gives one vector per window, the values to come, not a sequence.
#include <rnnts/forecasting.hpp>
#include <rnnts/rnnts.hpp>

using namespace rnnts;

int main() {
  using Net = Sequential<float, Input<1>, GRU<4, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>, Dense<1>>;
  Forecaster forecaster(DataPath{Log()}, Net(), {.look_back = 8});
}
