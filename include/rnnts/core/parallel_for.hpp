// parallel_for: the same work for several indices, by several threads; as models that are trained side by side.
#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

#include "rnnts/core/check_threads.hpp"

namespace rnnts::inline RNNTS_ABI {

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
/// body has thrown no other index is begun. Throws ArgumentError for 0 threads or more than 4096.
template <std::invocable<std::size_t> Body>
void parallel_for(std::size_t count, Body&& body, std::size_t threads = hardware_threads()) {
  detail::check_threads("parallel_for", threads);
  std::atomic<std::size_t> next = 0;
  std::vector<std::exception_ptr> failures(count);
  const auto work = [&] {
    for (std::size_t k = next++; k < count; k = next++) {
      try {
        body(k);
      } catch (...) {
        failures[k] = std::current_exception();
        next = count;
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
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace rnnts::inline RNNTS_ABI
