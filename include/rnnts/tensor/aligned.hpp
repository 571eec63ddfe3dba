// Memory that begins where a cache line does, so that no register's load crosses two lines.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// In bytes. Local arrays that a loop runs over begin at one too, by `alignas(cache_line)`: in a function that calls no
/// other, g++ 12 for AVX2 puts such an array 8 bytes beside a multiple of 16 and then accesses it as if it were not.
inline constexpr std::size_t cache_line = 64;

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

}  // namespace rnnts::inline RNNTS_ABI::detail
