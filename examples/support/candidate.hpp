// Candidates: ways to forecast a series, and the choice among them on the training part alone.
#pragma once

#include <rnnts/core/error.hpp>
#include <rnnts/core/parallel_for.hpp>
#include <rnnts/core/random.hpp>
#include <rnnts/series/metrics.hpp>
#include <rnnts/series/split.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "options.hpp"
#include "report.hpp"
#include "table.hpp"

namespace examples {

/// What comes of one way to forecast, in the units of the series.
struct Run {
  Result result{};
  std::vector<float> train_forecasts{}, test_forecasts{};  ///< one step ahead, from true windows
  std::vector<float> repeated_forecasts{};                 ///< of the test part, each fed back as input; may be none
  std::string verdict{};                                   ///< of a net that loses to a forecast that needs none
};

/// Sets the mean absolute errors. There is a forecast of each value that has a whole window before it.
inline void judge(Run& run, std::span<const float> train, std::span<const float> test) {
  const auto error = [](std::span<const float> part, const std::vector<float>& forecasts) {
    return rnnts::mean_absolute_error(part.last(forecasts.size()), forecasts);
  };
  run.result.train_mae = error(train, run.train_forecasts);
  run.result.test_mae = error(test, run.test_forecasts);
}

// [candidate]
/// A way to forecast: learns from one part of a series, and is judged on another one.
template <class Series> struct Candidate {
  std::string name, title;
  std::function<Run(const Series& train, const Series& test, rnnts::Seed)> run;
  std::string setting{};       ///< tells it from others of the same name
  bool is_default = true;      ///< whether the example judges it on the test part, where others have its name
  bool can_be_chosen = false;  ///< else it is there to be compared with
};

/// Cuts a training part for the choice among candidates. Fold k is trained on all values before some time and judged
/// on the `length` values after it; the last fold on the last values. What a fold is judged on begins `look_back`
/// values earlier, with the first window.
template <class Series>
std::vector<rnnts::Split<Series>> rolling_origin(const Series& training_part, std::size_t folds, std::size_t length,
                                                 std::size_t look_back) {
  if (training_part.size() < folds * length + look_back + 1) {
    throw rnnts::DataError("the training part is too short to be validated on its end");
  }
  std::vector<rnnts::Split<Series>> result;
  for (std::size_t k = folds; k > 0; --k) {
    const std::size_t origin = training_part.size() - k * length;
    result.push_back({.train = training_part.subspan(0, origin),
                      .test = training_part.subspan(origin - look_back, look_back + length)});
  }
  return result;
}

/// The mean error of a candidate over the folds.
template <class Series>
double validation_error(const Candidate<Series>& candidate, const std::vector<rnnts::Split<Series>>& folds,
                        rnnts::Seed seed) {
  double sum = 0;
  for (const auto& [train, validation] : folds) sum += candidate.run(train, validation, seed).result.test_mae;
  return sum / static_cast<double>(folds.size());
}
// [/candidate]

/// Compares candidates by their errors on the folds of a training part: no test part in sight. The best of each name
/// is the one with the lowest mean over the seeds. Trainings run side by side, one thread each.
template <class Series>
void select(const std::vector<Candidate<Series>>& candidates, const std::vector<rnnts::Split<Series>>& folds,
            const Options& options) {
  const std::size_t seeds = options.seeds;
  std::vector<double> errors(candidates.size() * seeds);  // those of one candidate stand together
  const auto train_one = [&](std::size_t k) {
    const auto& candidate = candidates[k / seeds];
    if (k % seeds == 0)
      std::cerr << "trying " + candidate.name + ' ' + candidate.setting + '\n';  // one string: one line
    errors[k] = validation_error(candidate, folds, rnnts::seed(options.seed + k % seeds));
  };
  rnnts::parallel_for(errors.size(), train_one, options.threads);

  std::vector<Spread> spreads;
  std::map<std::string, double> lowest;  // mean of each name
  for (std::size_t k = 0; k < candidates.size(); ++k) {
    const auto of_candidate = std::span(errors).subspan(k * seeds, seeds);
    const double mean = spreads.emplace_back(std::vector(of_candidate.begin(), of_candidate.end())).mean;
    const auto before = lowest.try_emplace(candidates[k].name, mean).first;
    before->second = std::min(before->second, mean);
  }

  std::vector<Row> rows{{"model", "setting", "val MAE", "lowest", "highest", ""}};
  for (std::size_t k = 0; k < candidates.size(); ++k) {
    const auto& [name, title, run, setting, is_default, can_be_chosen] = candidates[k];
    const bool is_best = spreads[k].mean == lowest[name];
    rows.push_back({name, setting, with_digits(spreads[k].mean, 3), with_digits(spreads[k].lowest, 3),
                    with_digits(spreads[k].highest, 3),
                    std::string(is_best ? "best " : "") + (is_default ? "default" : "")});
  }
  std::cout << "\nMean absolute errors in the folds of the training part, means over " << seeds
            << " seeds, and their spread\n\n"
            << table(rows, 2);
}

}  // namespace examples
