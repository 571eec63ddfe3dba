// Runs the benchmarks. Arguments are those of Google Benchmark.
#include <benchmark/benchmark.h>

#include "bench.hpp"
#include "openblas.hpp"

namespace {

#ifdef __clang__
constexpr auto compiler = __VERSION__;  // with its name
#else
constexpr auto compiler = "g++ " __VERSION__;
#endif

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  // The peak is that of one core, and so it is one thread that is compared with it.
  bench::hold_blas_to_one_thread();
  benchmark::AddCustomContext("compiler", compiler);
  benchmark::AddCustomContext("BLAS", bench::blas_kernels());
  bench::add_peak_benchmarks();
  bench::add_recurrent_benchmarks();
  bench::add_product_benchmarks();
  bench::add_threads_benchmarks();
  bench::add_stream_benchmarks();
  bench::add_first_call_benchmarks();
  bench::add_sizes_benchmarks();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
