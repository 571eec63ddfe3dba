// Ranks: several processes that train one model together, as one of them sees them.
#pragma once

#include <cstddef>
#include <span>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI {

/// All that a training needs of the way by which processes reach each other. `MpiRanks` is one; another is a class of
/// your own.
///
/// Each rank calls `fit` with the same arguments, and what it calls of these then comes in the same order on all.
class Ranks {
 public:
  Ranks() = default;
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;
  virtual ~Ranks() = default;

  /// How many there are, at least 1.
  virtual std::size_t size() const = 0;
  /// Which one this is, from 0 to size() - 1.
  virtual std::size_t rank() const = 0;
  /// Waits until all ranks have called it with as many numbers, and overwrites each number by its sum over all ranks,
  /// which is the same on all to the last bit. To be the same in each run, it is to be summed in the same order.
  virtual void sum(std::span<float> numbers) = 0;
  virtual void sum(std::span<double> numbers) = 0;
};

namespace detail {

/// Whether a training has something to share with others.
inline bool are_several(const Ranks* ranks) { return ranks != nullptr && ranks->size() > 1; }

}  // namespace detail

}  // namespace rnnts::inline RNNTS_ABI
