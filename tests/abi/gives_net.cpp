// Gives a net to a function in takes_net.cpp, which is compiled without xsimd: the two must not link.
#include <rnnts/rnnts.hpp>

using Net = rnnts::Sequential<float, rnnts::Input<1>, rnnts::LSTM<5>, rnnts::Dense<1>>;

float predict_with(const Net& net);

int main() { return predict_with(Net{}) > 0; }
