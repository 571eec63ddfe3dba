// Progress of a training on stderr: one line that renews itself on a terminal, a plain line per tenth of the
// work elsewhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace rnnts::inline v0::detail {

class Progress {
 public:
  /// `steps` of work are to be done. Nothing is written unless `enabled`.
  Progress(bool enabled, std::size_t epochs, std::size_t steps)
      : lines_(!enabled        ? 0
               : is_terminal() ? 200
                               : 10),
        epochs_(epochs),
        steps_(steps) {}

  ~Progress() {
    if (line_ > 0 && lines_ == 200) std::fputc('\n', stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// To be called after each step; cheap unless a line is due.
  void step(std::size_t epoch, double loss) {
    ++done_;
    if (done_ * lines_ < (line_ + 1) * steps_) return;
    line_ = done_ * lines_ / steps_;
    write(epoch, loss);
  }

 private:
  using Clock = std::chrono::steady_clock;

  void write(std::size_t epoch, double loss) const {
    const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
    const double left = elapsed * static_cast<double>(steps_ - done_) / static_cast<double>(done_);
    const bool renews = lines_ == 200;
    std::fprintf(stderr, "%sepoch %zu/%zu  loss %.6g  %.1f s, %.1f s left%s", renews ? "\r" : "", epoch, epochs_, loss,
                 elapsed, left, renews ? "\033[K" : "\n");
    std::fflush(stderr);
  }

  static bool is_terminal() {
#if __has_include(<unistd.h>)
    return ::isatty(STDERR_FILENO) != 0;
#else
    return false;
#endif
  }

  std::size_t lines_;  ///< how many to write in all
  std::size_t epochs_;
  std::size_t steps_;
  std::size_t done_ = 0;
  std::size_t line_ = 0;
  Clock::time_point start_ = Clock::now();
};

}  // namespace rnnts::inline v0::detail
