// MpiRanks: the processes that mpirun has started, as ranks of a training. Not in the umbrella; needs an MPI.
#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/model/ranks.hpp"

// The interface in C is enough; the old one in C++ would have to be linked.
#if !defined(OMPI_SKIP_MPICXX)
#define OMPI_SKIP_MPICXX 1
#endif
#if !defined(MPICH_SKIP_MPICXX)
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

namespace rnnts::inline RNNTS_ABI {

/// All processes of an MPI program. In a program that was started without mpirun it is one rank.
///
///     MpiRanks ranks;  // in main, for as long as MPI is needed
///     fit(model, windows, MeanSquaredError{}, Adam{}, {.epochs = 10, .ranks = &ranks});
///
/// Begins MPI unless the program has done so, and then ends it too; after that no other can be made. Where it is
/// destroyed by an exception it does not end MPI, as that would wait for the others: mpirun then ends them, once this
/// process has come to its end.
///
/// Sums are those of MPI_Allreduce. Open MPI computes them in an order that depends on how many ranks and numbers there
/// are and on where the ranks run, but not on chance.
class MpiRanks final : public Ranks {
 public:
  /// Throws Error if MPI cannot begin.
  MpiRanks() {
    int is_initialized = 0;
    check("MPI_Initialized", MPI_Initialized(&is_initialized));
    begins_ = is_initialized == 0;
    int provided = 0;
    if (begins_) check("MPI_Init_thread", MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided));
    check("MPI_Comm_dup",
          MPI_Comm_dup(MPI_COMM_WORLD, &world_));  // so that no message of the program is taken for ours
    check("MPI_Comm_set_errhandler", MPI_Comm_set_errhandler(world_, MPI_ERRORS_RETURN));
    check("MPI_Comm_size", MPI_Comm_size(world_, &size_));
    check("MPI_Comm_rank", MPI_Comm_rank(world_, &rank_));
  }
  ~MpiRanks() override {
    if (std::uncaught_exceptions() > exceptions_) return;
    MPI_Comm_free(&world_);
    if (begins_) MPI_Finalize();
  }

  std::size_t size() const override { return static_cast<std::size_t>(size_); }
  std::size_t rank() const override { return static_cast<std::size_t>(rank_); }

  /// Throws Error, with what MPI says, if it cannot reach the others.
  void sum(std::span<float> numbers) override { sum_as(MPI_FLOAT, numbers); }
  void sum(std::span<double> numbers) override { sum_as(MPI_DOUBLE, numbers); }

 private:
  static void check(std::string_view function, int code) {
    if (code == MPI_SUCCESS) return;
    char text[MPI_MAX_ERROR_STRING] = {};
    int length = 0;
    MPI_Error_string(code, text, &length);
    throw Error(detail::sentence(function, ": ", std::string_view(text, static_cast<std::size_t>(length))));
  }

  template <class T> void sum_as(MPI_Datatype type, std::span<T> numbers) {
    constexpr std::size_t most = std::numeric_limits<int>::max();  // that MPI counts
    while (!numbers.empty()) {
      const std::span<T> some = numbers.first(std::min(most, numbers.size()));
      check("MPI_Allreduce",
            MPI_Allreduce(MPI_IN_PLACE, some.data(), static_cast<int>(some.size()), type, MPI_SUM, world_));
      numbers = numbers.subspan(some.size());
    }
  }

  MPI_Comm world_ = MPI_COMM_NULL;
  bool begins_ = false;
  int size_ = 1, rank_ = 0;
  int exceptions_ = std::uncaught_exceptions();
};

}  // namespace rnnts::inline RNNTS_ABI
