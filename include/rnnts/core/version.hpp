// Version of the library.
#pragma once

#define RNNTS_VERSION_MAJOR 0
#define RNNTS_VERSION_MINOR 1
#define RNNTS_VERSION_PATCH 0
