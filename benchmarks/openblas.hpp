// What benchmarks set and ask of OpenBLAS. With another BLAS they leave it as it is.
#pragma once

#include <string>

#include "rnnts/kernels/blas.hpp"

extern "C" __attribute__((weak)) void openblas_set_num_threads(int);  // null if another BLAS is linked

namespace bench {

/// What is measured is one core.
inline void hold_blas_to_one_thread() {
  if (openblas_set_num_threads) openblas_set_num_threads(1);
}

/// Which kernels it has chosen.
inline std::string blas_kernels() {
  if (!openblas_get_corename) return "not OpenBLAS";
  const std::string name = openblas_get_corename();
  if (!rnnts::detail::blas::is_fallback(name)) return "OpenBLAS with its kernels for " + name;
  return "OpenBLAS, which does not know this processor and takes its kernels for " + name +
         ". If there is AVX-512, "
         "OPENBLAS_CORETYPE=SkylakeX in the environment gives it faster ones, with AVX2 OPENBLAS_CORETYPE=Haswell";
}

}  // namespace bench
