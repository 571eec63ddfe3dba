// The other machine: makes the model, writes its weights as a header, and compares what the device has computed.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <ios>
#include <ostream>
#include <string>
#include <string_view>

#include "inputs.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/stream.hpp"

namespace {

using Model = rnnts::Sequential<float, rnnts::Input<1>, rnnts::LSTM<16>, rnnts::Dense<1>>;

// [write_weights]
/// A constant array for each weight, "lstm_kernel" for "0.lstm.kernel". Hexadecimal numbers are exact.
void write_weights(const Model& model, std::ostream& header) {
  header << std::hexfloat;
  for (const auto& weight : model.weights()) {
    std::string name = weight.name.substr(weight.name.find('.') + 1);
    std::ranges::replace(name, '.', '_');
    header << "inline constexpr float " << name << "[]{";
    for (const float value : weight.values) header << value << "f, ";
    header << "};\n";
  }
}
// [/write_weights]

/// Whether the file has the outputs of all steps, in hexadecimal, and each within the tolerance of what is expected.
bool compare(const char* outputs, float tolerance, auto expected) {
  std::ifstream file(outputs);
  file >> std::hex;
  std::size_t count = 0;
  float largest = 0;
  for (std::uint32_t bits; file >> bits; ++count) {
    const float difference = std::abs(std::bit_cast<float>(bits) - expected(count));
    largest = difference <= largest ? largest : difference;  // which NaN is not
  }
  std::printf("%zu of %zu outputs; the largest difference is %g\n", count, steps, static_cast<double>(largest));
  return file.eof() && count == steps && largest <= tolerance;
}

}  // namespace

int main(int argc, char** argv) {
  const Model model{rnnts::seed(7)};
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "weights" && argc == 3) {
    std::ofstream header(argv[2]);
    write_weights(model, header);
    return header.flush() ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  if (command == "compare" && argc == 3) {  // with what this machine computes
    rnnts::Stream stream(model);
    const auto expected = [&](std::size_t step) { return stream.step(input(step))[0]; };
    return compare(argv[2], 1e-5f, expected) ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  if (command == "compare" && argc == 5) {  // with the numbers of a file
    std::ifstream numbers(argv[3]);
    const auto expected = [&](std::size_t) {
      float number = NAN;
      numbers >> number;
      return number;
    };
    return compare(argv[2], std::strtof(argv[4], nullptr), expected) ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  std::fprintf(stderr, "Usage: %s weights HEADER | compare OUTPUTS [EXPECTED TOLERANCE]\n", argv[0]);
  return EXIT_FAILURE;
}
