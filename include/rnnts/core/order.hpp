// Order: in which order things are gone through, be it drawn by chance, in bounded memory.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "rnnts/core/random.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The numbers below `size`, each once. Up to `most_kept` shuffled ones are kept in memory; a longer order is a
/// permutation that is computed number by number, so that 100 million take no more room than one million.
///
/// That permutation is a Feistel network over the next power of 4, whose numbers that are not below `size` are sent
/// through it again (Black and Rogaway 2002, "Ciphers with arbitrary finite domains").
class Order {
 public:
  static constexpr std::size_t most_kept = std::size_t{1} << 20;  // fits into what `kept_` holds

  /// From the first to the last.
  void forward(std::size_t size) {
    size_ = size;
    kept_.clear();
    half_bits_ = 0;
  }

  /// Drawn anew.
  void shuffle(std::size_t size, Random& random) {
    forward(size);
    if (size <= most_kept) {
      kept_.resize(size);
      std::iota(kept_.begin(), kept_.end(), std::uint32_t{0});
      random.shuffle(kept_);
    } else {
      half_bits_ = (static_cast<int>(std::bit_width(size - 1)) + 1) / 2;
      for (std::uint64_t& key : keys_) key = random.draw_seed().value;
    }
  }

  std::size_t size() const { return size_; }

  std::size_t operator[](std::size_t k) const {
    if (!kept_.empty()) return kept_[k];
    if (half_bits_ == 0) return k;
    std::uint64_t number = k;
    do number = permuted(number);
    while (number >= size_);
    return static_cast<std::size_t>(number);
  }

 private:
  std::uint64_t permuted(std::uint64_t number) const {
    const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
    std::uint64_t left = number >> half_bits_, right = number & mask;
    for (const std::uint64_t key : keys_) left = std::exchange(right, left ^ (mixed(right ^ key) & mask));
    return left << half_bits_ | right;
  }

  /// The finalizer of SplitMix64 (Steele, Lea and Flood 2014): each bit of the result depends on all of x.
  static std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
  }

  std::size_t size_ = 0;
  std::vector<std::uint32_t> kept_;  ///< a shuffled order that is not too long
  int half_bits_ = 0;                ///< half of the binary digits of a computed order; 0 if there is none
  std::array<std::uint64_t, 6> keys_{};
};

}  // namespace rnnts::inline RNNTS_ABI::detail
