// A study: models trained with several seeds and judged on the test part, and the one that validation chooses.
#pragma once

#include <rnnts/core/parallel_for.hpp>
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

/// Collects models, then runs them side by side, one thread each, and reports what they give in the order in which they
/// were added.
template <class Series> class Study {
 public:
  using Draw = std::function<void(const Run&, const std::string& name, const std::string& title)>;

  /// `folds` are of the training part. `draw` draws the run with the first seed.
  Study(rnnts::Split<Series> parts, std::vector<rnnts::Split<Series>> folds, const Options& options, Report report,
        Draw draw)
      : parts_(std::move(parts)),
        folds_(std::move(folds)),
        options_(options),
        report_(std::move(report)),
        draw_(std::move(draw)) {}
  Study(const Study&) = delete;  // the models refer to the parts
  Study& operator=(const Study&) = delete;

  /// A model that is validated too. The one with the lowest validation error of those that can be chosen is chosen.
  void add(const Candidate<Series>& candidate) {
    const auto train = [this, candidate](rnnts::Seed seed) {
      Run run = candidate.run(parts_.train, parts_.test, seed);
      run.result.val_mae = validation_error(candidate, folds_, seed);
      return run;
    };
    models_.push_back({candidate.name, candidate.title, train, candidate.can_be_chosen});
  }

  /// A model, trained with each seed, in any thread.
  void add(const std::string& name, const std::string& title, std::function<Run(rnnts::Seed)> train) {
    models_.push_back({name, title, std::move(train)});
  }

  void finish() {
    train_all();
    for (Model& model : models_) report(model);
    report_.print_table();
    if (!verdicts_.empty()) {
      std::cout << "\nWhere a net loses to a forecast that needs none, with the first seed:\n\n" << verdicts_;
    }
    report_.write(options_.out);
  }

 private:
  struct Model {
    std::string name, title;
    std::function<Run(rnnts::Seed)> train;
    bool can_be_chosen = false;
    std::vector<Run> runs{};  ///< one for each seed, or one if nothing is drawn at random
  };

  /// First each model with the first seed; then those with random numbers with the others.
  void train_all() {
    std::vector<std::pair<Model*, std::size_t>> trainings;
    for (Model& model : models_) {
      model.runs.resize(1);
      trainings.emplace_back(&model, 0);
    }
    train(trainings);
    trainings.clear();
    for (Model& model : models_) {
      if (!model.runs[0].result.seed) continue;
      model.runs.resize(options_.seeds);
      for (std::size_t k = 1; k < options_.seeds; ++k) trainings.emplace_back(&model, k);
    }
    train(trainings);
  }

  void train(const std::vector<std::pair<Model*, std::size_t>>& trainings) {
    const auto train_one = [&](std::size_t k) {
      const auto& [model, number] = trainings[k];
      const rnnts::Seed seed{options_.seed + number};
      std::cerr << "training " + model->name + ", seed " + std::to_string(seed.value) + '\n';  // one string: one line
      model->runs[number] = model->train(seed);
    };
    rnnts::parallel_for(trainings.size(), train_one, options_.threads);
  }

  void report(Model& model) {
    draw_(model.runs[0], model.name, model.title);
    if (!model.runs[0].verdict.empty()) verdicts_ += model.name + "\n  " + model.runs[0].verdict + "\n";
    double sum = 0;
    for (Run& run : model.runs) {
      sum += run.result.val_mae.value_or(0);
      run.result.name = model.name;
      report_.add(std::move(run.result));
    }
    if (!model.can_be_chosen || sum >= lowest_) return;
    lowest_ = sum;
    report_.choose(model.name);
  }

  rnnts::Split<Series> parts_;
  std::vector<rnnts::Split<Series>> folds_;
  const Options& options_;
  Report report_;
  Draw draw_;
  std::vector<Model> models_;
  std::string verdicts_;
  double lowest_ = std::numeric_limits<double>::infinity();  // sum over the seeds of the validation errors
};

}  // namespace examples
