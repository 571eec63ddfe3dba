// How much memory something takes: replaces operator new, so that one file of a program may include it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace peak_memory {

inline std::atomic<std::size_t> now = 0, peak = 0;  ///< bytes that are taken, and the most that were

/// Bytes before each piece of memory, which hold its size.
inline constexpr std::size_t header = alignof(std::max_align_t) > sizeof(std::size_t) ? alignof(std::max_align_t)
                                                                                      : sizeof(std::size_t);

}  // namespace peak_memory

// Not inlined: g++ would take memory from one of these and given to the other for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  void* const memory = std::malloc(peak_memory::header + size);
  if (memory == nullptr) return nullptr;
  *static_cast<std::size_t*>(memory) = size;
  const std::size_t now = peak_memory::now += size;
  if (now > peak_memory::peak) peak_memory::peak = now;
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

/// The most bytes that `run()` has taken at once, beside those that were taken before.
std::size_t peak_memory_of(const auto& run) {
  const std::size_t before = peak_memory::now;
  peak_memory::peak = before;
  run();
  return peak_memory::peak - before;
}
