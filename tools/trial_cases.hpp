// trial_cases: which errors of a trial do not depend on each other, so that two trials can be compared.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "forecast_plan.hpp"

namespace tools {
namespace detail {

inline std::size_t series_of_case(std::size_t series) {
  constexpr std::size_t most_cases = 100;
  return (series + most_cases - 1) / most_cases;
}

/// Without those that are NaN, as no value came to judge them by; NaN of none.
inline double mean_of_known(std::span<const double> errors) {
  double sum = 0, count = 0;
  for (const double error : errors) {
    if (std::isnan(error)) continue;
    sum += error;
    ++count;
  }
  return sum / count;
}

}  // namespace detail

/// How many cases `trial_cases` gives.
inline std::size_t count_of_cases(std::size_t series, const Windows& windows, std::size_t horizon) {
  const std::size_t apart = windows.apart(horizon), of_group = detail::series_of_case(series);
  return series > apart ? (series + of_group - 1) / of_group : apart;
}

/// The means of cases, of the errors (S,W) that the forecasts of S series from W windows have: cases are windows that
/// do not overlap, or where there are more series than these, series, as far as they are independent, in 100 groups at
/// most. Errors that are NaN are left out, and so is a case of nothing else.
inline std::vector<double> trial_cases(std::span<const double> errors, const Windows& windows, std::size_t horizon) {
  const std::size_t W = windows.count, S = errors.size() / W, apart = windows.apart(horizon);
  std::vector<double> cases;
  if (S > apart) {
    const std::size_t of_group = detail::series_of_case(S);
    for (std::size_t first = 0; first < S; first += of_group) {
      const std::size_t last = std::min(first + of_group, S);
      cases.push_back(detail::mean_of_known(errors.subspan(first * W, (last - first) * W)));
    }
  } else {
    const std::size_t from_one_to_next = windows.next_apart(horizon);
    for (std::size_t w = (W - 1) % from_one_to_next; w < W; w += from_one_to_next) {  // the last one among them
      std::vector<double> of_window;
      for (std::size_t s = 0; s < S; ++s) of_window.push_back(errors[s * W + w]);
      cases.push_back(detail::mean_of_known(of_window));
    }
  }
  std::erase_if(cases, [](double error) { return std::isnan(error); });
  return cases;
}

}  // namespace tools
