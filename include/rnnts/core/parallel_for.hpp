// parallel_for: the same work for several indices, by several threads; as models that are trained side by side.
#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "rnnts/core/error.hpp"

namespace rnnts::inline v0 {

/// How many threads this machine runs at once; 1 where that is not known.
inline std::size_t hardware_threads() { return std::max<std::size_t>(1, std::thread::hardware_concurrency()); }

/// Calls `body(k)` once for each k from 0 to count - 1, on up to `threads` threads, of which one is the caller's.
///
///     parallel_for(models.size(), [&](std::size_t k) { histories[k] = fit(models[k], windows, …); });
///
/// A thread that is done with an index takes the next one, so that bodies may take different times; which thread gets
/// which is chance. With one thread all happens in the caller, in order. Returns when all have ended. Where the system
/// gives no more threads, those that are there do the work.
///
/// What a body throws is thrown here once all have ended; if several have thrown, that of the lowest index. After a
/// body has thrown no other index is begun. Throws ArgumentError for 0 threads.
template <std::invocable<std::size_t> Body>
void parallel_for(std::size_t count, Body&& body, std::size_t threads = hardware_threads()) {
  if (threads == 0) throw ArgumentError("parallel_for: expected at least 1 thread, found 0");
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;  // of the two below
  std::exception_ptr failure;
  std::size_t failed_index = count;
  const auto work = [&] {
    for (std::size_t k = next++; k < count; k = next++) {
      try {
        body(k);
      } catch (...) {
        next = count;
        const std::scoped_lock lock(mutex);
        if (k >= failed_index) continue;
        failed_index = k;
        failure = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> helpers;  // each joins as it is destroyed
    try {
      for (std::size_t helper = 1; helper < std::min(threads, count); ++helper) helpers.emplace_back(work);
    } catch (const std::system_error&) {
    }
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace rnnts::inline v0
