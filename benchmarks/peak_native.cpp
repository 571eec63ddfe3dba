// Compiled for the processor that compiles it, whatever the rest of the build is compiled for.
#include "peak_kernel.hpp"

namespace bench {

Peak measure_machine_peak(float) { return measure<float>(); }
Peak measure_machine_peak(double) { return measure<double>(); }

}  // namespace bench
