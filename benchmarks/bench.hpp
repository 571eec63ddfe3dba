// What the benchmarks share: their lists, and how a result is set beside the peak.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <ctime>

#include "peak.hpp"

namespace bench {

void add_peak_benchmarks();
void add_recurrent_benchmarks();
void add_product_benchmarks();
void add_threads_benchmarks();
void add_stream_benchmarks();
void add_first_call_benchmarks();
void add_sizes_benchmarks();

/// Runs `work` as often as the benchmark asks for and counts, besides its time, the multiply-adds of one
/// call, FLOP/s (two per multiply-add), and the shares of the peaks of this processor and of this build, in
/// percent. Time is the processor's for this process, so that others on the machine disturb less.
template <class T> void run(benchmark::State& state, std::size_t multiply_adds, auto work) {
  work();  // memory is allocated now and not while the clock runs
  const std::clock_t start = std::clock();
  for (auto _ : state) work();
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const double calls = static_cast<double>(state.iterations());
  const double flops = 2 * static_cast<double>(multiply_adds) * calls / seconds;
  state.counters["time"] = seconds / calls;
  state.counters["madds"] = static_cast<double>(multiply_adds);
  state.counters["FLOP/s"] = flops;
  state.counters["peak_%"] = 100 * flops / machine_peak<T>().flops;
  state.counters["build_peak_%"] = 100 * flops / build_peak<T>().flops;
}

}  // namespace bench
