// SearchResult: the trials of a search, which was the best, and whether by chance.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/search_space.hpp"
#include "rnnts/series/diebold_mariano.hpp"

namespace rnnts::inline RNNTS_ABI {

/// What the forecasts of a trial come to. A number alone is an error without cases.
struct TrialErrors {
  TrialErrors(double of_all, std::vector<double> of_cases = {}) : error(of_all), cases(std::move(of_cases)) {}

  double error;               ///< smaller is better
  std::vector<double> cases;  ///< of each case by itself, such as do not depend on each other: windows that do not
                              ///< overlap, or series; the same ones for each trial
};

/// A trial that has been judged, with one effort.
struct TrialResult : Trial {
  std::optional<double> error = {};  ///< smaller is better; none if it failed
  std::vector<double> cases = {};    ///< as in TrialErrors
  std::string failure = {};          ///< why
  double seconds = 0;                ///< that it took
};

/// What `search` gives.
struct SearchResult {
  std::vector<TrialResult> trials = {};   ///< by effort, the smallest first, and then by their index
  std::optional<TrialResult> usual = {};  ///< that of SearchOptions::usual, with the whole effort

  /// The one with the smallest error of those with the largest effort.
  ///
  /// Throws Error if no trial has an error.
  const TrialResult& best() const {
    const TrialResult* best = nullptr;
    for (const TrialResult& trial : trials) {
      if (!trial.error) continue;
      if (best == nullptr || trial.effort > best->effort ||
          (trial.effort == best->effort && *trial.error < *best->error)) {
        best = &trial;
      }
    }
    if (best == nullptr) throw Error("SearchResult: there is no best trial, as none has been judged");
    return *best;
  }

  /// Whether a trial has an error.
  bool has_best() const {
    return std::ranges::any_of(trials, [](const TrialResult& trial) { return trial.error.has_value(); });
  }

  /// By how many of its standard errors the mean difference between the cases of the usual settings and those of the
  /// best trial is above 0; below 0 where that trial has the larger ones. None without two cases of both.
  ///
  /// Throws Error if no trial has an error.
  std::optional<double> standard_errors_ahead() const {
    const std::vector<double>& mine = best().cases;
    if (!usual || mine.size() < 2 || mine.size() != usual->cases.size()) return {};
    return -diebold_mariano(mine, usual->cases).statistic;
  }

  /// Whether to give up the usual settings, as the best trial has a smaller error, and is ahead by more than one
  /// standard error in ten cases or more. This is the rule of one standard error, which leaves what is simple unless
  /// something else is clearly better (Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees"
  /// (1984), 3.4.3), with their ten cases, for differences.
  ///
  /// Throws Error if no trial has an error.
  bool beats_usual() const {
    const TrialResult& found = best();
    return usual && usual->error && *found.error < *usual->error && found.cases.size() >= least_cases &&
           standard_errors_ahead().value_or(0) > 1;
  }
  static constexpr std::size_t least_cases = 10;

  /// A table of the trials, the usual settings first, the best one and what failed under it.
  std::string text() const {
    std::vector<std::vector<std::string>> rows{{"trial", "effort", "error", "seconds"}};
    std::string failures;
    const auto text_of = [](const Setting& setting) {
      return setting.number() == nullptr ? setting.text() : detail::rounded(*setting.number(), 6);
    };
    const auto add = [&](const TrialResult& trial) {
      std::vector<std::string> row{std::to_string(trial.index), detail::rounded(trial.effort, 3),
                                   trial.error ? detail::rounded(*trial.error) : "failed",
                                   detail::rounded(trial.seconds, 3)};
      for (const auto& [name, setting] : trial.settings) {
        if (rows.size() == 1) rows[0].push_back(name);
        row.push_back(text_of(setting));
      }
      rows.push_back(std::move(row));
      if (!trial.error) failures += detail::sentence(trial.describe(), " failed: ", trial.failure, "\n");
    };
    if (usual) add(*usual);
    std::ranges::for_each(trials, add);
    std::string text = detail::format_table(rows);
    if (has_best())
      text += detail::sentence("\nbest: ", best().describe(), ", error ", detail::rounded(*best().error), "\n");
    if (usual && usual->error) {
      text += detail::sentence("usual settings: error ", detail::rounded(*usual->error));
      const auto ahead = has_best() ? standard_errors_ahead() : std::nullopt;
      if (ahead) text += detail::sentence(", the best is ahead by ", detail::rounded(*ahead, 2), " standard errors");
      text += "\n";
    }
    return text + (failures.empty() ? "" : "\n" + failures);
  }

  friend std::ostream& operator<<(std::ostream& out, const SearchResult& result) { return out << result.text(); }
};

}  // namespace rnnts::inline RNNTS_ABI
