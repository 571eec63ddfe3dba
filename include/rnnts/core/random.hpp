// Seeds and random numbers: the same on every machine and standard library.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <numbers>
#include <random>
#include <utility>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A seed, as a type of its own, so that no other number is taken for one: `model{rnnts::seed(7)}`.
struct Seed {
  std::uint64_t value = 0;
};

constexpr Seed seed(std::uint64_t value) { return {value}; }

/// Random numbers from `std::mt19937_64`, whose output the standard fixes. The distributions are our own,
/// because the standard leaves theirs to the implementation.
class Random {
 public:
  explicit Random(Seed seed) : engine_(seed.value) {}

  /// Uniform in [0, 1), with 53 random bits.
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// Standard normal, by the method of Box and Muller (1958).
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

  /// Two of them, in less time than one after the other takes, and other ones.
  std::array<double, 2> two_normals() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform())), angle = 2 * std::numbers::pi * uniform();
    return {radius * std::cos(angle), radius * std::sin(angle)};
  }

  /// Standard normal within two standard deviations; what lies outside is drawn again.
  double truncated_normal() {
    for (;;) {
      const double x = normal();
      if (std::abs(x) < 2) return x;
    }
  }

  /// Uniform in {0, …, bound - 1}. The bias of the remainder is below bound / 2^64.
  std::size_t below(std::size_t bound) {
    const unsigned long long drawn = engine_();  // hardly anywhere the type of std::size_t, so that the cast is one
    return static_cast<std::size_t>(drawn % bound);
  }

  /// A seed for a further stream of random numbers.
  Seed draw_seed() { return {engine_()}; }

  /// Whether both will give the same numbers.
  bool operator==(const Random&) const = default;

  /// Puts the elements into a random order (Fisher and Yates).
  template <class Container> void shuffle(Container& elements) {
    for (std::size_t left = elements.size(); left > 1; --left) {
      std::swap(elements[left - 1], elements[below(left)]);
    }
  }

  /// Writes and reads what decides the numbers to come, as whole numbers with spaces between them, in the form of the
  /// standard library at hand.
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const Random& random) {
    return out << random.engine_;
  }
  template <class Traits>
  friend std::basic_istream<char, Traits>& operator>>(std::basic_istream<char, Traits>& in, Random& random) {
    return in >> random.engine_;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace rnnts::inline RNNTS_ABI
