// One step of a stream, batch 1, of a recurrent layer of N units and Dense(1), beside the bound that this processor
// sets, measured in the same run.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>
#include <xsimd/xsimd.hpp>

#include "bench.hpp"
#include "recurrent_layers.hpp"
#include "rnnts/rnnts.hpp"

namespace bench {
namespace {

constexpr std::size_t inputs = 1;

using Clock = std::chrono::steady_clock;

/// Nanoseconds of one call of `work`, in the fastest of many bursts: others on the machine make bursts slower, never
/// faster.
double fastest(auto work, int bursts = 400, int calls = 200) {
  auto best = Clock::duration::max();
  for (int burst = 0; burst < bursts; ++burst) {
    const auto start = Clock::now();
    for (int call = 0; call < calls; ++call) work();
    best = std::min(best, Clock::now() - start);
  }
  return std::chrono::duration<double, std::nano>(best).count() / calls;
}

/// Nanoseconds until a multiply-add whose operand is the result of the one before is done.
template <class T> double multiply_add_latency() {
  constexpr int length = 64;
  volatile T unknown = T(0.5);
  const T factor = unknown;
  const xsimd::batch<T> factors(factor);
  xsimd::batch<T> sum(T(1));
  return fastest([&] {
           for (int i = 0; i < length; ++i) sum = xsimd::fma(sum, factors, factors);  // tends to 1
           benchmark::DoNotOptimize(sum);
         }) /
         length;
}

/// Nanoseconds of A for `count` numbers, of which the next call needs the results: of a register's width, the latency.
/// From 1 on, tanh is still above 0.001 after a hundred thousand calls, and sigmoid tends to 0.66.
template <class A, class T, std::size_t count> double activation_time() {
  alignas(rnnts::detail::cache_line) std::array<T, count> numbers;
  numbers.fill(T(1));
  return fastest([&] {
    rnnts::detail::activate<A>(rnnts::Rows<T, count>{numbers.data(), 1}, rnnts::Rows<T, count>{numbers.data(), 1});
    benchmark::DoNotOptimize(numbers);
  });
}

/// Nanoseconds of reading `count` numbers again and again: from the level of cache that they fit into.
template <class T> double read_time(std::size_t count) {
  using Pack = rnnts::detail::simd::Pack<T, rnnts::detail::simd::widest<T>>;
  constexpr std::size_t parts = 8, stride = parts * rnnts::detail::simd::widest<T>;
  const rnnts::detail::AlignedVector<T> numbers((count + stride - 1) / stride * stride, T(1));
  const int calls = static_cast<int>(std::max<std::size_t>(4, 100'000 / count));
  return fastest(
      [&] {
        Pack sums[parts];
        rnnts::detail::simd::unroll<parts>([&]<std::size_t part>() { sums[part] = Pack::all(0); });
        for (std::size_t i = 0; i < numbers.size(); i += stride) {
          rnnts::detail::simd::unroll<parts>([&]<std::size_t part>() {
            sums[part].add(Pack::load(numbers.data() + i + part * rnnts::detail::simd::widest<T>));
          });
        }
        rnnts::detail::simd::unroll<parts - 1>([&]<std::size_t part>() { sums[0].add(sums[part + 1]); });
        T result = sums[0].sum();
        benchmark::DoNotOptimize(result);
      },
      100, calls);
}

/// What this processor takes at least for one of these, in nanoseconds, measured when first asked for.
template <class T> struct Costs {
  static constexpr std::size_t one = xsimd::batch<T>::size, many = 1024;

  double multiply_add = 2e9 / machine_peak<T>().flops;
  double multiply_add_latency = bench::multiply_add_latency<T>();
  double tanh_latency = activation_time<rnnts::Tanh, T, one>();
  double sigmoid_latency = activation_time<rnnts::Sigmoid, T, one>();
  double tanh = activation_time<rnnts::Tanh, T, many>() / many;
  double sigmoid = activation_time<rnnts::Sigmoid, T, many>() / many;

  static const Costs& measured() {
    static const Costs costs;
    return costs;
  }
};

/// The larger of two, either of which a step takes at least:
///
/// - what waits for each other: the product, whose terms are added pair by pair at best and which cannot be faster than
///   the work for it, a gate, and the activation of the state. It is the larger one for few units.
/// - the work: multiply-adds at their peak or reading the weights, whichever takes longer, and the activations.
template <class Kind, class T, std::size_t N> double bound() {
  constexpr std::size_t terms = inputs + N, weights = terms * Kind::gates * N;
  const auto& costs = Costs<T>::measured();
  const double product = std::max(costs.multiply_add * static_cast<double>(weights + N), read_time<T>(weights));
  const double activations = static_cast<double>(N) * (Kind::sigmoids * costs.sigmoid + Kind::tanhs * costs.tanh);
  std::size_t levels = 1;
  while ((std::size_t{1} << (levels - 1)) < terms) ++levels;
  const double product_latency = std::max(product, costs.multiply_add_latency * static_cast<double>(levels));
  const double latency = costs.tanh_latency + (Kind::sigmoids > 0 ? costs.sigmoid_latency : 0);
  return std::max(product_latency + latency, product + activations);
}

/// Steps on inputs that differ. One iteration is a burst, and the fastest counts.
template <class Kind, class T, std::size_t N> void stream_step(benchmark::State& state) {
  using Model = rnnts::Sequential<T, rnnts::Input<inputs>, typename Kind::template Layer<N>, rnnts::Dense<1>>;
  const Model model{rnnts::seed(7)};
  rnnts::Stream<Model> stream(model);
  std::array<T, 64> x;
  std::minstd_rand random(1);
  for (T& number : x) number = std::uniform_real_distribution<T>(-1, 1)(random);

  auto best = Clock::duration::max();
  for (auto _ : state) {
    const auto start = Clock::now();
    for (const T number : x) {
      T y = stream.step(number)[0];
      benchmark::DoNotOptimize(y);  // newer versions want a variable
    }
    best = std::min(best, Clock::now() - start);
  }
  const double ns = std::chrono::duration<double, std::nano>(best).count() / static_cast<double>(x.size());
  const double bound_ns = bound<Kind, T, N>();
  state.counters["ns"] = ns;
  state.counters["bound_ns"] = bound_ns;
  state.counters["ratio"] = ns / bound_ns;
}

/// The same net with weights of int8 or int16, in turn with that of float: `ratio` is how many times faster it is.
template <class Kind, class Q, std::size_t N> void quantized_stream_step(benchmark::State& state) {
  using Model = rnnts::Sequential<float, rnnts::Input<inputs>, typename Kind::template Layer<N>, rnnts::Dense<1>>;
  const Model model{rnnts::seed(7)};
  const auto small = rnnts::quantized<Q>(model);
  rnnts::Stream<Model> of_float(model);
  rnnts::Stream stream(small);
  const auto burst = [](auto& running) {
    constexpr int steps = 64;
    const auto start = Clock::now();
    for (int t = 0; t < steps; ++t) {
      float y = running.step(static_cast<float>(t) / steps)[0];
      benchmark::DoNotOptimize(y);
    }
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / steps;
  };
  std::vector<double> ns, of_float_ns;
  for (auto _ : state) {
    burst(stream);  // now its weights are in the caches, and not those of the other
    ns.push_back(burst(stream));
    burst(of_float);
    of_float_ns.push_back(burst(of_float));
  }
  const auto median = [](std::vector<double>& numbers) {
    std::ranges::nth_element(numbers, numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2));
    return numbers[numbers.size() / 2];
  };
  state.counters["ns"] = median(ns);
  state.counters["float_ns"] = median(of_float_ns);
  state.counters["ratio"] = median(of_float_ns) / median(ns);
}

template <class Kind, class Q, std::size_t... N> void add_quantized_sizes(std::index_sequence<N...>) {
  const auto name = [](std::size_t units) {
    return std::string("quantized_stream/") + Kind::name + "/int" + std::to_string(8 * sizeof(Q)) +
           "/N=" + std::to_string(units);
  };
  (benchmark::RegisterBenchmark(name(N).c_str(), quantized_stream_step<Kind, Q, N>)->Unit(benchmark::kMicrosecond),
   ...);
}

template <class Kind, class T, std::size_t... N> void add_sizes(std::index_sequence<N...>) {
  const auto name = [](std::size_t units) {
    return std::string("stream/") + Kind::name + "/" + scalar_name<T>() + "/N=" + std::to_string(units);
  };
  (benchmark::RegisterBenchmark(name(N).c_str(), stream_step<Kind, T, N>)->Unit(benchmark::kMicrosecond), ...);
}

}  // namespace

void add_stream_benchmarks() {
  using Units = std::index_sequence<4, 8, 16, 32, 64, 128>;
  add_sizes<SimpleRNN, float>(Units{});
  add_sizes<LSTM, float>(Units{});
  add_sizes<GRU, float>(Units{});
  using LargeUnits = std::index_sequence<16, 64, 96, 128, 256, 512>;
  add_quantized_sizes<LSTM, std::int8_t>(LargeUnits{});
  add_quantized_sizes<GRU, std::int8_t>(LargeUnits{});
  add_quantized_sizes<LSTM, std::int16_t>(LargeUnits{});
  add_quantized_sizes<GRU, std::int16_t>(LargeUnits{});
}

}  // namespace bench
