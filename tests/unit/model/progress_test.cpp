#include "rnnts/model/progress.hpp"

#include <cstdint>

#include "support/catch.hpp"
#include "support/stderr_lines.hpp"

using namespace rnnts;

TEST_CASE("outside of a terminal there is a plain line per tenth of the work") {
  const auto lines = stderr_lines([] {
    detail::Progress progress(true, {.epochs = 50, .epochs_left = 50, .batches = 100, .validates = false});
    for (std::size_t step = 0; step < 5000; ++step) progress.step(step / 100 + 1, 0.5);
  });
  REQUIRE(lines.size() == 10);
  CHECK_THAT(lines[0], StartsWith("epoch 5/50  loss 0.5  "));
  CHECK_THAT(lines[9], StartsWith("epoch 50/50  loss 0.5  "));
  CHECK_THAT(lines[9], EndsWith(" s, 0.0 s left"));
}

TEST_CASE("little work gives fewer lines, and a silent training none") {
  CHECK(stderr_lines([] {
          detail::Progress progress(true, {.epochs = 3, .epochs_left = 3, .batches = 1, .validates = false});
          for (std::size_t step = 0; step < 3; ++step) progress.step(step + 1, 1);
        }).size() == 3);
  CHECK(stderr_lines([] {
          detail::Progress progress(false, {.epochs = 3, .epochs_left = 3, .batches = 1, .validates = false});
          for (std::size_t step = 0; step < 3; ++step) progress.step(step + 1, 1);
        }).empty());
}

TEST_CASE("with validation, the line at the end of an epoch has its val_loss, and one within an epoch that before") {
  const auto lines = stderr_lines([] {
    detail::Progress progress(true, {.epochs = 7, .epochs_left = 5, .batches = 4, .validates = true});
    for (std::size_t epoch = 3; epoch <= 7; ++epoch) {
      for (int batch = 0; batch < 4; ++batch) progress.step(epoch, 0.5);
      progress.validated(epoch, 0.25, static_cast<double>(epoch));
    }
  });
  REQUIRE(lines.size() == 10);
  CHECK_THAT(lines[0], StartsWith("epoch 3/7  loss 0.5  0."));
  CHECK_THAT(lines[1], StartsWith("epoch 3/7  loss 0.25  val_loss 3  "));
  CHECK_THAT(lines[2], StartsWith("epoch 4/7  loss 0.5  val_loss 3  "));
  CHECK_THAT(lines[9], StartsWith("epoch 7/7  loss 0.25  val_loss 7  "));
}

TEST_CASE("more epochs than can be counted in batches are no reason to stumble") {
  const auto lines_for = [](std::size_t epochs) {
    return stderr_lines([epochs] {
      detail::Progress progress(true, {.epochs = epochs, .epochs_left = epochs, .batches = 2, .validates = false});
      progress.step(1, 0.5);
    });
  };
  CHECK(lines_for(std::size_t{1} << 63).empty());  // twice as many is 0
  CHECK(lines_for(SIZE_MAX).empty());
}
