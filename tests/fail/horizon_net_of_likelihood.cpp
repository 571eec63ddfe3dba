// expect further down: A GaussianNegativeLogLikelihood takes all means and then all variances, which a HorizonNet and a Cycle do not give: take Quantiles.
#include <rnnts/forecasting.hpp>
#include <rnnts/rnnts.hpp>
#include <vector>

using namespace rnnts;

int main() {
  const ForecasterOptions options{.look_back = 8, .horizon = 4, .known = {"price"}};
  Forecaster forecaster(DataPath{Log()}, horizon_net(options, 2), GaussianNegativeLogLikelihood(), options);
  forecaster.fit(std::vector<double>(100, 1.0));
}
