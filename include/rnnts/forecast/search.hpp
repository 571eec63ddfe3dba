// search: which sizes, which learning rate, which data path. Successive halving, side by side on all cores.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/check_threads.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/parallel_for.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/forecast/search_result.hpp"
#include "rnnts/forecast/search_space.hpp"
#include "rnnts/forecast/trial_file.hpp"

namespace rnnts::inline RNNTS_ABI {

/// The budget of a search is a number of trials, a time, or both; one of them is to be given.
struct SearchOptions {
  std::size_t trials = 0;  ///< that are drawn and judged with the smallest effort; 0: as many as there is time for
  double seconds = 0;      ///< after which no further one is begun; 0: no limit
  std::size_t rungs = 3;   ///< efforts, of which the largest is 1; with 1 all trials are judged with it
  std::size_t factor = 3;  ///< from one effort to the next; the best of so many trials goes on
  std::filesystem::path file = {};           ///< of the trials that are done, which are not run again; none if empty
  Seed seed = {};                            ///< of the trials
  std::size_t threads = hardware_threads();  ///< trials are judged side by side
  /// Settings of the space to compare with, which are judged first, as trial 0, with the whole effort and whatever time
  /// there is; none if empty.
  std::vector<std::pair<std::string, Setting>> usual = {};
  std::function<void(const TrialResult&)> on_trial = {};  ///< called after each of them, by one thread at a time
  std::function<bool()> stop = {};                        ///< asked before each of them: true ends the search
};

namespace detail {

class Search {
 public:
  using Judge = std::function<TrialErrors(const Trial&)>;

  /// `clock` tells seconds since some moment.
  Search(const SearchSpace& space, const Judge& judge, const SearchOptions& options, std::function<double()> clock)
      : space_(space),
        judge_(judge),
        options_(options),
        clock_(std::move(clock)),
        random_(options.seed),
        file_(options.file, space) {}

  SearchResult run() {
    const double end = clock_() + options_.seconds;
    if (!options_.usual.empty()) judge_usual();
    const double begin = clock_(), left = std::max(0.0, end - begin);
    std::vector<Trial> candidates;  // of the next rung, the best first
    for (std::size_t rung = 0; rung < options_.rungs; ++rung) {
      if (candidates.size() == 1 && rung + 1 < options_.rungs) continue;  // nothing to choose
      const double effort = 1 / std::pow(options_.factor, options_.rungs - 1 - rung);
      const double share = static_cast<double>(rung + 1) / static_cast<double>(options_.rungs);
      deadline_ = options_.seconds == 0 ? std::numeric_limits<double>::infinity() : begin + left * share;
      const std::size_t before = done_.size();
      if (rung > 0) add_known(effort, candidates);
      std::size_t next = 0;
      judge_all([&]() -> std::optional<Trial> {
        if (rung == 0) return draw(effort);
        if (next == candidates.size()) return {};
        Trial trial = candidates[next++];
        trial.effort = effort;
        return trial;
      });
      if (done_.size() == before) continue;  // no time: those that were the best remain
      std::vector<TrialResult> judged(done_.begin() + static_cast<std::ptrdiff_t>(before), done_.end());
      const std::size_t survivors = std::max<std::size_t>(1, judged.size() / options_.factor);
      std::erase_if(judged, [](const TrialResult& trial) { return !trial.error; });
      std::ranges::sort(judged, {}, [](const TrialResult& trial) { return std::pair(*trial.error, trial.index); });
      judged.resize(std::min(survivors, judged.size()));
      candidates.assign(judged.begin(), judged.end());
    }
    std::ranges::sort(done_, {}, [](const TrialResult& trial) { return std::pair(trial.effort, trial.index); });
    SearchResult result{std::move(done_), std::move(usual_)};
    const auto& trials = result.trials;
    const bool has_usual = result.usual && result.usual->error;
    if (!has_usual && !trials.empty() && !result.has_best()) {
      throw Error(sentence("search: all ", trials.size(), " trials failed, ", trials[0].describe(),
                           " with: ", trials[0].failure));
    }
    return result;
  }

 private:
  void judge_usual() {
    const Trial trial{.index = 0, .effort = 1, .seed = random_.draw_seed(), .settings = options_.usual};
    drawn_.insert(texts_of(trial));
    usual_ = file_.find(trial);
    if (!usual_) {
      usual_ = judged(trial);
      if (usual_->error) file_.add(*usual_);
    }
    if (options_.on_trial) options_.on_trial(*usual_);
  }

  static std::vector<std::string> texts_of(const Trial& trial) {
    std::vector<std::string> texts;
    for (const auto& [name, setting] : trial.settings) texts.push_back(setting.text());
    return texts;
  }

  /// The next one of a setting that there was not; none if there are as many as were asked for, or hardly another.
  std::optional<Trial> draw(double effort) {
    if (options_.trials > 0 && drawn_.size() == options_.trials + (usual_ ? 1 : 0)) return {};
    for (std::size_t attempt = 0; attempt < 1000; ++attempt) {
      Trial trial{.index = drawn_.size(),
                  .effort = effort,
                  .seed = random_.draw_seed(),
                  .settings = draw_settings(space_, random_)};
      if (drawn_.insert(texts_of(trial)).second) return trial;
    }
    return {};
  }

