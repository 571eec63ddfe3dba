#include <rnnts/rnnts.hpp>

#include <array>

using Net = rnnts::Sequential<float, rnnts::Input<1>, rnnts::LSTM<5>, rnnts::Dense<1>>;

float predict_with(const Net& net) { return net.predict(std::array{1.f, 2.f, 3.f})(0); }
