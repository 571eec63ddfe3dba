// A layer that includes another one is a violation; the kernels are allowed.
#include "rnnts/kernels/product.hpp"
#include "rnnts/layers/dense.hpp"
