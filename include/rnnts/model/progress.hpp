// Progress of a training on stderr: one line that renews itself on a terminal, a plain line per tenth of the
// work elsewhere.
#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <optional>

#include "rnnts/core/abi.hpp"
#include "rnnts/core/terminal.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

class Progress {
 public:
  /// What is to be done, counted so that the largest sizes do not overflow.
  struct Work {
    std::size_t epochs;       ///< how many are asked for
    std::size_t epochs_left;  ///< how many of them are still to be done
    std::size_t batches;      ///< of an epoch
    bool validates;           ///< whether each epoch ends with a validation
  };

  /// Nothing is written unless `enabled`.
  Progress(bool enabled, const Work& work)
      : lines_(!enabled  ? 0
               : renews_ ? 200
                         : 10),
        work_(work),
        steps_(static_cast<double>(work.epochs_left) * static_cast<double>(work.batches)) {}

  ~Progress() {
    if (line_ > 0 && renews_) std::fputc('\n', stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// To be called after each batch, with the mean loss of the epoch up to there; cheap unless a line is due.
  void step(std::size_t epoch, double loss) {
    ++done_;
    if (work_.validates && done_ % work_.batches == 0) return;  // the line waits for the val_loss
    write_if_due(epoch, loss);
  }

  /// To be called after the validation of an epoch, with both losses of it.
  void validated(std::size_t epoch, double loss, double val_loss) {
    val_loss_ = val_loss;
    write_if_due(epoch, loss);
  }

 private:
  using Clock = std::chrono::steady_clock;

  void write_if_due(std::size_t epoch, double loss) {
    const double done = static_cast<double>(done_);
    if (done * lines_ < (line_ + 1) * steps_) return;
    line_ = std::floor(done * lines_ / steps_);
    write(epoch, loss, done);
  }

  void write(std::size_t epoch, double loss, double done) const {
    const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
    const double left = elapsed * (steps_ - done) / done;
    std::fprintf(stderr, "%sepoch %zu/%zu  loss %.6g", renews_ ? "\r" : "", epoch, work_.epochs, loss);
    if (val_loss_) std::fprintf(stderr, "  val_loss %.6g", *val_loss_);
    std::fprintf(stderr, "  %.1f s, %.1f s left%s", elapsed, left, renews_ ? "\033[K" : "\n");
    std::fflush(stderr);
  }

  const bool renews_ = is_terminal();  ///< whether it is one line, written over
  double lines_;                       ///< how many to write in all
  Work work_;
  double steps_;  ///< of all epochs
  std::size_t done_ = 0;
  double line_ = 0;
  std::optional<double> val_loss_;  ///< of the last epoch that was validated
  Clock::time_point start_ = Clock::now();
};

}  // namespace rnnts::inline RNNTS_ABI::detail
