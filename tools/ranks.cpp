#include "ranks.hpp"

#include <memory>

#if RNNTS_WITH_MPI
#include "rnnts/distributed/mpi_ranks.hpp"
#endif

namespace tools {

std::unique_ptr<rnnts::Ranks> several_ranks() {
#if RNNTS_WITH_MPI
  auto ranks = std::make_unique<rnnts::MpiRanks>();
  if (ranks->size() > 1) return ranks;
#endif
  return nullptr;
}

}  // namespace tools
