// Runs the benchmarks and ends with tables of the results of recurrent nets: training, and the steps of streams.
// Without arguments: the tutorial's net, SimpleRNN(5) and Dense(1, sigmoid) in float with batches of 1, 10 and 64,
// medians of nine repetitions.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "bench.hpp"
#include "openblas.hpp"

namespace bench {
namespace {

/// Google Benchmark's own output, and then the table.
class TableReporter : public benchmark::ConsoleReporter {
 public:
  TableReporter() : ConsoleReporter(OO_Tabular) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Iteration || run.aggregate_name == "median") add(run);
    }
  }

  void Finalize() override {
    ConsoleReporter::Finalize();
    if (!rows_.empty()) print_batches();
    if (!streams_.empty()) print_streams();
  }

 private:
  struct Cell {
    double seconds = 0, peak_percent = 0;
  };
  static constexpr std::array titles{"forward", "forward+backward", "training step (Adam)"};
  static constexpr std::array names{"forward/", "backward/", "train/"};
  static constexpr const char* stream = "stream/";

  struct Step {
    std::string sizes;
    double ns = 0, bound_ns = 0;
  };

  /// Keeps a result of `names`, in place of an earlier one of the same sizes.
  void add(const Run& run) {
    const std::string& name = run.run_name.function_name;
    if (name.starts_with(stream)) return add_stream(name.substr(std::string(stream).size()), run);
    for (std::size_t column = 0; column < names.size(); ++column) {
      if (!name.starts_with(names[column])) continue;
      const std::string sizes = name.substr(std::string(names[column]).size());
      auto row = rows_.begin();
      while (row != rows_.end() && row->first != sizes) ++row;
      if (row == rows_.end()) row = rows_.insert(row, {sizes, {}});
      row->second[column] = {run.counters.at("time"), run.counters.at("peak_%")};
    }
  }

  /// Keeps the fastest of several results of the same sizes.
  void add_stream(const std::string& sizes, const Run& run) {
    const Step step{sizes, run.counters.at("ns"), run.counters.at("bound_ns")};
    for (Step& known : streams_) {
      if (known.sizes != sizes) continue;
      if (step.ns < known.ns) known = step;
      return;
    }
    streams_.push_back(step);
  }

  void print_batches() const {
    std::printf(
        "\nA recurrent layer of N units and Dense(1, sigmoid), windows of 20: time, and share of the peak of this "
        "processor\n");
    print_peak<float>();
    print_peak<double>();
    std::printf("BLAS: %s\n", blas_kernels().c_str());
    std::printf("\n%-9s %-7s %5s %5s", "layer", "scalar", "N", "B");
    for (const char* what : titles) std::printf("  %20s", what);
    std::printf("\n");
    for (const auto& [sizes, cells] : rows_) {
      char layer[16], scalar[8];
      int units = 0, batch = 0;
      if (std::sscanf(sizes.c_str(), "%15[A-Za-z]/%7[a-z]/N=%d/B=%d", layer, scalar, &units, &batch) != 4) continue;
      std::printf("%-9s %-7s %5d %5d", layer, scalar, units, batch);
      for (const Cell& cell : cells) std::printf("  %9.2f us %6.1f %%", 1e6 * cell.seconds, cell.peak_percent);
      std::printf("\n");
    }
  }

  void print_streams() const {
    std::printf(
        "\nOne step of a stream, a recurrent layer of N units and Dense(1): time, and the bound of this processor\n");
    std::printf("\n%-9s %-7s %5s  %12s  %12s  %6s\n", "layer", "scalar", "N", "step", "bound", "ratio");
    for (const Step& step : streams_) {
      char layer[16], scalar[8];
      int units = 0;
      if (std::sscanf(step.sizes.c_str(), "%15[A-Za-z]/%7[a-z]/N=%d", layer, scalar, &units) != 3) continue;
      std::printf("%-9s %-7s %5d  %9.1f ns  %9.1f ns  %6.2f\n", layer, scalar, units, step.ns, step.bound_ns,
                  step.ns / step.bound_ns);
    }
  }

  template <class T> static void print_peak() {
    const Peak machine = machine_peak<T>(), build = build_peak<T>();
    std::printf("%s: peak %.1f GFLOP/s (%zu numbers at once); of what this build may use, %.1f (%zu)\n",
                scalar_name<T>(), machine.flops / 1e9, machine.lanes, build.flops / 1e9, build.lanes);
  }

  std::vector<std::pair<std::string, std::array<Cell, names.size()>>> rows_;
  std::vector<Step> streams_;
};

int main(int argc, char** argv) {
  std::vector<std::string> defaults{argv[0], "--benchmark_filter=^peak/|/SimpleRNN/float/N=5/B=(1|10|64)$",
                                    "--benchmark_repetitions=9", "--benchmark_report_aggregates_only=true",
                                    "--benchmark_min_time=0.05"};
  std::vector<char*> arguments(argv, argv + argc);
  if (argc == 1) {
    arguments.clear();
    for (auto& argument : defaults) arguments.push_back(argument.data());
  }
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;
  // The peak is that of one core, and so it is one thread that is compared with it.
  hold_blas_to_one_thread();
  add_peak_benchmarks();
  add_recurrent_benchmarks();
  add_product_benchmarks();
  add_threads_benchmarks();
  add_stream_benchmarks();
  add_first_call_benchmarks();
  TableReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::main(argc, argv); }
