// expect: The file of a model for a number of steps that is chosen when the program runs does not say that number
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<dynamic, dynamic>, Flatten, Dense<>>;

const auto net = load<Net>("net.rnnts");
