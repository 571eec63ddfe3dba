// The yardstick: how many floating-point operations per second one core can do at most, measured in this very
// process.
#pragma once

#include <cstddef>
#include <type_traits>

namespace bench {

/// The fastest of many short bursts of multiply-adds on independent registers.
struct Peak {
  double flops = 0;       ///< per second; one multiply-add is two
  std::size_t lanes = 0;  ///< numbers per register
};

/// Measures once more, with the instructions that this build may use: for a build that is to run anywhere
/// these are a separate multiplication and addition, and not on the widest registers.
Peak measure_build_peak(float);
Peak measure_build_peak(double);

/// Measures once more, with all instructions of this processor, whatever the rest of the build may use.
Peak measure_machine_peak(float);
Peak measure_machine_peak(double);

/// As measured when first asked for.
template <class T> const Peak& build_peak() {
  static const Peak peak = measure_build_peak(T{});
  return peak;
}
template <class T> const Peak& machine_peak() {
  static const Peak peak = measure_machine_peak(T{});
  return peak;
}

template <class T> constexpr const char* scalar_name() { return std::is_same_v<T, float> ? "float" : "double"; }

}  // namespace bench
