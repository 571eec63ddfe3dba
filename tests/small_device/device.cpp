// A Cortex-M4 without an operating system: what happens between power-on and the program, and how it talks to its
// emulator.
//
// Talking is semihosting: a breakpoint that the emulator, or a debugger, takes as a call.
// https://github.com/ARM-software/abi-aa/blob/main/semihosting/semihosting.rst
#include "device.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

// Addresses that cortex_m4.ld sets.
extern "C" {
extern char stack_end[], data_in_flash[], data_begin[], data_end[], bss_begin[], bss_end[];
}

namespace {

enum class Call : std::uint32_t { write = 0x04, exit = 0x18 };

void semihosting(Call call, std::uintptr_t argument) {
  register auto r0 asm("r0") = static_cast<std::uint32_t>(call);
  register auto r1 asm("r1") = argument;
  asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

constexpr std::uintptr_t stopped_at_the_end = 0x20026, stopped_by_an_error = 0x20024;

[[noreturn]] void stop(std::uintptr_t reason) {
  semihosting(Call::exit, reason);
  for (;;) {
  }
}

[[noreturn]] void fault() { stop(stopped_by_an_error); }

[[noreturn]] void reset() {
  // Full access to the floating point unit, which is off at first: coprocessors 10 and 11 of the CPACR.
  *reinterpret_cast<volatile std::uint32_t*>(0xe000ed88) |= 0xfu << 20;
  asm volatile("dsb\nisb");
  std::memcpy(data_begin, data_in_flash, static_cast<std::size_t>(data_end - data_begin));
  std::memset(bss_begin, 0, static_cast<std::size_t>(bss_end - bss_begin));
  device::program();
  stop(stopped_at_the_end);
}

struct Vectors {
  char* initial_stack;
  void (*handlers[15])();
};

/// The first of the vector table of ARMv7-M: the stack, reset, and the exceptions of the processor itself.
[[gnu::section(".vectors"), gnu::used]] constinit const Vectors vectors{
    stack_end,
    {reset, fault, fault, fault, fault, fault, nullptr, nullptr, nullptr, nullptr, fault, fault, nullptr, fault,
     fault}};

}  // namespace

void device::write_line(std::uint32_t number) {
  char line[] = "00000000\n";
  for (int digit = 7; digit >= 0; --digit, number >>= 4) line[digit] = "0123456789abcdef"[number & 15];
  semihosting(Call::write, reinterpret_cast<std::uintptr_t>(line));
}
