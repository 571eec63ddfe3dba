// SeriesRows: which row of a learned table belongs to a series, or to a step of its cycle.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The numbers of the series that a net tells apart, and the phases of their cycles.
///
/// Of each name 53 bits of a hash are kept, so that a file has them as numbers, in ascending order: the position is the
/// number of the series. Two of 100,000 names are alike once in a million trainings, which is then refused.
class SeriesRows {
 public:
  SeriesRows() = default;
  /// `series` to tell apart, 0: none; `cycle` is the known column of the phases, of so many, empty: none.
  SeriesRows(std::size_t series, std::string cycle, std::size_t period) : cycle_(std::move(cycle)), period_(period) {
    names_.resize(series);
  }

  /// Numbers the series.
  ///
  /// Throws DataError if there are more than were told of, or two of a name.
  [[gnu::cold]] void fit(std::string_view function, const std::vector<ForecastSeries>& all) {
    if (names_.size() == 0) return;
    if (all.size() > names_.size()) {
      throw DataError(sentence(function, ": expected at most ", names_.size(),
                               " series, as many as the option series tells apart, found ", all.size()));
    }
    names_.fill(none);
    std::ranges::transform(all, names_.begin(), hash, &ForecastSeries::unique_id);
    std::ranges::sort(names_);
    const auto twice = std::ranges::adjacent_find(names_);
    if (twice == names_.end() || *twice == none) return;
    const auto found = std::ranges::find(all, *twice, [](const ForecastSeries& one) { return hash(one.unique_id); });
    throw DataError(sentence(function, ": ", series_text(found->unique_id),
                             ": expected names that tell the series apart, found this one twice"));
  }

  /// The number of a series and the phase of its value `first`, in place of a column; empty if no table is read.
  ///
  /// Throws DataError, naming the series, if it was not in the training, or its column is not one of phases.
  [[gnu::cold]] std::vector<double> place(std::string_view function, const ForecastSeries& series,
                                          std::size_t first) const {
    if (names_.size() == 0 && cycle_.empty()) return {};
    const std::string whose = sentence(function, ": ", series_text(series.unique_id), ": ");
    std::vector<double> place{0, 0};
    if (names_.size() > 0) {
      const auto found = std::ranges::lower_bound(names_, hash(series.unique_id));
      if (found == names_.end() || *found != hash(series.unique_id)) {
        throw DataError(sentence(
            whose, "expected a series of the training, as the net has learnt something of each, found another"));
      }
      place[0] = static_cast<double>(found - names_.begin());
    }
    if (!cycle_.empty()) place[1] = static_cast<double>((first_phase(whose, series) + first) % period_);
    return place;
  }

  /// What is told apart, as it stands in files; empty if nothing is.
  std::string config() const {
    if (cycle_.empty()) return names_.size() > 0 ? "series" : "";
    return sentence(names_.size() > 0 ? "series, " : "", "cycle \"", cycle_, "\" of ", period_);
  }

  static constexpr auto fields() { return std::tuple{Field{"names", &SeriesRows::names_}}; }

 private:
  static constexpr double none = 0x1p53;  ///< is no hash

  /// FNV-1a of 64 bits (Fowler, Noll and Vo 1991), of which a double holds 53.
  static double hash(std::string_view name) {
    std::uint64_t bits = 0xcbf29ce484222325;
    for (const char c : name) bits = (bits ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return static_cast<double>(bits >> 11);
  }

  std::size_t first_phase(const std::string& whose, const ForecastSeries& series) const {
    const std::string column = sentence(whose, "known column \"", cycle_, "\": expected ");
    const auto found = series.known.find(cycle_);
    if (found == series.known.end()) throw DataError(sentence(column, "the phases of a cycle, found no such column"));
    const std::vector<double>& phases = found->second;
    if (phases.size() < series.values.size()) {
      throw DataError(
          sentence(column, "at least ", series.values.size(), " numbers, as many as values, found ", phases.size()));
    }
    const auto period = static_cast<double>(period_);
    for (std::size_t t = 0; t < phases.size(); ++t) {
      const bool is_phase = phases[t] >= 0 && phases[t] < period && phases[t] == std::floor(phases[t]);
      if (is_phase && (t == 0 || phases[t] == std::fmod(phases[t - 1] + 1, period))) continue;
      throw DataError(sentence(column, "phases that count from 0 to ", period_ - 1, " again and again, found ",
                               phases[t], " as number ", t, " (counted from 0)"));
    }
    return static_cast<std::size_t>(phases[0]);
  }

  std::string cycle_;
  std::size_t period_ = 0;
  Tensor<double, dynamic> names_;  ///< their hashes
};

}  // namespace rnnts::inline RNNTS_ABI::detail
