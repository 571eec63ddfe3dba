// Timed: says on stderr what is being done, how far it is, and at its end how long it took.
#pragma once

#include <chrono>
#include <cstddef>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/core/terminal.hpp"
#include "rnnts/core/text.hpp"

namespace tools {

/// A line that renews itself on a terminal, and is plain elsewhere. Nothing is written if it is quiet.
class Timed {
 public:
  Timed(std::string what, bool is_quiet, std::size_t steps = 0)
      : begin_text_("rnnts: " + std::move(what) + " ... "), is_quiet_(is_quiet), steps_(steps) {
    if (!is_quiet_) std::cerr << begin_text_ << std::flush;
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;
  ~Timed() {
    const std::chrono::duration<double> seconds = Clock::now() - begin_;
    if (!is_quiet_) std::cerr << (is_renewed_ ? again() : "") << rnnts::detail::rounded(seconds.count(), 3) << " s\n";
  }

  /// Says how far it is, at most ten times a second. By any thread.
  void say(std::string_view text) {
    if (is_quiet_ || !rnnts::detail::is_terminal()) return;
    const std::scoped_lock lock(mutex_);
    const auto now = Clock::now();
    if (now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    is_renewed_ = true;
    std::cerr << again() << text << std::flush;
  }

  /// Counts one of the steps, and says which share of them is done. By any thread.
  void step() {
    std::size_t done;
    {
      const std::scoped_lock lock(mutex_);
      done = ++done_;
    }
    say(rnnts::detail::sentence(100 * done / steps_, " %"));
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::string again() const { return "\r" + begin_text_ + "\033[K"; }

  std::string begin_text_;
  bool is_quiet_, is_renewed_ = false;
  std::size_t steps_, done_ = 0;
  std::mutex mutex_;
  Clock::time_point begin_ = Clock::now(), last_ = begin_;
};

}  // namespace tools
