// backtest: forecasts from several origins in the past, and how good they would have been.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/never.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/backtest_result.hpp"
#include "rnnts/forecast/backtest_run.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/known_at.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "rnnts/series/difference.hpp"
#include "rnnts/series/numbers.hpp"
#include "rnnts/series/tensor_view.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// What a function is given: ManySeries, or series with covariates.
template <class F, class Histories>
concept ForecastsOneSeries = requires(F& f, const Histories& histories, std::size_t horizon) {
  { f(histories[0], horizon) } -> Numbers;
};
template <class F, class Histories>
concept ForecastsManySeries = requires(F& f, const Histories& histories, std::size_t horizon) {
  { f(histories, horizon) } -> Numbers;
};
template <class F, class Histories>
concept ForecastFunction = ForecastsOneSeries<F, Histories> || ForecastsManySeries<F, Histories>;
template <class F, class Histories>
concept FitsForecastFunction = requires(F& f, const Histories& histories) {
  { f(histories) } -> ForecastFunction<Histories>;
};
template <class F, class Histories>
concept CanBeBacktested = ForecastFunction<F, Histories> || FitsForecastFunction<F, Histories>;

/// Throws ShapeError if forecasts of S series have not the shape (S, H), but for extents of 1.
inline void require_forecasts(const std::vector<std::size_t>& found, std::size_t series, std::size_t horizon) {
  const std::vector<std::size_t> expected{series, horizon};
  if (without_ones(found) == without_ones(expected)) return;
  throw ShapeError(sentence("backtest: expected forecasts of ", series, " series and ", horizon,
                            " steps, found the shape ", shape_text(found)));
}

/// Refers to the function. `seen(histories, horizon)` gives the Histories that it is to be given.
template <class Histories, ForecastFunction<Histories> F> ForecastMany forecast_many(F& function, auto seen) {
  return [&function, seen](ManySeries plain, std::size_t horizon) {
    const Histories histories = seen(plain, horizon);
    if constexpr (ForecastsManySeries<F, Histories>) {
      auto&& forecasts = function(histories, horizon);
      require_forecasts(extents_of("backtest", forecasts), histories.size(), horizon);
      return numbers_of(forecasts);
    } else {
      std::vector<double> all;
      for (const auto& history : histories) {
        auto&& forecast = function(history, horizon);
        require_forecasts(extents_of("backtest", forecast), 1, horizon);
        const auto numbers = numbers_of(forecast);
        all.insert(all.end(), numbers.begin(), numbers.end());
      }
      return all;
    }
  };
}

/// Backtests a function of Histories, or what fits one; `seen` as above.
template <class Histories, CanBeBacktested<Histories> F>
BacktestResult run_backtest(F& forecast, ManySeries series, const BacktestOptions& options, auto seen) {
  if constexpr (ForecastFunction<F, Histories>) {
    return Backtest(series, options).run([&](ManySeries) { return forecast_many<Histories>(forecast, seen); });
  } else {
    std::optional<std::remove_cvref_t<decltype(forecast(std::declval<const Histories&>()))>> fitted;
    return Backtest(series, options).run([&](ManySeries histories) {
      fitted.emplace(forecast(Histories(seen(histories, 0))));
      return forecast_many<Histories>(*fitted, seen);
    });
  }
}

