// What check_include_order.cmake must report: each #include here but <vector> is a violation.
#include <mpi.h>

#include <rnnts/rnnts.hpp>
#include <vector>
#include <xtensor-blas/xlinalg.hpp>
#include <xtensor/xtensor.hpp>

#include "rnnts/tensor/view.hpp"
