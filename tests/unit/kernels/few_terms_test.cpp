#include "rnnts/kernels/few_terms.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/tensor/view.hpp"
#include "support/catch.hpp"

#if RNNTS_WITH_XSIMD

using namespace rnnts;

namespace {

template <class T> void check_numbers(const std::vector<T>& found, const std::vector<T>& expected) {
  const double tolerance = sizeof(T) == 8 ? 1e-13 : 1e-4;
  for (std::size_t k = 0; k < found.size(); ++k) {
    REQUIRE_THAT(static_cast<double>(found[k]), WithinAbs(static_cast<double>(expected[k]), tolerance));
  }
}

/// Both products with weights of (I,N), for x of (rows,I) and y of (rows,N).
template <class T> struct Kernels {
  std::size_t I, N;
  void (*add_product)(std::size_t rows, const T* x, const T* w, T* y);
  void (*add_outer_product)(std::size_t rows, const T* x, T* w, const T* y);
};

template <class T, std::size_t I, std::size_t N> Kernels<T> kernels() {
  const auto add_product = [](std::size_t rows, const T* x, const T* w, T* y) {
    Tensor<T, I, N> weights;
    std::copy_n(w, I * N, weights.data());
    few_terms::add_product(Rows<const T, I>{x, rows}, weights, Rows<T, N>{y, rows});
  };
  const auto add_outer_product = [](std::size_t rows, const T* x, T* w, const T* y) {
    Tensor<T, I, N> weights;
    std::copy_n(w, I * N, weights.data());
    few_terms::add_outer_product(Rows<const T, I>{x, rows}, Rows<const T, N>{y, rows}, weights);
    std::copy_n(weights.data(), I * N, w);
  };
  return {I, N, add_product, add_outer_product};
}

/// Both against three loops, from memory that is not aligned. The sizes are no template parameters: the compiler has
/// enough to do with the kernels.
template <class T> void check(const Kernels<T>& kernels) {
  const auto& [I, N, add_product, add_outer_product] = kernels;
  for (const std::size_t rows : {0u, 1u, 2u, 13u}) {
    INFO("I = " << I << ", N = " << N << ", rows = " << rows);
    Random random(seed(N * 100 + rows));
    const auto numbers = [&](std::size_t count) {
      std::vector<T> values(count);
      for (T& value : values) value = static_cast<T>(random.normal());
      return values;
    };
    const std::vector<T> x = numbers(rows * I + 1);
    std::vector<T> y = numbers(rows * N + 2), w = numbers(I * N);

    auto expected_y = y, expected_w = w;
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t k = 0; k < I * N; ++k) expected_y[1 + row * N + k % N] += x[1 + row * I + k / N] * w[k];
    }
    add_product(rows, x.data() + 1, w.data(), y.data() + 1);
    check_numbers(y, expected_y);

    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t k = 0; k < I * N; ++k) expected_w[k] += x[1 + row * I + k / N] * y[1 + row * N + k % N];
    }
    add_outer_product(rows, x.data() + 1, w.data(), y.data() + 1);
    check_numbers(w, expected_w);
  }
}

template <class T, std::size_t I, std::size_t... N> void check_columns(std::index_sequence<N...>) {
  (check(kernels<T, I, N + 1>()), ...);
}

#ifdef RNNTS_FEW_SIZES  // for the mutation check
constexpr std::size_t most_columns = 13;
#else
constexpr std::size_t most_columns = 70;
#endif

}  // namespace

TEST_CASE("products with weights of one to three rows agree with three loops, for 1 to 70 columns") {
  const std::make_index_sequence<most_columns> columns;
  check_columns<float, 1>(columns);
  check_columns<float, 2>(columns);
  check_columns<float, 3>(columns);
  check(kernels<float, 1, 300>());  // more columns than half of the registers hold, whichever these are
  check(kernels<float, 3, 200>());
}

TEST_CASE("such products of doubles agree with three loops, for 1 to 17 columns") {
  const std::make_index_sequence<17> columns;
  check_columns<double, 1>(columns);
  check_columns<double, 3>(columns);
}

#else

TEST_CASE("without xsimd no weights are kept in registers") { CHECK(RNNTS_WITH_XSIMD == 0); }

#endif
