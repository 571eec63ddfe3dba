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

namespace rnnts::inline RNNTS_ABI {

/// A row-major tensor of static extents, zero when made. A value: copies copy the numbers.
///
/// Small tensors hold their numbers themselves and need no heap; large ones keep them there, so that a model
/// is never too large for the stack. A move copies too, for all sizes, so that what was moved from is as it was.
template <Scalar T, std::size_t... Extents> class Tensor {
 public:
  using value_type = T;

  static constexpr std::size_t rank = sizeof...(Extents);
  static constexpr std::array<std::size_t, rank> extents{Extents...};
  static constexpr std::size_t size = (Extents * ... * 1);
  static constexpr bool is_inline = size * sizeof(T) <= 16 * 1024;

  constexpr Tensor() {
    if constexpr (is_inline) {
      values_.fill(T{});
    } else {
      values_.resize(size);
    }
  }

  constexpr Tensor(const Tensor&) = default;  // and no move, which would leave a large tensor without its numbers
  constexpr Tensor& operator=(const Tensor&) = default;

  constexpr T* data() noexcept { return values_.data(); }
  constexpr const T* data() const noexcept { return values_.data(); }
  constexpr T* begin() noexcept { return data(); }
  constexpr const T* begin() const noexcept { return data(); }
  constexpr T* end() noexcept { return data() + size; }
  constexpr const T* end() const noexcept { return data() + size; }

  /// The element at one index per extent.
  template <std::convertible_to<std::size_t>... Index>
    requires(sizeof...(Index) == sizeof...(Extents))
  constexpr T& operator()(Index... index) noexcept {
    return data()[offset(index...)];
  }
  template <std::convertible_to<std::size_t>... Index>
    requires(sizeof...(Index) == sizeof...(Extents))
  constexpr const T& operator()(Index... index) const noexcept {
    return data()[offset(index...)];
  }

  constexpr void fill(T value) noexcept { std::fill_n(data(), size, value); }

  /// All elements, in row-major order.
  constexpr std::span<T, size> flat() noexcept { return std::span<T, size>(data(), size); }
  constexpr std::span<const T, size> flat() const noexcept { return std::span<const T, size>(data(), size); }

  /// The same memory as an xtensor expression of the same static shape. Needs `tensor/xtensor.hpp`, which is not
  /// included here: a device that runs a net needs the tensors, but not xtensor.
  auto xtensor() { return as_xtensor(*this); }
  auto xtensor() const { return as_xtensor(*this); }

 private:
  template <class... Index> static constexpr std::size_t offset(Index... index) noexcept {
    std::size_t at = 0;
    ((at = at * Extents + static_cast<std::size_t>(index)), ...);
    return at;
  }

  static constexpr std::size_t alignment = !is_inline                               ? alignof(detail::AlignedVector<T>)
                                           : size * sizeof(T) >= detail::cache_line ? detail::cache_line
                                                                                    : alignof(T);
  alignas(alignment) std::conditional_t<is_inline, std::array<T, size>, detail::AlignedVector<T>> values_;
};

}  // namespace rnnts::inline RNNTS_ABI
