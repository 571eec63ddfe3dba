// Owning tensors: weights, gradients, states. The compiler knows their extents, or the program that runs does.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include "rnnts/core/extent.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/tensor/aligned.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// The numbers of a tensor whose extents are known.
template <class T, std::size_t... Extents> class TensorMemory {
 public:
  static constexpr std::size_t static_size = (Extents * ... * 1);
  static constexpr bool is_inline = static_size * sizeof(T) <= 16 * 1024;

  constexpr TensorMemory() {
    if constexpr (is_inline) {
      values_.fill(T{});
    } else {
      values_.resize(static_size);
    }
  }

  constexpr TensorMemory(const TensorMemory&) = default;  // and no move, which would leave it without its numbers
  constexpr TensorMemory& operator=(const TensorMemory&) = default;

  static constexpr std::array<std::size_t, sizeof...(Extents)> extents() noexcept { return {Extents...}; }
  static constexpr std::size_t size() noexcept { return static_size; }
  /// Leaves the tensor as it is.
  constexpr void resize(Extent<Extents>...) noexcept {}

  constexpr T* data() noexcept { return values_.data(); }
  constexpr const T* data() const noexcept { return values_.data(); }

 private:
  static constexpr std::size_t alignment = !is_inline                              ? alignof(AlignedVector<T>)
                                           : static_size * sizeof(T) >= cache_line ? cache_line
                                                                                   : alignof(T);
  alignas(alignment) std::conditional_t<is_inline, std::array<T, static_size>, AlignedVector<T>> values_;
};

/// The same where some extent is `dynamic`: none of that until it is resized.
template <class T, std::size_t... Extents>
  requires((Extents == dynamic) || ...)
class TensorMemory<T, Extents...> {
 public:
  static constexpr std::size_t static_size = ((Extents == 0) || ...) ? 0 : dynamic;
  static constexpr bool is_inline = false;

  TensorMemory() = default;
  TensorMemory(const TensorMemory&) = default;  // likewise
  TensorMemory& operator=(const TensorMemory&) = default;

  const std::array<std::size_t, sizeof...(Extents)>& extents() const noexcept { return extents_; }
  std::size_t size() const noexcept { return values_.size(); }
  /// Makes all numbers zero. Extents that the compiler knows stay what they are.
  void resize(Extent<Extents>... extents) {
    extents_ = {extents...};
    values_.assign((std::size_t{extents} * ... * 1), T(0));
  }

  T* data() noexcept { return values_.data(); }
  const T* data() const noexcept { return values_.data(); }

 private:
  std::array<std::size_t, sizeof...(Extents)> extents_{(Extents == dynamic ? 0 : Extents)...};
  AlignedVector<T> values_;
};

}  // namespace detail

/// A row-major tensor, zero when made. A value: copies copy the numbers.
///
/// Where the compiler knows all extents, small tensors hold their numbers themselves and need no heap; large ones keep
/// them there, so that a model is never too large for the stack. A tensor with a `dynamic` extent always does, and has
/// no numbers until `resize(extents…)`. A move copies too, for all sizes, so that what was moved from is as it was.
template <Scalar T, std::size_t... Extents> class Tensor : private detail::TensorMemory<T, Extents...> {
  using Memory = detail::TensorMemory<T, Extents...>;

 public:
  using value_type = T;

  static constexpr std::size_t rank = sizeof...(Extents);
  using Memory::is_inline;
  using Memory::static_size;  ///< `dynamic` unless the compiler knows it

  using Memory::data;
  using Memory::extents;
  using Memory::resize;
  using Memory::size;

  constexpr T* begin() noexcept { return data(); }
  constexpr const T* begin() const noexcept { return data(); }
  constexpr T* end() noexcept { return data() + size(); }
  constexpr const T* end() const noexcept { return data() + size(); }

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

  constexpr void fill(T value) noexcept { std::fill_n(data(), size(), value); }

  /// All elements, in row-major order.
  constexpr std::span<T, static_size> flat() noexcept { return std::span<T, static_size>(data(), size()); }
  constexpr std::span<const T, static_size> flat() const noexcept {
    return std::span<const T, static_size>(data(), size());
  }

  /// The same memory as an xtensor expression of the same static shape. Needs `tensor/xtensor.hpp`, which is not
  /// included here: a device that runs a net needs the tensors, but not xtensor.
  auto xtensor() { return as_xtensor(*this); }
  auto xtensor() const { return as_xtensor(*this); }

 private:
  template <class... Index> constexpr std::size_t offset(Index... index) const noexcept {
    const auto all = extents();
    std::size_t at = 0, k = 0;
    ((at = at * all[k++] + static_cast<std::size_t>(index)), ...);
    return at;
  }
};

}  // namespace rnnts::inline RNNTS_ABI
