// A random-access iterator over elements that are computed from their index.
#pragma once

#include <compare>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Iterator whose element i is `at(i)`. It holds a copy of `at`, so that it may outlive the range it comes
/// from.
template <class At> class IndexIterator {
 public:
  using reference = std::invoke_result_t<const At&, std::ptrdiff_t>;
  using value_type = std::remove_cvref_t<reference>;
  using difference_type = std::ptrdiff_t;

  IndexIterator() = default;
  constexpr IndexIterator(At at, difference_type index) : at_(std::move(at)), index_(index) {}

  constexpr const At& at() const { return at_; }
  constexpr difference_type index() const { return index_; }

  constexpr reference operator*() const { return at_(index_); }
  constexpr reference operator[](difference_type n) const { return at_(index_ + n); }

  constexpr IndexIterator& operator+=(difference_type n) {
    index_ += n;
    return *this;
  }
  constexpr IndexIterator& operator-=(difference_type n) { return *this += -n; }
  constexpr IndexIterator& operator++() { return *this += 1; }
  constexpr IndexIterator& operator--() { return *this += -1; }
  constexpr IndexIterator operator++(int) { return std::exchange(*this, *this + 1); }
  constexpr IndexIterator operator--(int) { return std::exchange(*this, *this - 1); }

  friend constexpr IndexIterator operator+(IndexIterator i, difference_type n) { return i += n; }
  friend constexpr IndexIterator operator+(difference_type n, IndexIterator i) { return i += n; }
  friend constexpr IndexIterator operator-(IndexIterator i, difference_type n) { return i -= n; }
  friend constexpr difference_type operator-(const IndexIterator& a, const IndexIterator& b) {
    return a.index_ - b.index_;
  }
  friend constexpr bool operator==(const IndexIterator& a, const IndexIterator& b) { return a.index_ == b.index_; }
  friend constexpr std::strong_ordering operator<=>(const IndexIterator& a, const IndexIterator& b) {
    return a.index_ <=> b.index_;
  }

 private:
  At at_{};
  difference_type index_ = 0;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
