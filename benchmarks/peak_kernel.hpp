// Included by files that are compiled for different processors: all of it is local to the file that includes
// it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>
#include <xsimd/xsimd.hpp>

#include "peak.hpp"

namespace bench {
namespace {

/// Enough chains of multiply-adds to hide their latency (two units, four or five cycles; twice that where a
/// multiply-add is two instructions), and few enough for 16 registers.
constexpr int chains = 12;
constexpr int rounds = 5000;

/// sum = sum * factor + term, again and again in each chain. Compilers make it one instruction where there is
/// one.
template <class T, class Register, int... chain>
T multiply_add(T factor, T term, std::integer_sequence<int, chain...>) {
  const Register zero{}, factors = zero + factor, terms = zero + term;
  Register sum[] = {zero + T(chain)...};
  for (int i = 0; i < rounds; ++i) ((sum[chain] = sum[chain] * factors + terms), ...);
  Register total = (sum[chain] + ...);
  T first;
  std::copy_n(reinterpret_cast<const char*>(&total), sizeof first, reinterpret_cast<char*>(&first));
  return first;
}

template <class T> Peak measure() {
  using Batch = xsimd::batch<T>;
  using Clock = std::chrono::steady_clock;
  volatile T factor = T(0.5), term = 1, result;  // unknown to the compiler; the sums tend to 2
  auto best = Clock::duration::max();
  for (int burst = 0; burst < 3000; ++burst) {
    const auto start = Clock::now();
    result = multiply_add<T, typename Batch::register_type>(factor, term, std::make_integer_sequence<int, chains>{});
    best = std::min(best, Clock::now() - start);
  }
  static_cast<void>(result);
  const double operations = 2.0 * rounds * chains * double(Batch::size);
  return {operations / std::chrono::duration<double>(best).count(), Batch::size};
}

}  // namespace
}  // namespace bench
