// Reading a CSV file takes memory for its numbers, not for its text.
#include <array>
#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include "rnnts/series/csv.hpp"
#include "support/catch.hpp"
#include "support/peak_memory.hpp"
#include "temporary_file.hpp"

TEST_CASE("read_csv takes memory for the numbers and a block of the file") {
  constexpr std::size_t rows = 100'000;
  const TemporaryFile file("");
  {
    std::ofstream text(file.path(), std::ios::binary);
    text << "x,y,note\n";
    for (std::size_t i = 0; i < rows; ++i) text << i << ",0.5," << std::string(200, 'n') << "\n";
  }  // 21 MB
  // A vector that grows has its old and its new numbers for a while: at most three times what it has in the end.
  constexpr std::size_t some = 300'000;
  std::vector<float> numbers;
  CHECK(peak_memory_of([&] { numbers = rnnts::read_csv<float>(file.path(), "x"); }) <= 3 * rows * sizeof(float) + some);
  CHECK(numbers.size() == rows);
  CHECK(numbers.back() == 99'999);
  std::vector<std::array<float, 2>> both;
  CHECK(peak_memory_of([&] { both = rnnts::read_csv<float>(file.path(), {"x", "y"}); }) <=
        3 * rows * sizeof(std::array<float, 2>) + some);
  CHECK(both.back() == std::array{99'999.0f, 0.5f});
}
