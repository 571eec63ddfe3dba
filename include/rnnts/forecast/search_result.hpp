// SearchResult: the trials of a search, and which was the best.
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

namespace rnnts::inline RNNTS_ABI {

/// A trial that has been judged, with one effort.
struct TrialResult : Trial {
  std::optional<double> error = {};  ///< smaller is better; none if it failed
  std::string failure = {};          ///< why
  double seconds = 0;                ///< that it took
};

/// What `search` gives.
struct SearchResult {
  std::vector<TrialResult> trials = {};  ///< by effort, the smallest first, and then by their index

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

  /// A table of the trials, the best one and what failed under it.
  std::string text() const {
    std::vector<std::vector<std::string>> rows{{"trial", "effort", "error", "seconds"}};
    std::string failures;
    const auto text_of = [](const Setting& setting) {
      return setting.number() == nullptr ? setting.text() : detail::rounded(*setting.number(), 6);
    };
    for (const TrialResult& trial : trials) {
      std::vector<std::string> row{std::to_string(trial.index), detail::rounded(trial.effort, 3),
                                   trial.error ? detail::rounded(*trial.error) : "failed",
                                   detail::rounded(trial.seconds, 3)};
      for (const auto& [name, setting] : trial.settings) {
        if (rows.size() == 1) rows[0].push_back(name);
        row.push_back(text_of(setting));
      }
      rows.push_back(std::move(row));
      if (!trial.error) failures += detail::sentence(trial.describe(), " failed: ", trial.failure, "\n");
    }
    std::string text = detail::format_table(rows);
    const bool has_best = std::ranges::any_of(trials, [](const TrialResult& trial) { return trial.error.has_value(); });
    if (has_best)
      text += detail::sentence("\nbest: ", best().describe(), ", error ", detail::rounded(*best().error), "\n");
    return text + (failures.empty() ? "" : "\n" + failures);
  }

  friend std::ostream& operator<<(std::ostream& out, const SearchResult& result) { return out << result.text(); }
};

}  // namespace rnnts::inline RNNTS_ABI
