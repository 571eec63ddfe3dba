// The peak, as a benchmark: `peak/…` of this processor, `build_peak/…` of the instructions that this build
// may use.
#include <benchmark/benchmark.h>

#include <string>

#include "bench.hpp"
#include "peak_kernel.hpp"

namespace bench {

Peak measure_build_peak(float) { return measure<float>(); }
Peak measure_build_peak(double) { return measure<double>(); }

namespace {

template <class T> void add_peak() {
  const auto add = [](const char* name, Peak (*peak)(T)) {
    benchmark::RegisterBenchmark((std::string(name) + "/" + scalar_name<T>()).c_str(), [peak](benchmark::State& state) {
      Peak best;
      for (auto _ : state) {
        if (const Peak found = peak(T{}); found.flops > best.flops) best = found;
      }
      state.counters["FLOP/s"] = best.flops;
      state.counters["lanes"] = static_cast<double>(best.lanes);
    })->Unit(benchmark::kMillisecond);
  };
  add("peak", measure_machine_peak);
  add("build_peak", measure_build_peak);
}

}  // namespace

void add_peak_benchmarks() {
  add_peak<float>();
  add_peak<double>();
}

}  // namespace bench
