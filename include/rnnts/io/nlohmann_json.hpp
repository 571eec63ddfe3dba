// The one bridge to nlohmann-json, which what reads and writes the files of others needs.
#pragma once

#include "rnnts/core/abi.hpp"

#if !__has_include(<nlohmann/json.hpp>)
// clang-format off
#error "This file of rnnts needs nlohmann-json: install nlohmann-json3-dev, or give its headers to the compiler (CMake: nlohmann_json::nlohmann_json)."
// clang-format on
#include <nlohmann-json>  // There is no such file, as in core/version.hpp. g++ passes over one that it was asked for before.
#endif
#include <nlohmann/json.hpp>
