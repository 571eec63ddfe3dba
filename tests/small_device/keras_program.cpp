// A net of Keras on the small device: the header that `rnnts convert lstm.keras lstm.hpp` has written, one step for
// each input, and its output.
#include <bit>
#include <cstddef>
#include <cstdint>

#include "device.hpp"
#include "inputs.hpp"
// [keras]
#include "lstm.hpp"

constinit rnnts::Stream<lstm::Net> stream{lstm::net};
// [/keras]

void device::program() {
  for (std::size_t step = 0; step < steps; ++step) {
    device::write_line(std::bit_cast<std::uint32_t>(stream.step(input(step))[0]));
  }
}
