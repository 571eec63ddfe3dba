#include "rnnts/model/progress.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// The lines that `run` writes to stderr, which is a file meanwhile.
std::vector<std::string> lines_of(const std::function<void()>& run) {
  const auto path = std::filesystem::temp_directory_path() / ("rnnts_progress_test_" + std::to_string(::getpid()));
  std::fflush(stderr);
  const int terminal = ::dup(STDERR_FILENO);
  std::FILE* file = std::fopen(path.c_str(), "w");
  ::dup2(::fileno(file), STDERR_FILENO);
  run();
  std::fflush(stderr);
  ::dup2(terminal, STDERR_FILENO);
  ::close(terminal);
  std::fclose(file);
  std::vector<std::string> lines;
  std::ifstream written(path);
  for (std::string line; std::getline(written, line);) lines.push_back(line);
  std::filesystem::remove(path);
  return lines;
}

}  // namespace

TEST_CASE("outside of a terminal there is a plain line per tenth of the work") {
  const auto lines = lines_of([] {
    detail::Progress progress(true, 50, 5000);
    for (std::size_t step = 0; step < 5000; ++step) progress.step(step / 100 + 1, 0.5);
  });
  REQUIRE(lines.size() == 10);
  CHECK_THAT(lines[0], StartsWith("epoch 5/50  loss 0.5  "));
  CHECK_THAT(lines[9], StartsWith("epoch 50/50  loss 0.5  "));
  CHECK_THAT(lines[9], EndsWith(" s, 0.0 s left"));
}

TEST_CASE("little work gives fewer lines, and a silent training none") {
  CHECK(lines_of([] {
          detail::Progress progress(true, 3, 3);
          for (std::size_t step = 0; step < 3; ++step) progress.step(step + 1, 1);
        }).size() == 3);
  CHECK(lines_of([] {
          detail::Progress progress(false, 3, 3);
          for (std::size_t step = 0; step < 3; ++step) progress.step(step + 1, 1);
        }).empty());
}
