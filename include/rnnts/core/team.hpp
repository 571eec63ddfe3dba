// Team: threads that wait for the next piece of work, for work that is shared many times a second.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

#include "rnnts/core/function_ref.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Some threads, of which the caller's is one, that do something at the same time, as often as `run` is called.
class Team {
 public:
  using Body = FunctionRef<void(std::size_t k)>;

  /// Throws std::system_error if the system gives no more threads.
  explicit Team(std::size_t size) : failures_(size), threads_(size - 1) {
    try {
      for (std::size_t k = 1; k < size; ++k) threads_[k - 1] = std::thread([this, k] { serve(k); });
    } catch (...) {
      end();
      throw;
    }
  }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  ~Team() { end(); }

  std::size_t size() const { return failures_.size(); }

  /// Calls `body(k)` once for each k below `size()`, each in a thread of its own and always in the same one, and
  /// returns when all have ended. Allocates nothing. Then throws what a body has thrown; of several the one with the
  /// lowest k.
  void run(Body body) {
    busy_.store(static_cast<std::uint32_t>(threads_.size()), std::memory_order_relaxed);
    begin(&body);
    do_part(0);
    for (std::uint32_t left = busy_.load(); left != 0; left = busy_.load()) wait_for_change(busy_, left);
    rethrow();
  }

 private:
  /// Null: there will be no more.
  void begin(const Body* body) {
    body_ = body;
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
  }

  void serve(std::size_t k) {
    for (std::uint32_t rounds_done = 0;; ++rounds_done) {
      wait_for_change(round_, rounds_done);
      if (body_ == nullptr) return;
      do_part(k);
      if (busy_.fetch_sub(1) == 1) busy_.notify_one();
    }
  }

  void end() {
    begin(nullptr);
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  void do_part(std::size_t k) {
    try {
      (*body_)(k);
    } catch (...) {
      failures_[k] = std::current_exception();
    }
  }

  void rethrow() {
    std::exception_ptr first;
    for (std::exception_ptr& failure : failures_) {
      if (failure && !first) first = failure;
      failure = nullptr;
    }
    if (first) std::rethrow_exception(first);
  }

  /// The next work often comes within microseconds, sooner than a sleeping thread would be woken: looks for it again
  /// and again for a while before it sleeps. In between the core is offered to others: it may be the one that the
  /// thread needs which is waited for.
  static void wait_for_change(const std::atomic<std::uint32_t>& number, std::uint32_t old) {
    using Clock = std::chrono::steady_clock;
    const auto bedtime = Clock::now() + std::chrono::microseconds(50);
    do {
      if (number.load(std::memory_order_acquire) != old) return;
      std::this_thread::yield();
    } while (Clock::now() < bedtime);
    number.wait(old, std::memory_order_acquire);
  }

  const Body* body_ = nullptr;
  std::atomic<std::uint32_t> round_ = 0;  ///< pieces of work that were begun
  std::atomic<std::uint32_t> busy_ = 0;   ///< threads that are not done with theirs, but for the caller's
  std::vector<std::exception_ptr> failures_;
  std::vector<std::thread> threads_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
