// expect: A Forecaster takes a loss with one output for each label, or Quantiles.
#include <rnnts/forecasting.hpp>
#include <rnnts/rnnts.hpp>

using namespace rnnts;

int main() {
  using Net = Sequential<float, Input<1>, GRU<4>, Dense<2>>;
  Forecaster forecaster(DataPath{Log()}, Net(), GaussianNegativeLogLikelihood(), {.look_back = 8});
}
