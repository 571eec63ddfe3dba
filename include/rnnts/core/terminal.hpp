// is_terminal: whether somebody watches what is written to stderr.
#pragma once

#include "rnnts/core/abi.hpp"

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace rnnts::inline RNNTS_ABI::detail {

/// Whether stderr is a terminal, where a line may renew itself. False where that cannot be known.
inline bool is_terminal() {
#if __has_include(<unistd.h>)
  return ::isatty(STDERR_FILENO) != 0;
#else
  return false;
#endif
}

}  // namespace rnnts::inline RNNTS_ABI::detail