/// Calls `use(series)` with the data as ManySeries: as they are, or copies of numbers of another kind.
template <class Data> auto with_series(const Data& data, auto use) {
  if constexpr (std::convertible_to<const Data&, ManySeries>) {
    return use(ManySeries(data));
  } else if constexpr (RangeOfForecastSeries<const Data&>) {
    std::vector<std::span<const double>> all;
    for (const ForecastSeries& one : data) all.push_back(one.values);
    return use(ManySeries(all));
  } else if constexpr (std::convertible_to<const Data&, std::span<const double>> && !TensorExpression<const Data&>) {
    const std::span<const double> one(data);
    return use(ManySeries(&one, 1));
  } else {
    std::vector<std::vector<double>> copies;
    if constexpr (dimensions<const Data&>() == 1) {
      copies.push_back(numbers_of(data));
    } else if constexpr (dimensions<const Data&>() == dynamic_rank) {
      const auto one = numbers("backtest", data);
      copies.emplace_back(one.begin(), one.end());
    } else {
      for (auto&& series : series_view(data)) copies.push_back(numbers_of(series));
    }
    const std::vector<std::span<const double>> all(copies.begin(), copies.end());
    return use(ManySeries(all));
  }
}

}  // namespace detail

/// Forecasts from `windows` origins of each series, which roll forward to the end by `step_size`, with what was known
/// at each, and compares them with what came, and with what forecasts that need no model would have said: persistence,
/// seasonal naive, drift and Naive2, from all values before the origin.
///
///     std::cout << backtest(forecast, passengers, {.horizon = 12, .windows = 24, .season = 12});
///
/// `forecast(history, horizon)` takes the values of one series as `std::span<const double>`, and gives `horizon`
/// numbers. Or it takes all series at once, as `ManySeries`, and gives (S, H) numbers, as ranges or a tensor. Or it is
/// `fit(histories)`, which takes ManySeries and returns one of these: that is called at each `refit`-th origin.
///
/// `data` is one series, any range of numbers, or several of any lengths; the numbers stay where they are if they are
/// double in memory as ManySeries. With `mask_missing` values may be NaN, missing: the errors are then those of values
/// that came, and what needs no model forecasts from a history that is filled, `forward` for persistence and drift,
/// `seasonal` for the others.
///
/// Throws ArgumentError if an option is 0 that must not be; DataError if a series is too short, or one of its values or
/// forecasts is not finite; ShapeError if the forecasts are not as many.
///
/// Of a ForecastSeries, or a range of them, the function may take covariates too: a history is then a
/// `const ForecastSeries&`, and all are a `std::span<const ForecastSeries>`, with the columns as they were known at the
/// origin, those known in advance for `horizon` more steps; in a fit they end with the values. Throws DataError if a
/// column is not as long as its series.
template <class Forecast, class Data>
BacktestResult backtest(Forecast&& forecast, const Data& data, const BacktestOptions& options) {
  using F = std::remove_reference_t<Forecast>;
  using WithCovariates = std::vector<ForecastSeries>;
  constexpr bool has_covariates = detail::OneForecastSeries<Data> || detail::RangeOfForecastSeries<const Data&>;
  if constexpr (has_covariates) {
    const WithCovariates all = detail::named_series("backtest", data, options.mask_missing);
    for (const ForecastSeries& one : all) detail::check_columns("backtest", one);
    return detail::with_series(all, [&](ManySeries series) {
      if constexpr (detail::CanBeBacktested<F, WithCovariates>) {
        return detail::run_backtest<WithCovariates>(
            forecast, series, options,
            [&](ManySeries histories, std::size_t steps) { return detail::known_at(all, histories, steps); });
      } else {
        return backtest(forecast, series, options);
      }
    });
  } else if constexpr (!detail::Numbers<const Data&>) {
    static_assert(detail::never<Data>, "backtest takes one series, a range of numbers, or a range of such series.");
  } else if constexpr (detail::CanBeBacktested<F, ManySeries>) {
    return detail::with_series(data, [&](ManySeries series) {
      return detail::run_backtest<ManySeries>(forecast, series, options,
                                              [](ManySeries histories, std::size_t) { return histories; });
    });
  } else {
    static_assert(
        detail::never<F>,
        "backtest takes a function of (std::span<const double> history, std::size_t horizon) or (ManySeries "
        "histories, std::size_t horizon) that gives numbers, or one of (ManySeries histories) that gives such "
        "a function.");
  }
}

}  // namespace rnnts::inline RNNTS_ABI
