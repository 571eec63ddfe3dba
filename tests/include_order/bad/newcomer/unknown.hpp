// A folder that nobody has given a place.
#include "rnnts/core/error.hpp"
