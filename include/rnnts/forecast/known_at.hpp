// known_at: series with covariates, as far as they are known at an origin in the past.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/named_series.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Throws DataError, naming series and column, if a column is shorter than its series; or longer, where it is past
/// only.
[[gnu::cold]] inline void check_columns(std::string_view function, const ForecastSeries& series) {
  const auto refuse = [&](std::string_view role, const std::string& name, std::string_view expected,
                          std::size_t found) {
    throw DataError(sentence(function, ": ", series_text(series.unique_id), ": ", role, " column \"", name,
                             "\": expected ", expected, series.values.size(), " numbers, as many as values, found ",
                             found));
  };
  for (const auto& [name, numbers] : series.known) {
    if (numbers.size() < series.values.size()) refuse("known", name, "at least ", numbers.size());
  }
  for (const auto& [name, numbers] : series.past) {
    if (numbers.size() != series.values.size()) refuse("past", name, "", numbers.size());
  }
}

/// What is known of each series at the end of its history, a part of its values that is referred to: these values, and
/// what of the columns stands beside them, or in the `steps` steps after them if it is known in advance.
[[gnu::cold]] inline std::vector<ForecastSeries> known_at(std::span<const ForecastSeries> all,
                                                          std::span<const std::span<const double>> histories,
                                                          std::size_t steps) {
  std::vector<ForecastSeries> known;
  for (std::size_t s = 0; s < all.size(); ++s) {
    const auto history = histories[s];
    const auto first = static_cast<std::size_t>(history.data() - all[s].values.data());
    const auto part = [first](const std::vector<double>& numbers, std::size_t count) {
      const auto of_column = std::span(numbers).subspan(first, count);
      return std::vector<double>(of_column.begin(), of_column.end());
    };
    ForecastSeries one{.unique_id = all[s].unique_id, .values = part(all[s].values, history.size())};
    for (const auto& [name, numbers] : all[s].known) one.known[name] = part(numbers, history.size() + steps);
    for (const auto& [name, numbers] : all[s].past) one.past[name] = part(numbers, history.size());
    one.fixed = all[s].fixed;
    known.push_back(std::move(one));
  }
  return known;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
