#include "forecast_search.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/known_at.hpp"
#include "rnnts/forecast/point_errors.hpp"
#include "rnnts/forecast/search.hpp"
#include "trial_cases.hpp"

namespace tools {

using rnnts::ForecastSeries;
using rnnts::SearchSpace;
using rnnts::Setting;
using rnnts::Trial;
using rnnts::detail::counted;
using rnnts::detail::rounded;
using rnnts::detail::sentence;

rnnts::TrialErrors errors_of_last(const ForecastModel& model, const std::vector<ForecastSeries>& series,
                                  const Windows& windows, std::size_t season) {
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
  std::vector<double> absolute, scaled;  // of each series and window; NaN where no value came
  bool has_scale = true;
  for (std::size_t s = 0; s < series.size(); ++s) {
    const std::span<const double> values(series[s].values);
    for (std::size_t w = 0; w < windows.count; ++w) {
      const rnnts::PointForecast one{.history = values.first(origin(s, w)),
                                     .actual = values.subspan(origin(s, w), H),
                                     .forecast = forecasts[w].mean(s)};
      const auto errors = rnnts::point_errors({&one, 1}, std::max<std::size_t>(1, season)).together;
      absolute.push_back(errors.mae);
      scaled.push_back(errors.mase.value_or(std::numeric_limits<double>::quiet_NaN()));
      has_scale = has_scale && (errors.mase || errors.values == 0);
    }
  }
  const auto& all = series.size() > 1 && has_scale ? scaled : absolute;
  return {detail::mean_of_known(all), trial_cases(all, windows, H)};
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
  if (m.masked) add(1);
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

/// What the plan has, in the words of the space.
std::vector<std::pair<std::string, Setting>> usual_settings(const SearchSpace& space, const ForecastPlan& plan) {
  const ModelOptions& m = plan.model;
  const std::vector<std::pair<std::string, Setting>> all{
      {"look_back", m.look_back}, {"units", m.units}, {"learning_rate", m.learning_rate},
      {"scale", "log"},           {"level", m.level}, {"season", "difference"},
      {"calendar", "no"}};
  std::vector<std::pair<std::string, Setting>> settings;
  for (const auto& dimension : space) {
    settings.push_back(*std::ranges::find(all, dimension.name, &std::pair<std::string, Setting>::first));
  }
  return settings;
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

/// What the search has come to, in words.
std::string text_of(const Searched& searched) {
  const rnnts::SearchResult& result = searched.result;
  std::string text = sentence(searched.is_interrupted ? "interrupted after " : "", result.trials.size(), " trials in ",
                              rounded(searched.seconds, 3), " s, judged on the windows before the held-out part: ");
  if (result.trials.empty()) return text + "no time for one beside that of the usual settings, which remain";
  if (!result.has_best()) {
    return text + sentence("all failed, the first one with: ", result.trials[0].failure, "; the usual settings remain");
  }
  text += sentence("an error of ", rounded(*result.best().error), " against ", rounded(*result.usual->error),
                   " of the usual settings, which ");
  const std::size_t cases = result.best().cases.size();
  const double ahead = result.standard_errors_ahead().value_or(0);
  if (*result.best().error >= *result.usual->error) return text + "remain";
  return text + sentence(searched.is_better ? "are given up" : "remain", ": it is ahead by ", rounded(ahead, 2),
                         " standard errors in ", cases, " cases that do not depend on each other, where ",
                         searched.is_better ? "more than 1 is asked for" : "1 or less may be chance");
}

/// Says what the search has come to, and with settings of its own, what was chosen.
void say(ForecastPlan& plan, const Searched& searched, const rnnts::SeriesTable& table,
         const ForecastArguments& asked) {
  plan.say("search", text_of(searched));
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
                         const std::filesystem::path& file, const std::function<void(const std::string&)>& tell) {
  constexpr std::size_t most_trials = 81;
  if (plan.validation.count == 0) {
    plan.say("search", "none, as the shortest series has no part before the held-out one to judge trials by");
    return {};
  }
  constexpr std::size_t least = rnnts::SearchResult::least_cases;
  if (const auto cases = count_of_cases(table.size(), plan.validation, plan.model.horizon); cases < least) {
    plan.say("search", sentence("none, as only ", counted(cases, "forecast", "forecasts"),
                                " before the held-out part do not depend on each other, and to tell better settings "
                                "from chance takes ",
                                least));
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
  const auto shortest =
      std::ranges::min_element(training, {}, [](const ForecastSeries& one) { return one.values.size(); });
  const SearchSpace space = space_of(plan, asked, shortest->values.size() - 2 * plan.model.horizon, !calendar.empty());
  const auto judge = [&](const Trial& trial) {
    ModelOptions options = options_of(trial, plan, calendar);
    options.epochs = trial.part_of(plan.model.epochs);
    options.seed = trial.seed.value;
    options.members = options.threads = 1;
    require_values_before(table, asked.data.file, plan.validation, options.horizon, options.look_back, plan.held_out);
    require_values_before(table, asked.data.file, plan.backtest, options.horizon, options.look_back, 0);
    ForecastModel model(options);
    model.fit(training);
    return errors_of_last(model, known, plan.validation, plan.season);
  };
  std::optional<double> of_usual, smallest;  // seconds, which the last trial may take too; error
  std::size_t done = 0;
  Searched searched;
  searched.result = rnnts::search(
      space, judge,
      {.trials = most_trials,
       .seconds = asked.budget,
       .file = file,
       .seed = seed_of(known, plan, asked),
       .usual = usual_settings(space, plan),
       .on_trial =
           [&](const rnnts::TrialResult& trial) {
             if (!of_usual) of_usual = trial.seconds;
             if (trial.error) smallest = std::min(*trial.error, smallest.value_or(*trial.error));
             tell(sentence(++done, " trials", smallest ? ", smallest error " + rounded(*smallest) : "", ", ",
                           rounded(seconds_since(begin), 2), " of ", asked.budget, " s"));
           },
       .stop = [&] { return interrupted != 0 || seconds_since(begin) + of_usual.value_or(0) > asked.budget; }});
  searched.is_interrupted = interrupted != 0;
  const rnnts::SearchResult& result = searched.result;
  if (!result.usual->error) throw rnnts::Error("with the usual settings: " + result.usual->failure);
  if (result.has_best() && result.beats_usual()) {
    const auto of_user = plan.model.known.size();
    plan.model = options_of(result.best(), plan, calendar);
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
