// Memory that begins where a cache line does, so that no register's load crosses two lines.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace rnnts::inline v0 {

inline constexpr std::size_t cache_line = 64;  ///< bytes

template <class T> struct AlignedAllocator {
  using value_type = T;

  AlignedAllocator() = default;
  template <class U> AlignedAllocator(const AlignedAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t(cache_line)));
  }
  void deallocate(T* memory, std::size_t) noexcept { ::operator delete(memory, std::align_val_t(cache_line)); }

  friend bool operator==(AlignedAllocator, AlignedAllocator) noexcept { return true; }
};

/// A vector whose first number stands at the beginning of a cache line.
template <class T> using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace rnnts::inline v0
