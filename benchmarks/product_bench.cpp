// Products as plain loops, with the weights in registers, in tiles of registers and through the BLAS: from which sizes
// on does each pay? The answer stands in include/rnnts/kernels/plan.hpp.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "bench.hpp"
#include "rnnts/kernels/blas.hpp"
#include "rnnts/kernels/few_terms.hpp"
#include "rnnts/kernels/naive.hpp"
#include "rnnts/kernels/tiles.hpp"
#include "rnnts/tensor/aligned.hpp"

namespace bench {
namespace {

/// Weights of (I, N), rows before and after them.
template <class T, std::size_t I, std::size_t N> struct Operands {
  explicit Operands(std::size_t count) : in(count * I, T(0.25)), out(count * N, T(0.5)), rows(count) {}

  rnnts::Rows<T, I> x() { return {in.data(), rows}; }
  rnnts::Rows<T, N> y() { return {out.data(), rows}; }

  rnnts::detail::AlignedVector<T> in, out;
  std::size_t rows;
  rnnts::Tensor<T, I, N> weights;  // zero: the numbers stay as they are
};

template <class T, std::size_t I, std::size_t N> void add(std::size_t rows) {
  const std::string sizes = std::string("/") + scalar_name<T>() + "/I=" + std::to_string(I) +
                            "/N=" + std::to_string(N) + "/rows=" + std::to_string(rows);
  const auto add_one = [&](const std::string& what, auto work) {
    benchmark::RegisterBenchmark((what + sizes).c_str(), [=](benchmark::State& state) {
      Operands<T, I, N> operands(rows);
      run<T>(state, rows * I * N, [&] {
        work(operands);
        benchmark::ClobberMemory();
      });
    })->Unit(benchmark::kNanosecond);
  };
  add_one("product/plain",
          [](Operands<T, I, N>& o) { rnnts::detail::naive::add_product<T, I, N>(o.x(), o.weights, o.y()); });
  add_one("outer_product/plain", [](Operands<T, I, N>& o) {
    o.weights.fill(0);
    rnnts::detail::naive::add_outer_product<T, I, N>(o.x(), o.y(), o.weights);
  });
#if RNNTS_WITH_XSIMD
  if constexpr (rnnts::detail::product_plan(I, N).kernel == rnnts::detail::Kernel::few_terms) {
    add_one("product/few_terms",
            [](Operands<T, I, N>& o) { rnnts::detail::few_terms::add_product<T, I, N>(o.x(), o.weights, o.y()); });
    add_one("outer_product/few_terms", [](Operands<T, I, N>& o) {
      o.weights.fill(0);
      rnnts::detail::few_terms::add_outer_product<T, I, N>(o.x(), o.y(), o.weights);
    });
  }
  add_one("product/tiles", [](Operands<T, I, N>& o) {
    rnnts::detail::tiles::add_product<N>(o.rows, I, rnnts::detail::tiles::Strided<T>{o.in.data(), I, 1},
                                         o.weights.data(), o.out.data());
  });
  add_one("outer_product/tiles", [](Operands<T, I, N>& o) {
    o.weights.fill(0);
    rnnts::detail::tiles::add_product<N>(I, o.rows, rnnts::detail::tiles::Strided<T>{o.in.data(), 1, I}, o.out.data(),
                                         o.weights.data());
  });
#endif
#if RNNTS_WITH_BLAS
  using enum rnnts::detail::blas::Left;
  add_one("product/blas", [](Operands<T, I, N>& o) {
    rnnts::detail::blas::add_product(plain, o.rows, N, I, o.in.data(), o.weights.data(), o.out.data());
  });
  add_one("outer_product/blas", [](Operands<T, I, N>& o) {
    o.weights.fill(0);
    rnnts::detail::blas::add_product(transposed, I, N, o.rows, o.in.data(), o.out.data(), o.weights.data());
  });
#endif
}

template <class T, std::size_t I, std::size_t N> void add_rows() {
  for (const std::size_t rows : std::array<std::size_t, 8>{1, 2, 4, 10, 32, 64, 640, 1280}) add<T, I, N>(rows);
}

template <class T, std::size_t... Size> void add_sizes(std::index_sequence<Size...>) {
  (add_rows<T, Size, Size>(), ...);
  add_rows<T, 1, 4>();  // one input into some units
  add_rows<T, 1, 8>();
  add_rows<T, 1, 16>();
  add_rows<T, 1, 32>();
  add_rows<T, 1, 64>();
  add_rows<T, 1, 256>();
  add_rows<T, 3, 4>();
  add_rows<T, 3, 32>();
  add_rows<T, 8, 256>();
  add_rows<T, 64, 1>();  // many units into one output
  add_rows<T, 256, 1>();
}

}  // namespace

void add_product_benchmarks() {
  using Sizes = std::index_sequence<4, 8, 16, 24, 32, 48, 64, 128, 256>;
  add_sizes<float>(Sizes{});
  add_sizes<double>(Sizes{});
}

}  // namespace bench
