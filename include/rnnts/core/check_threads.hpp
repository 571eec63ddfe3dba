// What numbers of threads are taken, the same wherever there is one to choose.
#pragma once

#include <cstddef>
#include <string_view>

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// More than the machines have on which a program runs: what is above is a mistake, which would take all memory before
/// it failed.
inline constexpr std::size_t most_threads = 4096;

/// Throws ArgumentError for 0 threads or more than `most_threads`, where `name` is that of the function that takes
/// them.
inline void check_threads(std::string_view name, std::size_t threads) {
  if (threads == 0) throw ArgumentError(sentence(name, ": expected at least 1 thread, found 0"));
  if (threads > most_threads) {
    throw ArgumentError(sentence(name, ": expected at most ", most_threads, " threads, found ", threads));
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
