// Kernels of both products with weights against three loops.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"
#include "support/catch.hpp"

/// Both products with weights w of (I,N), for x of (rows,I) and y of (rows,N): y += x w, and w += x^T y. The sizes are
/// no template parameters, so that what checks them is compiled once.
template <class T> struct Products {
  std::size_t I, N;
  void (*add_product)(std::size_t rows, const T* x, const T* w, T* y);
  void (*add_outer_product)(std::size_t rows, const T* x, T* w, const T* y);
};

/// `add_product(x, w, y)` and `add_outer_product(x, y, w)` as in `kernels/product.hpp`, without captures.
template <class T, std::size_t I, std::size_t N, class AddProduct, class AddOuterProduct>
Products<T> products_of(AddProduct, AddOuterProduct) {
  using namespace rnnts;
  const auto add_product = [](std::size_t rows, const T* x, const T* w, T* y) {
    Tensor<T, I, N> weights;
    std::copy_n(w, I * N, weights.data());
    AddProduct()(Rows<const T, I>{x, rows}, weights, Rows<T, N>{y, rows});
  };
  const auto add_outer_product = [](std::size_t rows, const T* x, T* w, const T* y) {
    Tensor<T, I, N> weights;
    std::copy_n(w, I * N, weights.data());
    AddOuterProduct()(Rows<const T, I>{x, rows}, Rows<const T, N>{y, rows}, weights);
    std::copy_n(weights.data(), I * N, w);
  };
  return {I, N, add_product, add_outer_product};
}

/// From memory that is not aligned, and with whole numbers, so small that no sum is rounded.
template <class T> void check_products(const Products<T>& products) {
  const auto& [I, N, add_product, add_outer_product] = products;
  for (const std::size_t rows : {0u, 1u, 2u, 13u}) {
    INFO("I = " << I << ", N = " << N << ", rows = " << rows);
    rnnts::Random random(rnnts::seed(N * 100 + rows));
    const auto numbers = [&](std::size_t count) {
      std::vector<T> values(count);
      for (T& value : values) value = static_cast<T>(static_cast<int>(10 * random.uniform()) - 5);
      return values;
    };
    const std::vector<T> x = numbers(rows * I + 1);
    std::vector<T> y = numbers(rows * N + 2), w = numbers(I * N);

    auto expected_y = y, expected_w = w;
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t k = 0; k < I * N; ++k) expected_y[1 + row * N + k % N] += x[1 + row * I + k / N] * w[k];
    }
    add_product(rows, x.data() + 1, w.data(), y.data() + 1);
    REQUIRE(y == expected_y);

    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t k = 0; k < I * N; ++k) expected_w[k] += x[1 + row * I + k / N] * y[1 + row * N + k % N];
    }
    add_outer_product(rows, x.data() + 1, w.data(), y.data() + 1);
    REQUIRE(w == expected_w);
  }
}
