#include "forecast_search.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/known_at.hpp"
#include "rnnts/forecast/point_errors.hpp"
#include "rnnts/forecast/search.hpp"
#include "search_or_failure.hpp"

namespace tools {

using rnnts::ForecastSeries;
using rnnts::SearchSpace;
using rnnts::Setting;
using rnnts::Trial;
using rnnts::detail::rounded;
using rnnts::detail::sentence;

double error_of_last(const ForecastModel& model, const std::vector<ForecastSeries>& series, const Windows& windows,
                     std::size_t season) {
  const std::size_t H = model.options().horizon, least = model.least_values();
  const auto origin = [&](std::size_t s, std::size_t w) {
    return series[s].values.size() - H - (windows.count - 1 - w) * windows.step_size;
  };
  std::vector<rnnts::Forecast> forecasts;  // of each window
  for (std::size_t w = 0; w < windows.count; ++w) {
    std::vector<std::span<const double>> histories;
    for (std::size_t s = 0; s < series.size(); ++s) {
      histories.push_back(std::span(series[s].values).subspan(origin(s, w) - least, least));
    }
    forecasts.push_back(model.predict(rnnts::detail::known_at(series, histories, H)));
  }
  std::vector<rnnts::PointForecast> all;
  for (std::size_t s = 0; s < series.size(); ++s) {
    const std::span<const double> values(series[s].values);
    for (std::size_t w = 0; w < windows.count; ++w) {
      all.push_back({.series = s,
                     .history = values.first(origin(s, w)),
                     .actual = values.subspan(origin(s, w), H),
                     .forecast = forecasts[w].mean(s)});
    }
  }
  const auto errors = rnnts::point_errors(all, std::max<std::size_t>(1, season)).together;
  return series.size() == 1 ? errors.mae : errors.mase.value_or(errors.mae);
}

namespace {

std::atomic<int> interrupted = 0;  // the handler runs in one thread, and those of the trials ask
static_assert(std::atomic<int>::is_always_lock_free, "A handler of signals may set atomics without locks alone.");

extern "C" void note_interrupt(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);  // a second one ends the program
}

/// Notes Ctrl-C instead of ending the program, once.
class Interruptible {
 public:
  Interruptible() { interrupted = 0; }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  ~Interruptible() { std::signal(SIGINT, before_); }

