// No violation: the model sees everything below it.
#include "rnnts/layers/dense.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
