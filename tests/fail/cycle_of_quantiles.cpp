// expect: The layers in a Cycle give all quantiles of each step.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<2>, rnnts::Cycle<rnnts::Period{.quantiles = 3}, rnnts::GRU<4>>> model;
