// A net that is trained and predicts, compiled several times and each time differently: see CMakeLists.txt.
#include <rnnts/rnnts.hpp>

#include <cmath>
#include <vector>

using namespace rnnts;

/// The first of the predictions after a training; with samples in lanes, if this file is compiled for registers.
double PART() {
  std::vector<float> series(100);
  for (std::size_t t = 0; t < series.size(); ++t) series[t] = std::sin(0.3f * static_cast<float>(t));
  Sequential<float, Input<1>, LSTM<5>, Dense<1>> net{seed(7)};
  const auto windows = series | views::window(8);
  fit(net, windows, MeanSquaredError{}, Adam{}, {.epochs = 3, .verbose = false});
  return net.predict(windows)(0, 0);
}
