// Times of several functions, measured in turns.
#pragma once

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <functional>
#include <vector>

namespace bench {

/// Seconds of one call of each, the medians of `repetitions`. In each repetition every function has its turn, so that
/// what slows the machine down for a while slows all of them. Time is the processor's for this process.
inline std::vector<double> measure(const std::vector<std::function<void()>>& functions, std::size_t repetitions = 9) {
  const auto time = [](const std::function<void()>& work, std::size_t calls) {
    const std::clock_t start = std::clock();
    for (std::size_t call = 0; call < calls; ++call) work();
    return double(std::clock() - start) / CLOCKS_PER_SEC;
  };
  constexpr double shortest = 0.03;  // seconds: long enough for the clock
  std::vector<std::size_t> calls;
  for (const auto& work : functions) {
    work();  // memory is allocated now and not while the clock runs
    std::size_t count = 1;
    while (time(work, count) < shortest) count *= 2;
    calls.push_back(count);
  }
  std::vector<std::vector<double>> times(functions.size());
  for (std::size_t repetition = 0; repetition < repetitions; ++repetition) {
    for (std::size_t i = 0; i < functions.size(); ++i) {
      times[i].push_back(time(functions[i], calls[i]) / double(calls[i]));
    }
  }
  std::vector<double> medians;
  for (auto& series : times) {
    const auto middle = series.begin() + std::ptrdiff_t(series.size() / 2);
    std::ranges::nth_element(series, middle);
    medians.push_back(*middle);
  }
  return medians;
}

}  // namespace bench
