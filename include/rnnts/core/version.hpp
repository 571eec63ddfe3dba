// Version of the library. The inline namespace carries the major number, so that two versions cannot be mixed
// silently.
#pragma once

#define RNNTS_VERSION_MAJOR 0
#define RNNTS_VERSION_MINOR 1
#define RNNTS_VERSION_PATCH 0
