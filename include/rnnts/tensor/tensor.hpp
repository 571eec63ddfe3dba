// Owning tensors whose extents the compiler knows: weights, gradients, states.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include "rnnts/core/scalar.hpp"
#include "rnnts/tensor/aligned.hpp"
#include "rnnts/tensor/xtensor.hpp"

namespace rnnts::inline v0 {

/// A row-major tensor of static extents, zero when made. A value: copies copy the numbers.
///
/// Small tensors hold their numbers themselves and need no heap; large ones keep them there, so that a model
/// is never too large for the stack. A large tensor that was moved from may only be assigned to or destroyed.
template <Scalar T, std::size_t... Extents> class Tensor {
 public:
  using value_type = T;

  static constexpr std::size_t rank = sizeof...(Extents);
  static constexpr std::array<std::size_t, rank> extents{Extents...};
  static constexpr std::size_t size = (Extents * ... * 1);
  static constexpr bool is_inline = size * sizeof(T) <= 16 * 1024;

  Tensor() {
    if constexpr (is_inline) {
      values_.fill(T{});
    } else {
      values_.resize(size);
    }
  }

  T* data() noexcept { return values_.data(); }
  const T* data() const noexcept { return values_.data(); }
  T* begin() noexcept { return data(); }
  const T* begin() const noexcept { return data(); }
  T* end() noexcept { return data() + size; }
  const T* end() const noexcept { return data() + size; }

  /// The element at one index per extent.
  template <std::convertible_to<std::size_t>... Index>
    requires(sizeof...(Index) == sizeof...(Extents))
  T& operator()(Index... index) noexcept {
    return data()[offset(index...)];
  }
  template <std::convertible_to<std::size_t>... Index>
    requires(sizeof...(Index) == sizeof...(Extents))
  const T& operator()(Index... index) const noexcept {
    return data()[offset(index...)];
  }

  void fill(T value) noexcept { std::fill_n(data(), size, value); }

  /// All elements, in row-major order.
  std::span<T, size> flat() noexcept { return std::span<T, size>(data(), size); }
  std::span<const T, size> flat() const noexcept { return std::span<const T, size>(data(), size); }

  /// The same memory as an xtensor expression of the same static shape.
  auto xtensor() { return adapt(data()); }
  auto xtensor() const { return adapt(data()); }

 private:
  template <class... Index> static constexpr std::size_t offset(Index... index) noexcept {
    std::size_t at = 0;
    ((at = at * Extents + static_cast<std::size_t>(index)), ...);
    return at;
  }

  static auto adapt(auto* values) {
    return xt::adapt(values, size, xt::no_ownership(), std::array<std::size_t, rank>{Extents...});
  }

  static constexpr std::size_t alignment = !is_inline                       ? alignof(AlignedVector<T>)
                                           : size * sizeof(T) >= cache_line ? cache_line
                                                                            : alignof(T);
  alignas(alignment) std::conditional_t<is_inline, std::array<T, size>, AlignedVector<T>> values_;
};

}  // namespace rnnts::inline v0