  /// Adds those that the file has with this effort, from a run that had more time or less, and puts them first.
  void add_known(double effort, std::vector<Trial>& candidates) const {
    const auto is_known = [&](Trial trial) {
      trial.effort = effort;
      return file_.find(trial).has_value();
    };
    std::vector<Trial> known;
    for (const Trial& trial : done_) {
      const bool is_new = std::ranges::find(known, trial.index, &Trial::index) == known.end();
      if (is_new && is_known(trial)) known.push_back(trial);
    }
    std::erase_if(candidates, is_known);
    candidates.insert(candidates.begin(), known.begin(), known.end());
  }

  /// Calls it by one thread at a time. After it has thrown, no further trial is begun.
  template <class F> auto alone(F function) {
    const std::scoped_lock lock(mutex_);
    try {
      return function();
    } catch (...) {
      stopped_ = true;
      throw;
    }
  }

  /// Judges what `next` gives, by several threads, until it gives nothing, or there is no time.
  void judge_all(FunctionRef<std::optional<Trial>()> next) {
    const auto begin_one = [&]() -> std::optional<Trial> {
      while (std::optional<Trial> trial = next()) {
        std::optional<TrialResult> known = file_.find(*trial);
        if (known) {
          end_one(std::move(*known));  // takes no time
        } else {
          return is_over() ? std::nullopt : trial;
        }
      }
      return {};
    };
    parallel_for(
        options_.threads,
        [&](std::size_t) {
          while (const std::optional<Trial> trial = alone(begin_one)) {
            TrialResult result = judged(*trial);
            alone([&] {
              if (result.error) file_.add(result);
              end_one(std::move(result));
            });
          }
        },
        options_.threads);
  }

  bool is_over() {
    stopped_ = stopped_ || (options_.stop && options_.stop());
    return stopped_ || clock_() > deadline_;
  }

  void end_one(TrialResult result) {
    done_.push_back(std::move(result));
    if (options_.on_trial) options_.on_trial(done_.back());
  }

  TrialResult judged(const Trial& trial) const {
    TrialResult result{trial};
    const double begin = clock_();
    try {
      TrialErrors found = judge_(trial);
      const auto is_finite = [](double error) { return std::isfinite(error); };
      if (!is_finite(found.error)) throw Error(sentence("expected a finite error, found ", found.error));
      if (!std::ranges::all_of(found.cases, is_finite)) throw Error("expected finite errors of its cases");
      result.error = found.error;
      result.cases = std::move(found.cases);
    } catch (const std::exception& failure) {
      result.failure = failure.what();
    } catch (...) {
      result.failure = "what was thrown is no std::exception";
    }
    result.seconds = clock_() - begin;
    return result;
  }

  const SearchSpace& space_;
  const Judge& judge_;
  const SearchOptions& options_;
  const std::function<double()> clock_;
  double deadline_ = 0;
  Random random_;
  std::mutex mutex_;  ///< of what follows, and of `next`
  TrialFile file_;
  std::set<std::vector<std::string>> drawn_;
  std::vector<TrialResult> done_;
  std::optional<TrialResult> usual_;
  bool stopped_ = false;
};

/// By the clock that never goes back.
inline double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

[[gnu::cold]] inline void check(const SearchOptions& options, const SearchSpace& space) {
  const auto require = [](bool fulfilled, std::string_view option, std::string_view expected) {
    if (!fulfilled) throw ArgumentError(sentence("search: ", option, ": expected ", expected));
  };
  require(options.seconds >= 0 && std::isfinite(options.seconds), "seconds", "a finite number, not below 0");
  require(options.trials > 0 || options.seconds > 0, "budget", "trials or seconds above 0, found neither");
  require(options.rungs > 0, "rungs", "at least 1, found 0");
  require(options.factor > 1, "factor", "at least 2");
  check_threads("search", options.threads);
  const bool are_of_space =
      std::ranges::equal(options.usual, space, {}, &std::pair<std::string, Setting>::first, &SearchDimension::name);
  require(options.usual.empty() || are_of_space, "usual", "a setting for each name of the space, in its order");
}

}  // namespace detail

/// Draws trials from the space, has all of them judged with little effort, the best of them with more, and the best of
/// those with the whole: successive halving (Jamieson and Talwalkar, "Non-stochastic best arm identification and
/// hyperparameter optimization", AISTATS 2016). A trial is drawn once.
///
///     const SearchSpace space{{"units", Integers{8, 64}}, {"path", Choice{"level", "log level"}}};
///     std::cout << search(space, error_of, {.trials = 27});
///
/// `judge(trial)` makes a forecaster of the trial's settings, spends `trial.effort` of the whole on it, as epochs, and
/// returns an error on values that it was not trained on, as that of a backtest; smaller is better. It is called by
/// several threads at once. Of 27 trials, all are judged with an effort of 1/9, the best 9 of them with 1/3, and the
/// best 3 of these with the whole. Each effort has the same part of the seconds. Without seconds, the same seed gives
/// the same result with any number of threads.
///
/// The best of many is ahead by chance, too. Where there are settings that will do, `options.usual`, and `judge`
/// returns TrialErrors with the errors of cases, `SearchResult::beats_usual` says whether to give them up.
///
/// A trial fails where `judge` throws, or its error is not finite; the others go on. Throws ArgumentError if there is
/// nothing to choose from, no budget, or an option cannot be used; FileError if the file is of another search, or
/// cannot be read or written; Error, with the first failure, if all trials failed, the usual settings among them.
[[gnu::noinline]] inline SearchResult search(const SearchSpace& space,
                                             const std::function<TrialErrors(const Trial&)>& judge,
                                             const SearchOptions& options) {
  detail::check_space(space);
  detail::check(options, space);
  return detail::Search(space, judge, options, detail::steady_seconds).run();
}

}  // namespace rnnts::inline RNNTS_ABI
