// Version of the library, and of C++ that it needs.
#pragma once

#define RNNTS_VERSION_MAJOR 0
#define RNNTS_VERSION_MINOR 1
#define RNNTS_VERSION_PATCH 0

#if defined(_MSVC_LANG) ? _MSVC_LANG < 202002L : __cplusplus < 202002L
#error "rnnts needs C++20: compile with -std=c++20, or /std:c++20."
#include <C++20>  // There is no such file: an #error alone does not keep the compiler from some thousand others.
#endif