 private:
  void (*before_)(int) = std::signal(SIGINT, note_interrupt);
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Another one for other data, other options or another seed, so that the trials in a file are known to be of these.
rnnts::Seed seed_of(const std::vector<ForecastSeries>& known, const ForecastPlan& plan,
                    const ForecastArguments& asked) {
  std::uint64_t hash = 1469598103934665603u;  // FNV-1a
  const auto add = [&](std::uint64_t number) {
    for (int byte = 0; byte < 8; ++byte, number >>= 8) hash = (hash ^ (number & 255)) * 1099511628211u;
  };
  const auto add_all = [&](const std::vector<double>& numbers) {
    add(numbers.size());
    for (const double number : numbers) add(std::bit_cast<std::uint64_t>(number));
  };
  const ModelOptions& m = plan.model;
  for (const std::uint64_t number :
       {std::uint64_t{asked.seed}, std::uint64_t{m.horizon}, std::uint64_t{m.epochs},
        std::uint64_t{plan.validation.count}, std::uint64_t{plan.validation.step_size}, std::uint64_t{m.look_back},
        std::uint64_t{m.units}, std::uint64_t{m.level}, std::uint64_t{m.season}, static_cast<std::uint64_t>(m.net)}) {
    add(number);
  }
  add_all(m.levels);
  for (const ForecastSeries& one : known) {
    add_all(one.values);
    for (const auto* const columns : {&one.known, &one.past}) {
      for (const auto& [name, numbers] : *columns) add_all(numbers);
    }
    for (const auto& [name, number] : one.fixed) add(std::bit_cast<std::uint64_t>(number));
  }
  return rnnts::seed(hash);
}

SearchSpace space_of(const ForecastPlan& plan, const ForecastArguments& asked, std::size_t most_look_back,
                     bool has_calendar) {
  const ModelOptions& m = plan.model;
  SearchSpace space;
  const auto add = [&](const char* name, std::vector<Setting> values) {
    if (values.size() > 1) space.push_back({name, rnnts::Choice(std::move(values))});
  };
  if (asked.look_back == 0) {
    std::vector<Setting> lengths;
    const std::size_t unit = m.season > 0 ? m.season : 14;
    for (const unsigned count : {1u, 2u, 3u, 4u, 7u, 14u}) {
      if (count * unit >= 7 && count * unit <= most_look_back) lengths.emplace_back(count * unit);
    }
    add("look_back", std::move(lengths));
  }
  if (asked.units == 0) add("units", {8, 16, 32, 64});
  space.push_back({"learning_rate", rnnts::LogUniform{1e-3, 1e-2}});
  if (m.scale == Scale::log) add("scale", {"log", "as it is"});
  add("level", m.season > 0 ? std::vector<Setting>{m.season, 2 * m.season} : std::vector<Setting>{7, 28});
  if (m.season > 0 && !asked.data.season_given) add("season", {"difference", "as it is"});
  if (has_calendar) add("calendar", {"no", "yes"});
  return space;
}

/// The plan's options, with the settings of a trial.
ModelOptions options_of(const Trial& trial, const ForecastPlan& plan, const std::vector<std::string>& calendar) {
  ModelOptions m = plan.model;
  for (const auto& [name, setting] : trial.settings) {
    if (name == "look_back") m.look_back = trial.integer(name);
    if (name == "units") m.units = trial.integer(name);
    if (name == "learning_rate") m.learning_rate = trial.number(name);
    if (name == "level") m.level = trial.integer(name);
    if (name == "scale" && setting.text() != "log") m.scale = Scale::not_negative;
    if (name == "season" && setting.text() != "difference") m.season = 0;
    if (name == "calendar" && setting.text() == "yes") m.known.insert(m.known.end(), calendar.begin(), calendar.end());
  }
  m.segment = detail::usual_segment(m);
  m.spread = m.scale != Scale::log;
  m.level = std::min(m.level, m.look_back);
  if (m.season > m.look_back) m.season = 0;
  return m;
}

/// Says what the search has come to, and with settings of its own, what was chosen.
void say(ForecastPlan& plan, const Searched& searched, const rnnts::SeriesTable& table,
         const ForecastArguments& asked) {
  const auto& trials = searched.result.trials;
  if (!searched.failure.empty()) {
    plan.say("search", sentence(searched.failure, "; the usual settings remain"));
    return;
  }
  plan.say("search",
           sentence(searched.is_interrupted ? "interrupted after " : "", trials.size(), " trials in ",
                    rounded(searched.seconds, 3), " s, judged on the windows before the held-out part: ",
                    trials.empty() ? "no time for one beside that of the usual settings"
                                   : sentence("an error of ", rounded(*searched.result.best().error), " against ",
                                              rounded(*searched.usual_error), " of the usual settings, which ",
                                              searched.is_better ? "are given up" : "remain")));
  if (!searched.is_better) return;
  const ModelOptions& m = plan.model;
  const char* const scale = m.scale == Scale::log            ? "logarithms; "
                            : m.scale == Scale::not_negative ? "never below 0; "
                                                             : "";
  plan.say("look_back", sentence(m.look_back, asked.look_back > 0 ? ": as given" : ": by the search"));
  plan.say("segment", sentence(m.segment, ": values that the net reads at once"));
  plan.say("data path", scale + detail::text_of_window(m));
  plan.say("net", detail::net_text(m));
  plan.say("training", detail::training_text(m, detail::trained_windows(table, plan.held_out, m)));
  plan.say("learning rate", rounded(m.learning_rate, 3));
}

}  // namespace

Searched search_settings(ForecastPlan& plan, rnnts::SeriesTable& table, ForecastArguments& asked,
                         const std::filesystem::path& file) {
  constexpr std::size_t most_trials = 81;
  if (plan.validation.count == 0) {
    plan.say("search", "none, as the shortest series has no part before the held-out one to judge trials by");
    return {};
  }
  const auto begin = std::chrono::steady_clock::now();
  const Interruptible interruptible;
  Lines of_calendar;
  std::vector<std::string> calendar;
  try {
    if (!asked.data.calendar) calendar = add_calendar(table, plan.model.horizon, of_calendar);
  } catch (const rnnts::ArgumentError&) {  // there is none for this frequency
  }
  const auto known = without_last(table, plan.held_out), training = without_last(table, plan.kept_back());
  const auto error_of = [&](ModelOptions options, std::size_t epochs, std::uint64_t seed) {
    options.epochs = epochs;
    options.seed = seed;
    options.members = options.threads = 1;
    ForecastModel model(options);
    model.fit(training);
    return error_of_last(model, known, plan.validation, plan.season);
  };
  Searched searched{.usual_error = error_of(plan.model, plan.model.epochs, plan.model.seed)};
  const double of_one = seconds_since(begin);  // about what the last trials may take longer

  const auto shortest =
      std::ranges::min_element(training, {}, [](const ForecastSeries& one) { return one.values.size(); });
  const SearchSpace space = space_of(plan, asked, shortest->values.size() - 2 * plan.model.horizon, !calendar.empty());
  const double left = asked.budget - 2 * of_one;
  if ((left > 0 || asked.resume) && interrupted == 0) {
    const auto judge = [&](const Trial& trial) {
      return error_of(options_of(trial, plan, calendar), trial.part_of(plan.model.epochs), trial.seed.value);
    };
    std::tie(searched.result, searched.failure) = search_or_failure(space, judge,
                                                                    {.trials = most_trials,
                                                                     .seconds = std::max(left, 1e-3),
                                                                     .file = file,
                                                                     .seed = seed_of(known, plan, asked),
                                                                     .stop = [] { return interrupted != 0; }});
  }
  searched.is_interrupted = interrupted != 0;
  const auto& trials = searched.result.trials;
  if (!trials.empty() && *searched.result.best().error < *searched.usual_error) {
    const auto of_user = plan.model.known.size();
    plan.model = options_of(searched.result.best(), plan, calendar);
    searched.is_better = true;
    if (plan.model.known.size() > of_user) {
      asked.data.calendar = true;
      plan.lines.insert(plan.lines.end(), of_calendar.begin(), of_calendar.end());
    }
  }
  searched.seconds = seconds_since(begin);
  say(plan, searched, table, asked);
  return searched;
}

}  // namespace tools
