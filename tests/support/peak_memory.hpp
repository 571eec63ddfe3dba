// How much memory something takes: replaces operator new, so that one file of a program may include it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace peak_memory {

inline std::atomic<std::size_t> now = 0, peak = 0;  ///< bytes that are taken, and the most that were

inline void take(std::size_t size) {
  const std::size_t all = now += size;
  if (all > peak) peak = all;
}

/// Bytes before each piece of memory, which hold its size.
inline constexpr std::size_t header = alignof(std::max_align_t) > sizeof(std::size_t) ? alignof(std::max_align_t)
                                                                                      : sizeof(std::size_t);

}  // namespace peak_memory

// Not inlined: g++ would take memory from one of these and given to the other for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  void* const memory = std::malloc(peak_memory::header + size);
  if (memory == nullptr) return nullptr;
  *static_cast<std::size_t*>(memory) = size;
  peak_memory::take(size);
  return static_cast<std::byte*>(memory) + peak_memory::header;
}
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  void* const taken = static_cast<std::byte*>(memory) - peak_memory::header;
  peak_memory::now -= *static_cast<std::size_t*>(taken);
  std::free(taken);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

// The same with an alignment, which is larger than a size: that of tensors.
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  if (size > SIZE_MAX - 2 * step) throw std::bad_alloc();
  void* const memory = std::aligned_alloc(step, step + (size + step - 1) / step * step);
  if (memory == nullptr) throw std::bad_alloc();
  *static_cast<std::size_t*>(memory) = size;
  peak_memory::take(size);
  return static_cast<std::byte*>(memory) + step;
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t alignment) noexcept {
  if (memory == nullptr) return;
  void* const taken = static_cast<std::byte*>(memory) - static_cast<std::size_t>(alignment);
  peak_memory::now -= *static_cast<std::size_t*>(taken);
  std::free(taken);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t alignment) noexcept {
  operator delete(memory, alignment);
}

/// The most bytes that `run()` has taken at once, beside those that were taken before.
std::size_t peak_memory_of(const auto& run) {
  const std::size_t before = peak_memory::now;
  peak_memory::peak = before;
  run();
  return peak_memory::peak - before;
}
