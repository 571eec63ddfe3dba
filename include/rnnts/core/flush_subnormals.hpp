// FlushSubnormals: numbers that are almost zero count as zero for a while, so that they cost no time.
#pragma once

#include "rnnts/core/version.hpp"

#if defined(__SSE__)
#include <xmmintrin.h>
#elif defined(__aarch64__)
#include <cstdint>
#endif

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI {

/// While it exists, its thread takes subnormal numbers for zero, both what it reads and what it computes: those below
/// 2^-126 in float and below 2^-1022 in double, which have fewer digits than others. Afterwards all is as it was.
///
/// An operation with subnormal numbers may take a hundred times as long, and gradients that vanish over many steps end
/// up there. Training and `predict` flush them by themselves. A `Stream` does not, as it would cost a tenth of a small
/// step: a program whose states may fade away holds a FlushSubnormals around its loop.
///
/// For x86 with SSE (MXCSR, bits FTZ and DAZ; Intel's manual, volume 1, section 10.2.3) and ARM with 64 bits (FPCR, bit
/// FZ); elsewhere it does nothing.
class [[nodiscard]] FlushSubnormals {
 public:
  FlushSubnormals() : before_(control()) {
    if (changes()) set_control(before_ | flush);
  }
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;
  ~FlushSubnormals() {
    if (changes()) set_control(before_);
  }

#if defined(__SSE__)
  static constexpr bool is_supported = true;

 private:
  using Control = unsigned;
  static constexpr Control flush = 1U << 15 | 1U << 6;
  static Control control() { return _mm_getcsr(); }
  static void set_control(Control value) { _mm_setcsr(value); }
#elif defined(__aarch64__)
  static constexpr bool is_supported = true;

 private:
  using Control = std::uint64_t;
  static constexpr Control flush = Control{1} << 24;
  static Control control() {
    Control value;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void set_control(Control value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
  static constexpr bool is_supported = false;

 private:
  using Control = unsigned;
  static constexpr Control flush = 0;
  static Control control() { return 0; }
  static void set_control(Control) {}
#endif

  bool changes() const { return (before_ & flush) != flush; }

  Control before_;
};

}  // namespace rnnts::inline RNNTS_ABI
