// expect: The Period of a Cycle has at least 1 step, 1 series and 1 quantile
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<2>, rnnts::Cycle<rnnts::Period{.steps = 0}, rnnts::GRU<4>>> model;
