// What backtest does, once it has a forecast function and series: the same for all of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/forecast/backtest_result.hpp"
#include "rnnts/forecast/baselines.hpp"
#include "rnnts/forecast/fill_missing.hpp"
#include "rnnts/forecast/point_errors.hpp"
#include "rnnts/series/diebold_mariano.hpp"
#include "rnnts/series/metrics.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Series of any lengths, whose numbers are elsewhere.
using ManySeries = std::span<const std::span<const double>>;

struct BacktestOptions {
  std::size_t horizon = 1;     ///< steps ahead
  std::size_t windows = 1;     ///< origins of each series; the forecast of the last one ends with the series
  std::size_t step_size = 1;   ///< steps from one origin to the next
  std::size_t refit = 1;       ///< what fits is asked at each so-manieth origin; 0 (false): at the first alone
  std::size_t input_size = 0;  ///< at most so many values before an origin are given, a sliding window; 0: all of them
  std::size_t season = 0;      ///< steps of a season, for seasonal naive, Naive2, MASE and RMSSE; 0 for none
  bool mask_missing = false;   ///< whether values may be NaN: those that came count
};

namespace detail {

/// A forecast function for any number of series: (S, H) numbers. And what makes one from histories.
using ForecastMany = std::function<std::vector<double>(ManySeries histories, std::size_t horizon)>;
using FitMany = FunctionRef<ForecastMany(ManySeries histories)>;

/// Asks for the forecasts, and compares them. Refers to the data.
class Backtest {
 public:
  Backtest(ManySeries data, const BacktestOptions& options) : data_(data), options_(options) {
    const auto& [horizon, windows, step_size, refit, input_size, season, mask_missing] = options;
    require_positive("horizon", horizon);
    require_positive("windows", windows);
    require_positive("step_size", step_size);
    if (data.empty()) throw DataError("backtest: expected at least 1 series, found none");
    const std::size_t needed = std::max<std::size_t>(season, 2);
    for (std::size_t s = 0; s < data.size(); ++s) {
      const std::size_t length = data[s].size();
      if (length < horizon || length - horizon < needed || windows - 1 > (length - horizon - needed) / step_size) {
        throw DataError(sentence("backtest: series ", s, " (counted from 0) has ", length, " values, too few for ",
                                 windows, " windows of ", horizon, " steps, ", step_size,
                                 " from one to the next, with ", needed, " values before the first"));
      }
      const auto is_missing = [this](double x) { return options_.mask_missing && std::isnan(x); };
      if (std::ranges::all_of(known(s, 0), is_missing)) {
        throw DataError(sentence("backtest: series ", s, " (counted from 0): expected a known value among the ",
                                 origin(s, 0), " before the first window, found none"));
      }
      for (std::size_t t = 0; t < length; ++t) {
        if (std::isfinite(data[s][t]) || is_missing(data[s][t])) continue;
        throw DataError(sentence("backtest: value ", t, " of series ", s, " (counted from 0) is ", data[s][t],
                                 ", expected a finite number"));
      }
    }
  }

  BacktestResult run(FitMany fit) {
    BacktestResult result{.series = data_.size(), .windows = options_.windows, .horizon = options_.horizon};
    for (std::size_t s = 0; s < data_.size(); ++s) {
      for (std::size_t w = 0; w < options_.windows; ++w) {
        result.origins.push_back(origin(s, w));
        const auto came = data_[s].subspan(origin(s, w), options_.horizon);
        result.actual.insert(result.actual.end(), came.begin(), came.end());
      }
    }
    if (std::ranges::all_of(result.actual, [](double x) { return std::isnan(x); })) {
      throw DataError("backtest: expected at least 1 known value in the windows, found none");
    }
    result.forecasts = forecasts(fit);
    result.model = errors(result.forecasts);
    result.scaled_tests = data_.size() > 1 && result.model.together.mase.has_value();

    const std::size_t horizon = options_.horizon, season = std::max<std::size_t>(options_.season, 1);
    const MissingValue by_season = options_.season > 0 ? MissingValue::seasonal : MissingValue::forward;
    const auto compare = [&](auto forecast, MissingValue fill = MissingValue::forward) {
      return baseline(result, [&](std::span<const double> history) {
        if (!options_.mask_missing) return forecast(history);
        std::vector<double> filled(history.begin(), history.end());
        fill_missing(filled, fill, season);
        return forecast(std::span<const double>(filled));
      });
    };
    using History = std::span<const double>;
    result.persistence = compare([=](History history) { return persistence_forecast(history, horizon); });
    if (options_.season > 0)
      result.seasonal_naive =
          compare([=](History history) { return seasonal_naive_forecast(history, horizon, season); }, by_season);
    result.drift = compare([=](History history) { return drift_forecast(history, horizon); });
    result.naive2 = compare([=](History history) { return naive2_forecast(history, horizon, season); }, by_season);
    return result;
  }

 private:
  static void require_positive(std::string_view option, std::size_t value) {
    if (value == 0) throw ArgumentError(sentence("backtest: expected ", option, " of at least 1, found 0"));
  }

