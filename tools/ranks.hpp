// The processes that mpirun has started, where the program is built with MPI.
#pragma once

#include <memory>

#include "rnnts/model/ranks.hpp"

namespace tools {

/// Null if there is one process.
std::unique_ptr<rnnts::Ranks> several_ranks();

}  // namespace tools
