// Between the program and the device.
#pragma once

#include <cstdint>

namespace device {

/// The program; it is called once, with memory and floating point unit ready.
void program();

/// Writes eight hexadecimal digits and the end of the line to the machine that the debugger or emulator runs on.
void write_line(std::uint32_t number);

}  // namespace device