  std::size_t origin(std::size_t series, std::size_t window) const {
    return data_[series].size() - options_.horizon - (options_.windows - 1 - window) * options_.step_size;
  }

  std::span<const double> known(std::size_t series, std::size_t window) const {
    return data_[series].first(origin(series, window));
  }

  /// (series, windows, horizon), the model's; it is asked window by window.
  std::vector<double> forecasts(FitMany fit) const {
    const auto [horizon, windows, step_size, refit, input_size, season, mask_missing] = options_;
    std::vector<double> all(data_.size() * windows * horizon);
    std::vector<std::span<const double>> histories(data_.size());
    ForecastMany forecast;
    for (std::size_t w = 0; w < windows; ++w) {
      for (std::size_t s = 0; s < data_.size(); ++s) {
        const auto before = known(s, w);
        histories[s] = input_size == 0 ? before : before.last(std::min(input_size, before.size()));
      }
      if (w == 0 || (refit > 0 && w % refit == 0)) forecast = fit(histories);
      const auto numbers = forecast(histories, horizon);
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        const std::size_t s = k / horizon, h = k % horizon;
        if (!std::isfinite(numbers[k])) {
          throw DataError(sentence("backtest: the forecast of series ", s, " from value ", origin(s, w), " on is ",
                                   numbers[k], " at step ", h, " (counted from 0), expected a finite number"));
        }
        all[(s * windows + w) * horizon + h] = numbers[k];
      }
    }
    return all;
  }

  HorizonErrors<PointErrors> errors(const std::vector<double>& forecasts) const {
    std::vector<PointForecast> all;
    const std::span<const double> numbers(forecasts);
    for (std::size_t s = 0; s < data_.size(); ++s) {
      for (std::size_t w = 0; w < options_.windows; ++w) {
        all.push_back({.series = s,
                       .history = known(s, w),
                       .actual = data_[s].subspan(origin(s, w), options_.horizon),
                       .forecast = numbers.subspan((s * options_.windows + w) * options_.horizon, options_.horizon)});
      }
    }
    return point_errors(all, std::max<std::size_t>(options_.season, 1));
  }

  BacktestBaseline baseline(const BacktestResult& result,
                            FunctionRef<std::vector<double>(std::span<const double>)> forecast) const {
    std::vector<double> all;
    for (std::size_t s = 0; s < data_.size(); ++s) {
      for (std::size_t w = 0; w < options_.windows; ++w) {
        const auto numbers = forecast(known(s, w));
        all.insert(all.end(), numbers.begin(), numbers.end());
      }
    }
    BacktestBaseline baseline{.errors = errors(all)};
    const auto mine = losses(result.forecasts, result.scaled_tests), others = losses(all, result.scaled_tests);
    // So many windows overlap; series of one window do not.
    const std::size_t overlap = options_.windows == 1 ? 1 : (options_.horizon - 1) / options_.step_size + 1;
    baseline.tests = {.absolute = diebold_mariano(mine.absolute, others.absolute, overlap),
                      .squared = diebold_mariano(mine.squared, others.squared, overlap)};
    const auto& series = result.model.series;
    const bool has_ratio =
        std::ranges::equal(series, baseline.errors.series, [](const auto& of_model, const auto& other) {
          return other.mae > 0 || of_model.mae == 0 || other.values == 0;
        });
    if (has_ratio) baseline.skill = 1 - average_relative_mae(series, baseline.errors.series);
    return baseline;
  }

  struct Losses {
    std::vector<double> absolute, squared;
  };

  /// Means over the cases of a test: windows, or series where each has one window alone. A case of which no value came
  /// is left out.
  Losses losses(const std::vector<double>& forecasts, bool scaled) const {
    const auto [horizon, windows, step_size, refit, input_size, season, mask_missing] = options_;
    const std::size_t cases = windows == 1 ? data_.size() : windows;
    Losses losses{std::vector<double>(cases), std::vector<double>(cases)};
    std::vector<double> values(cases);
    for (std::size_t s = 0; s < data_.size(); ++s) {
      for (std::size_t w = 0; w < windows; ++w) {
        const NaiveErrors unit =
            scaled ? naive_errors(known(s, w), std::max<std::size_t>(season, 1)) : NaiveErrors{1, 1};
        for (std::size_t h = 0; h < horizon; ++h) {
          const double error = data_[s][origin(s, w) + h] - forecasts[(s * windows + w) * horizon + h];
          const std::size_t of = windows == 1 ? s : w;
          if (std::isnan(error)) continue;  // forecasts are finite
          losses.absolute[of] += std::abs(error) / unit.absolute;
          losses.squared[of] += error * error / unit.squared;
          ++values[of];
        }
      }
    }
    for (std::size_t of = cases; of-- > 0;) {
      for (auto* const sums : {&losses.absolute, &losses.squared}) {
        if (values[of] == 0) {
          sums->erase(sums->begin() + static_cast<std::ptrdiff_t>(of));
        } else {
          (*sums)[of] /= values[of];
        }
      }
    }
    return losses;
  }

  ManySeries data_;
  const BacktestOptions options_;
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
