// RNNTS_LOOPS_BEGIN and RNNTS_LOOPS_END: around loops over numbers, so that compilers vectorise them.
#pragma once

#include "rnnts/core/abi.hpp"

/// They stand around the code of a header with such loops. At -O2, which builds of type RelWithDebInfo and those of
/// distributions have, g++ vectorises next to none, and a step takes three to four times as long: within these it
/// vectorises what it expects to pay, as at -O3. What a function inlines counts as its own.
#if defined(__GNUC__) && !defined(__clang__)
#define RNNTS_LOOPS_BEGIN _Pragma("GCC push_options") _Pragma("GCC optimize(\"vect-cost-model=dynamic\")")
#define RNNTS_LOOPS_END _Pragma("GCC pop_options")
#else
#define RNNTS_LOOPS_BEGIN
#define RNNTS_LOOPS_END
#endif
