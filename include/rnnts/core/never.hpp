// never: false, for the `static_assert` of a template that must not be used.
#pragma once

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// False, but only once it is known for which types.
template <class...> inline constexpr bool never = false;

}  // namespace rnnts::inline RNNTS_ABI::detail
