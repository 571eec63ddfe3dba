// How `rnnts forecast` goes about a table of series: what it chooses, and why.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "forecast_arguments.hpp"
#include "forecast_data.hpp"
#include "forecast_model.hpp"
#include "forecast_windows.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/conformal_intervals.hpp"
#include "rnnts/forecast/find_season.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/forecast/window_steps.hpp"

namespace tools {

struct ForecastPlan {
  ModelOptions model;
  Windows backtest;
  Windows validation;  ///< right before the held-out part, for quantiles and a search; none if the series are too short
  bool is_calibrated = false;  ///< whether they are enough for quantiles
  std::size_t season = 0;      ///< of the naive forecasts; none if a series has no such before the held-out part
  std::size_t held_out = 0;    ///< last values of each series that the backtest needs
  Lines lines = {};            ///< what was chosen, and why

  /// Says what was chosen, in place of what was said of it before.
  void say(const std::string& name, const std::string& text) {
    const auto found = std::ranges::find(lines, name, &Lines::value_type::first);
    if (found == lines.end()) {
      lines.emplace_back(name, text);
    } else {
      found->second = text;
    }
  }

  /// Last values of each series that are not trained with where the validation part is looked at.
  std::size_t kept_back() const { return held_out + validation.values(model.horizon); }
};

namespace detail {

/// Two weeks of days, a day of hours, a year of months; of values whose times are not known, the season.
inline std::size_t usual_horizon(const rnnts::SeriesTable& table, std::size_t season) {
  constexpr std::size_t least = 8, most = 60, without_season = 10;
  const auto usual = rnnts::usual_seasons(table.step);
  std::size_t horizon = table.has_times() && !usual.empty() ? usual.front() : season;
  if (horizon == 0) return without_season;
  while (horizon < least) horizon *= 2;
  return std::min(horizon, most);
}

/// What is done to a window.
inline std::string text_of_window(const ModelOptions& m) {
  return rnnts::detail::sentence("minus the mean of a window's last ", m.level, " values",
                                 m.spread ? ", divided by their spread" : "",
                                 m.season > 0 ? "; learnt is the difference from the last season" : "");
}

/// The largest number of values that cut a window into 14 segments or more, as equal ones; for a HorizonNet the
/// horizon, too. (Shorter ones for that, 3 hours in place of the 24 of the load, took longer and forecast no better.)
inline std::size_t usual_segment(const ModelOptions& m) {
  std::size_t segment = std::max<std::size_t>(1, m.look_back / 14);
  while (m.look_back % segment != 0 || (m.net == NetKind::horizon && m.horizon % segment != 0)) --segment;
  return segment;
}

/// Logarithms where all values are above 0, none is so small beside the others that its logarithm would be an outlier,
/// and some series varies by more than a hundredth, as else logarithms are too close to each other for a float. Of the
/// values that are held out only the sign has a say, as there are no logarithms of all.
inline std::pair<Scale, const char*> usual_scale(const rnnts::SeriesTable& table, std::size_t held_out) {
  bool is_negative = false, has_zero = false, is_even = true, varies = false;
  for (const auto& [unique_id, values] : table) {
    const double lowest = std::ranges::min(rnnts::detail::known_values(values));
    is_negative = is_negative || lowest < 0;
    has_zero = has_zero || lowest == 0;
    const auto before = rnnts::detail::known_values(std::span(values).first(values.size() - held_out));
    const auto [low, high] = std::ranges::minmax(before);
    is_even = is_even && high < 1e4 * low;
    varies = varies || high > 1.01 * low;
  }
  if (is_negative) return {Scale::as_is, ""};
  if (has_zero || !is_even) return {Scale::not_negative, "never below 0, as no value is; "};
  if (!varies) return {Scale::as_is, ""};
  return {Scale::log, "logarithms, as all values are above 0; "};
}

inline constexpr std::size_t few_windows = 1000;  // fewer are

/// Those that a net is trained with.
inline std::size_t trained_windows(const rnnts::SeriesTable& table, std::size_t held_out, const ModelOptions& m) {
  return (count_windows(table, held_out, m.look_back, m.horizon) + m.stride - 1) / m.stride;
}

inline std::string training_text(const ModelOptions& m, std::size_t windows) {
  return rnnts::detail::sentence(
      rnnts::detail::counted(m.epochs, "epoch", "epochs"), " of ", rnnts::detail::counted(windows, "window", "windows"),
      m.stride == 1 ? "" : rnnts::detail::sentence(", every ", m.stride, "th"), ", in batches of ", m.batch_size);
}

inline std::string net_text(const ModelOptions& m) {
  return rnnts::detail::sentence(rnnts::detail::counted(m.members, "net", "nets whose mean is taken"), ", GRU of ",
                                 m.units, " units beside a linear map",
                                 m.net == NetKind::horizon ? ", with weights that the steps of the horizon share" : "");
}

/// Whether the validation part has enough for quantiles, and in words. Forecasts that overlap are off by the same
/// values, so that only those that do not count.
inline std::string choose_calibration(ForecastPlan& plan, std::size_t series) {
  using rnnts::detail::counted, rnnts::detail::sentence;
  if (plan.validation.count == 0) {
    return "those of the net itself, as the shortest series has no part to calibrate them with";
  }
  double narrowest = 1;
  for (const double level : plan.model.levels) {
    if (level != 0.5) narrowest = std::min(narrowest, std::abs(1 - 2 * level));
  }
  if (narrowest == 1) return "the median alone, which is not calibrated";
  const std::size_t apart = series * plan.validation.apart(plan.model.horizon);
  const double needed = rnnts::detail::forecasts_needed(narrowest);
  plan.is_calibrated = static_cast<double>(apart) >= needed;
  if (!plan.is_calibrated) {
    return sentence("those of the net itself, as only ", counted(apart, "forecast", "forecasts"),
                    " before the held-out part do not overlap, and to calibrate them takes ", needed);
  }
  return sentence("calibrated: in the backtest with ", plan.validation.count * series,
                  " windows before the held-out part, by nets that were not trained with them; in the forecast with "
                  "those of the held-out part too");
}

}  // namespace detail

/// Steps to forecast.
inline std::size_t horizon_of(const rnnts::SeriesTable& table, const ForecastArguments& asked) {
  return asked.horizon > 0 ? asked.horizon : detail::usual_horizon(table, asked.data.season);
}

/// Values of a series before its held-out part: a window and what follows it.
inline std::size_t least_before(std::size_t horizon, const ForecastArguments& asked) {
  return std::max(2 * horizon, asked.look_back + horizon);
}

/// What a series needs for the windows that are asked for.
inline LeastValues least_values(std::size_t horizon, const ForecastArguments& asked) {
  using rnnts::detail::counted, rnnts::detail::sentence;
  const std::size_t windows = std::max<std::size_t>(1, asked.windows), step = std::max<std::size_t>(1, asked.step_size);
  const std::size_t values = horizon + (windows - 1) * step + least_before(horizon, asked);
  return {std::max<std::size_t>(values, 10),
          sentence("a horizon of ", horizon,
                   windows == 1 ? "" : sentence(", ", windows, " windows, ", step, " from one to the next"),
                   asked.look_back == 0 ? "" : sentence(", a look_back of ", asked.look_back)),
          "; a shorter --horizon needs fewer"};
}

/// The windows of the backtest, by the length of the shortest series: a fifth of a single one, or of many the last
/// horizon.
inline Windows backtest_windows(std::size_t shortest, std::size_t series, std::size_t horizon,
                                const ForecastArguments& asked) {
  const std::size_t part = std::max(horizon, std::min(shortest / 5, shortest - least_before(horizon, asked)));
  const std::size_t last_origin = part - horizon, most = detail::most_windows(series);
  Windows windows;
  windows.count =
      asked.windows > 0 ? asked.windows : std::min(most, last_origin / std::max<std::size_t>(1, asked.step_size) + 1);
  windows.step_size = asked.step_size > 0 ? asked.step_size
                      : windows.count > 1 ? std::max<std::size_t>(1, last_origin / (windows.count - 1))
                                          : 1;
  return windows;
}

/// Last values of each series that the backtest will need, before the season is known and short series are left out.
inline std::size_t held_out_of(const rnnts::SeriesTable& table, const ForecastArguments& asked) {
  const std::size_t horizon = horizon_of(table, asked), least = least_values(horizon, asked).values;
  std::size_t shortest = static_cast<std::size_t>(-1), series = 0;
  for (const auto& [unique_id, values] : table) {
    if (values.size() < least) continue;
    shortest = std::min(shortest, values.size());
    ++series;
  }
  return series == 0 ? 0 : backtest_windows(shortest, series, horizon, asked).values(horizon);
}

/// For series that have the least values of such arguments.
///
/// Throws DataError if so many values are missing that there is no window to train with.
inline ForecastPlan plan_forecast(const rnnts::SeriesTable& table, const ForecastArguments& asked) {
  using rnnts::detail::counted, rnnts::detail::sentence;
  ForecastPlan plan;
  ModelOptions& m = plan.model;
  const auto chosen = [&](const char* name, std::size_t number, const std::string& why) {
    plan.lines.emplace_back(name, sentence(number, why.empty() ? "" : ": ", why));
  };

  std::size_t season = asked.data.season;
  m.horizon = horizon_of(table, asked);
  chosen("horizon", m.horizon, asked.horizon > 0 ? "as given" : "as none was given");

  const auto& shortest = *std::ranges::min_element(table, {}, [](const auto& one) { return one.second.size(); });
  const std::size_t n = shortest.second.size();

  const Windows& windows = plan.backtest = backtest_windows(n, table.size(), m.horizon, asked);
  plan.held_out = windows.values(m.horizon);
  plan.season = season <= n - plan.held_out ? season : 0;
  plan.lines.emplace_back(
      "backtest",
      sentence(counted(windows.count, "window", "windows"), ", ", counted(windows.step_size, "step", "steps"),
               " from one to the next: the last ", plan.held_out, " values of each series are not trained with"));

  const std::size_t known = n - plan.held_out;
  if (asked.look_back > 0) {
    m.look_back = asked.look_back;
    chosen("look_back", m.look_back, "as given");
  } else {
    constexpr std::size_t enough = 32, without_season = 56;
    const auto seasons = [&](std::size_t count) {
      return (std::max(count * season, enough) + season - 1) / season * season;
    };
    std::size_t wish = season > 0 ? seasons(2) : without_season;
    const bool is_short = season > 0 && 2 * wish > known &&
                          detail::count_windows(table, plan.held_out, wish, m.horizon) < detail::few_windows;
    if (is_short) wish = seasons(1);
    const std::size_t most_values = std::max<std::size_t>(1, (known - m.horizon) * 2 / 3);
    m.look_back = std::min(wish, most_values);
    if (season > 0 && m.look_back >= season) m.look_back -= m.look_back % season;
    chosen("look_back", m.look_back,
           m.look_back < wish ? "two thirds of what the shortest series has for it"
           : is_short         ? "a season, as two are more than half of what the shortest series has for training"
           : season > 0       ? sentence(m.look_back / season, " seasons")
                              : "as there is no season");
  }
  m.segment = detail::usual_segment(m);
  chosen("segment", m.segment, "values that the net reads at once");

  if (season > m.look_back) {
    plan.lines.emplace_back("season", sentence(season, " steps: not looked at by the net, as a window is shorter"));
    season = 0;
  }
  m.season = season;
  m.level = season > 0 ? season : std::min<std::size_t>(m.look_back, 28);
  const auto [scale, why] = detail::usual_scale(table, plan.held_out);
  m.scale = scale;
  m.spread = scale != Scale::log;
  plan.lines.emplace_back("data path", why + detail::text_of_window(m));

  constexpr std::size_t most_trained = 40000, few_series = 10;
  const std::size_t all_windows = detail::trained_windows(table, plan.held_out, m);
  if (all_windows == 0) {
    throw rnnts::DataError(sentence(asked.data.file, ": expected a known value among some ", m.look_back,
                                    " values before the held-out part, and among the ", m.horizon,
                                    " that follow, to train with, found too many missing; --fill forward, linear or "
                                    "seasonal fills them"));
  }
  m.stride = (all_windows + most_trained - 1) / most_trained;
  const std::size_t trained = detail::trained_windows(table, plan.held_out, m);
  // One net of many series trains as long as the two of few.
  const std::size_t members = table.size() < few_series ? 2 : 1;
  m.epochs = asked.epochs > 0 ? asked.epochs : std::clamp<std::size_t>(most_trained / trained, 20 / members, 60);
  m.batch_size = trained < 10000 ? 32 : 256;
  m.units = asked.units > 0 ? asked.units : 32;
  m.members = asked.members > 0 ? asked.members : members;
  m.threads = std::min<std::size_t>(m.members, std::max(1u, std::thread::hardware_concurrency()));
  m.seed = asked.seed;
  m.ranks = asked.ranks;
  m.known = asked.data.known;
  m.past = asked.data.past;
  m.fixed = asked.data.fixed;
  m.masked = asked.data.is_masked();
  // The validation part: a quarter of what is left, or a few windows at least, if enough for training remains.
  if (known >= m.look_back + 3 * m.horizon) {
    constexpr std::size_t least_windows = 9;
    const std::size_t wish = std::max(known / 4, m.horizon + least_windows - 1);
    plan.validation = detail::usual_windows(std::min(wish, known - m.look_back - 2 * m.horizon), m.horizon,
                                            detail::most_windows(table.size()));
  }

  plan.lines.emplace_back("net", detail::net_text(m));
  plan.lines.emplace_back("training", detail::training_text(m, trained));

  m.levels = asked.quantiles;
  m.levels.push_back(0.5);  // the forecast itself
  std::ranges::sort(m.levels);
  const auto repeated = std::ranges::unique(m.levels);
  m.levels.erase(repeated.begin(), repeated.end());
  plan.lines.emplace_back("quantiles", detail::choose_calibration(plan, table.size()));
  return plan;
}

}  // namespace tools
