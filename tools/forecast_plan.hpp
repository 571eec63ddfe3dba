// How `rnnts forecast` goes about a table of series: what it chooses, and why.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>

#include "forecast_command.hpp"
#include "forecast_data.hpp"
#include "forecast_model.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/forecast/find_season.hpp"
#include "rnnts/forecast/series_table.hpp"

namespace tools {

struct ForecastPlan {
  ModelOptions model;
  std::size_t windows = 1, step_size = 1;  ///< of the backtest
  std::size_t season = 0;                  ///< of its naive forecasts; none if a series has no such before it
  std::size_t held_out = 0;                ///< last values of each series that it needs
  Lines lines = {};                        ///< what was chosen, and why
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

/// The largest number of values that cut a window into 14 segments or more, as equal ones.
inline std::size_t usual_segment(std::size_t look_back) {
  std::size_t segment = std::max<std::size_t>(1, look_back / 14);
  while (look_back % segment != 0) --segment;
  return segment;
}

/// Logarithms where all values are above 0, none is so small beside the others that its logarithm would be an outlier,
/// and some series varies by more than a hundredth, as else logarithms are too close to each other for a float.
inline std::pair<Scale, const char*> usual_scale(const rnnts::SeriesTable& table) {
  bool is_negative = false, has_zero = false, is_even = true, varies = false;
  for (const auto& [unique_id, values] : table) {
    const auto [low, high] = std::ranges::minmax(values);
    is_negative = is_negative || low < 0;
    has_zero = has_zero || low == 0;
    is_even = is_even && high < 1e4 * low;
    varies = varies || high > 1.01 * low;
  }
  if (is_negative) return {Scale::as_is, ""};
  if (has_zero || !is_even) return {Scale::not_negative, "never below 0, as no value is; "};
  if (!varies) return {Scale::as_is, ""};
  return {Scale::log, "logarithms, as all values are above 0; "};
}

}  // namespace detail

/// Throws DataError if a series is too short to hold out a horizon, ArgumentError if options do not fit each other.
inline ForecastPlan plan_forecast(const rnnts::SeriesTable& table, const ForecastArguments& asked) {
  using rnnts::detail::sentence;
  ForecastPlan plan;
  ModelOptions& m = plan.model;
  const auto chosen = [&](const char* name, std::size_t number, const std::string& why) {
    plan.lines.emplace_back(name, sentence(number, why.empty() ? "" : ": ", why));
  };

  std::size_t season = asked.data.season;
  m.horizon = asked.horizon > 0 ? asked.horizon : detail::usual_horizon(table, season);
  chosen("horizon", m.horizon, asked.horizon > 0 ? "as given" : "as none was given");

  const auto& shortest = *std::ranges::min_element(table, {}, [](const auto& one) { return one.second.size(); });
  const std::size_t n = shortest.second.size(), needed = std::max<std::size_t>(3 * m.horizon, 10);
  if (n < needed) {
    throw rnnts::DataError(sentence(asked.data.file, ": series \"", shortest.first, "\": expected at least ", needed,
                                    " values for a horizon of ", m.horizon, ", found ", n,
                                    "; a shorter --horizon needs fewer, or leave the series out"));
  }

  // The held-out part: a fifth of a single series, or of many the last horizon.
  const std::size_t part = std::max(m.horizon, std::min(n / 5, n - 2 * m.horizon)), last_origin = part - m.horizon;
  const std::size_t most = std::max<std::size_t>(1, 50 / table.size());
  plan.windows =
      asked.windows > 0 ? asked.windows : std::min(most, last_origin / std::max<std::size_t>(1, asked.step_size) + 1);
  plan.step_size = asked.step_size > 0 ? asked.step_size
                   : plan.windows > 1  ? std::max<std::size_t>(1, last_origin / (plan.windows - 1))
                                       : 1;
  plan.held_out = m.horizon + (plan.windows - 1) * plan.step_size;
  if (plan.held_out > n || n - plan.held_out < 2 * m.horizon) {
    throw rnnts::DataError(sentence(asked.data.file, ": series \"", shortest.first, "\": expected at least ",
                                    plan.held_out + 2 * m.horizon, " values for ", plan.windows, " windows of ",
                                    m.horizon, " steps, ", plan.step_size, " from one to the next, found ", n));
  }
  plan.season = season <= n - plan.held_out ? season : 0;
  plan.lines.emplace_back(
      "backtest", sentence(plan.windows, plan.windows == 1 ? " window" : " windows", ", ", plan.step_size,
                           plan.step_size == 1 ? " step" : " steps", " from one to the next: the last ", plan.held_out,
                           " values of each series are not trained with"));

  const std::size_t known = n - plan.held_out;
  if (asked.look_back > 0) {
    m.look_back = asked.look_back;
    chosen("look_back", m.look_back, "as given");
  } else {
    constexpr std::size_t enough = 32, without_season = 56;
    const std::size_t wish =
        season > 0 ? (std::max(2 * season, enough) + season - 1) / season * season : without_season;
    const std::size_t most_values = std::max<std::size_t>(1, (known - m.horizon) * 2 / 3);
    m.look_back = std::min(wish, most_values);
    if (season > 0 && m.look_back >= season) m.look_back -= m.look_back % season;
    chosen("look_back", m.look_back,
           m.look_back < wish ? "two thirds of what the shortest series has for it"
           : season > 0       ? sentence(m.look_back / season, " seasons")
                              : "as there is no season");
  }
  if (m.look_back > known - m.horizon) {
    throw rnnts::DataError(sentence(asked.data.file, ": series \"", shortest.first, "\": expected at least ",
                                    m.look_back + m.horizon + plan.held_out, " values for a look_back of ", m.look_back,
                                    " and the held-out part, found ", n));
  }
  m.segment = detail::usual_segment(m.look_back);
  chosen("segment", m.segment, "values that the net reads at once");

  if (season > m.look_back) {
    plan.lines.emplace_back("season", sentence(season, " steps: not looked at by the net, as a window is shorter"));
    season = 0;
  }
  m.season = season;
  m.level = season > 0 ? season : std::min<std::size_t>(m.look_back, 28);
  const auto [scale, why] = detail::usual_scale(table);
  m.scale = scale;
  m.spread = scale != Scale::log;
  plan.lines.emplace_back("data path", sentence(why, "minus the mean of a window's last ", m.level, " values",
                                                m.spread ? ", divided by their spread" : "",
                                                season > 0 ? "; learnt is the difference from the last season" : ""));

  std::size_t windows = 0;
  for (const auto& [unique_id, values] : table) windows += values.size() - plan.held_out - m.look_back - m.horizon + 1;
  constexpr std::size_t most_windows = 40000;
  m.stride = (windows + most_windows - 1) / most_windows;
  windows = (windows + m.stride - 1) / m.stride;
  m.epochs = asked.epochs > 0 ? asked.epochs : std::clamp<std::size_t>(most_windows / windows, 10, 60);
  m.batch_size = windows < 10000 ? 32 : 256;
  m.units = asked.units > 0 ? asked.units : 32;
  m.members = asked.members > 0 ? asked.members : table.size() < 10 ? 2 : 1;
  m.threads = std::min<std::size_t>(m.members, std::max(1u, std::thread::hardware_concurrency()));
  m.seed = asked.seed;
  m.ranks = asked.ranks;
  m.known = asked.data.known;
  m.past = asked.data.past;
  m.fixed = asked.data.fixed;
  plan.lines.emplace_back("net", sentence(m.members, m.members == 1 ? " net" : " nets whose mean is taken", ", GRU of ",
                                          m.units, " units beside a linear map"));
  plan.lines.emplace_back(
      "training", sentence(m.epochs, " epochs of ", windows, " windows", m.stride == 1 ? "" : ", every ",
                           m.stride == 1 ? "" : std::to_string(m.stride) + "th", ", in batches of ", m.batch_size));

  m.levels = asked.quantiles;
  m.levels.push_back(0.5);  // the forecast itself
  std::ranges::sort(m.levels);
  const auto repeated = std::ranges::unique(m.levels);
  m.levels.erase(repeated.begin(), repeated.end());
  return plan;
}

}  // namespace tools
