// A study: models trained with several seeds and judged on the test part, and the one that validation chooses.
#pragma once

#include <rnnts/core/random.hpp>
#include <rnnts/series/split.hpp>

#include <cstddef>
#include <functional>
#include <iostream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "candidate.hpp"
#include "options.hpp"
#include "report.hpp"

namespace examples {

/// Runs one model after the other and collects what they give.
template <class Series> class Study {
 public:
  using Draw = std::function<void(const Run&, const std::string& name, const std::string& title)>;

  /// `folds` are of the training part. `draw` draws the run with the first seed.
  Study(rnnts::Split<Series> parts, std::vector<rnnts::Split<Series>> folds, const StudyOptions& options, Report report,
        Draw draw)
      : parts_(std::move(parts)),
        folds_(std::move(folds)),
        options_(options),
        report_(std::move(report)),
        draw_(std::move(draw)) {}

  /// A model that is validated too. The one with the lowest validation error of those that can be chosen is chosen.
  void add(const Candidate<Series>& candidate) {
    double sum = 0;
    add(candidate.name, candidate.title, [&](rnnts::Seed seed) {
      Run run = candidate.run(parts_.train, parts_.test, seed);
      sum += run.result.val_mae.emplace(validation_error(candidate, folds_, seed));
      return run;
    });
    if (!candidate.can_be_chosen || sum >= lowest_) return;
    lowest_ = sum;
    report_.choose(candidate.name);
  }

  /// A model, trained with each seed.
  void add(const std::string& name, const std::string& title, const std::function<Run(rnnts::Seed)>& train) {
    std::cerr << "training " << name << '\n';
    for (std::size_t k = 0; k < options_.seeds; ++k) {
      Run run = train(rnnts::seed(options_.seed + k));
      const bool is_random = run.result.seed.has_value();
      if (k == 0) draw_(run, name, title);
      if (k == 0 && !run.verdict.empty()) verdicts_ += name + "\n  " + run.verdict + "\n";
      run.result.name = name;
      report_.add(std::move(run.result));
      if (!is_random) break;
    }
  }

  void finish() const {
    report_.print_table();
    if (!verdicts_.empty()) {
      std::cout << "\nWhere a net loses to a forecast that needs none, with the first seed:\n\n" << verdicts_;
    }
    report_.write(options_.out);
  }

 private:
  rnnts::Split<Series> parts_;
  std::vector<rnnts::Split<Series>> folds_;
  const StudyOptions& options_;
  Report report_;
  Draw draw_;
  std::string verdicts_;
  double lowest_ = std::numeric_limits<double>::infinity();  // sum over the seeds of the validation errors
};

}  // namespace examples
