#include "report.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <rnnts/core/error.hpp>

#include "plot.hpp"
#include "table.hpp"

namespace examples {
namespace {

using Json = nlohmann::ordered_json;

Spread spread(const std::vector<Result>& model, double Result::* number) {
  std::vector<double> values;
  for (const Result& result : model) values.push_back(result.*number);
  return Spread(std::move(values));
}

/// A score for each seed, or the test MAE where there is no such score.
std::vector<double> numbers(const std::vector<Result>& model, const std::string& score) {
  std::vector<double> result;
  for (const Result& run : model) {
    const auto found = std::ranges::find(run.scores, score, &std::pair<std::string, double>::first);
    result.push_back(found == run.scores.end() ? run.test_mae : found->second);
  }
  return result;
}

std::string validation(const std::vector<Result>& model) {
  if (!model.front().val_mae) return "-";
  double sum = 0;
  for (const Result& result : model) sum += result.val_mae.value_or(0);
  return with_digits(sum / static_cast<double>(model.size()), 3);
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) throw rnnts::FileError(path.string() + ": could not be written");
}

}  // namespace

std::string with_error(const std::string& title, const Result& result, int digits) {
  const std::string text = title + "; test MAE " + with_digits(result.test_mae, digits);
  return result.seed ? text + ", seed " + std::to_string(*result.seed) : text;
}

Spread::Spread(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  const std::size_t n = numbers.size();
  mean = std::reduce(numbers.begin(), numbers.end()) / static_cast<double>(n);
  median = (numbers[(n - 1) / 2] + numbers[n / 2]) / 2;
  lowest = numbers.front();
  highest = numbers.back();
}

void Report::add(Result result) {
  if (models_.empty() || models_.back().front().name != result.name) models_.emplace_back();
  models_.back().push_back(std::move(result));
}

void Report::print_table(const std::string& what) const {
  std::vector<Row> rows{
      {"model", "parameters", "seeds", "train MAE", "val MAE", "test MAE", "median", "lowest", "highest", "seconds"}};
  if (!models_.empty()) {
    for (const auto& score : models_.front().front().scores) rows.front().push_back(score.first);
  }
  for (const Model& model : models_) {
    const auto& [mean, median, lowest, highest] = spread(model, &Result::test_mae);
    rows.push_back({model.front().name + (model.front().name == chosen_ ? " *" : ""),
                    std::to_string(model.front().parameters), model.front().seed ? std::to_string(model.size()) : "-",
                    with_digits(spread(model, &Result::train_mae).mean, 3), validation(model), with_digits(mean, 3),
                    with_digits(median, 3), with_digits(lowest, 3), with_digits(highest, 3),
                    with_digits(spread(model, &Result::seconds).mean, 2)});
    for (const auto& score : model.front().scores) {
      rows.back().push_back(with_digits(Spread(numbers(model, score.first)).mean, 3));
    }
  }
  std::cout << "\nMean absolute errors in " << unit_ << ", " << what
            << ":\nmeans over the seeds, and the spread of the test MAE\n\n"
            << table(rows);
  if (!chosen_.empty()) std::cout << "\n* chosen by validation, as the protocol in report.json says\n";
}

void Report::print_verdicts(const std::string& prefix, const std::string& score) const {
  const Model* best = nullptr;
  double best_error = 0;
  for (const Model& model : models_) {
    const double error = numbers(model, score).front();
    if (model.front().seed || !model.front().name.starts_with(prefix) || (best != nullptr && error >= best_error)) {
      continue;
    }
    best = &model;
    best_error = error;
  }
  if (best == nullptr) return;
  std::cout << "\nThe best forecast without a net is " << best->front().name << ", " << score << " "
            << with_digits(best_error, 3) << ".\n";
  for (const Model& model : models_) {
    if (!model.front().seed || !model.front().name.starts_with(prefix)) continue;
    const std::vector<double> errors = numbers(model, score);
    const auto better = std::ranges::count_if(errors, [&](double error) { return error < best_error; });
    const auto [lowest, highest] = std::ranges::minmax(errors);
    std::cout << model.front().name << (better == 0 ? " does NOT beat it" : " beats it") << " with ";
    if (better > 0 && std::cmp_less(better, errors.size())) std::cout << better << " of ";
    std::cout << errors.size() << (errors.size() == 1 ? " seed: " : " seeds: ") << with_digits(lowest, 3);
    if (errors.size() > 1) std::cout << " to " << with_digits(highest, 3);
    std::cout << ".\n";
  }
}

void Report::write(const std::filesystem::path& folder) const {
  write_file(folder / "report.json", json());
  write_file(folder / "history.csv", history());
  for (const LossPlot& plot : loss_plots_) draw(plot, folder);
  std::cout << "\nPlots, history.csv and report.json are in " << folder.string() << '\n';
}

std::string Report::json() const {
  Json json{{"series", series_}};
  for (const auto& [what, text] : protocol_) json["protocol"][what] = text;
  json["models"] = Json::array();
  for (const Model& model : models_) {
    for (const Result& result : model) {
      json["models"].push_back({{"name", result.name},
                                {"parameters", result.parameters},
                                {"seed", result.seed ? Json(*result.seed) : Json()},
                                {"train_mae", result.train_mae},
                                {"val_mae", result.val_mae ? Json(*result.val_mae) : Json()},
                                {"test_mae", result.test_mae},
                                {"seconds", result.seconds},
                                {"chosen", result.name == chosen_}});
      for (const auto& [name, score] : result.scores) json["models"].back()[name] = score;
    }
    if (model.size() == 1) continue;
    const auto& [mean, median, lowest, highest] = spread(model, &Result::test_mae);
    json["test_mae_over_seeds"][model.front().name] = {
        {"seeds", model.size()}, {"mean", mean}, {"median", median}, {"lowest", lowest}, {"highest", highest}};
  }
  return json.dump(2) + "\n";
}

void Report::draw(const LossPlot& plot, const std::filesystem::path& folder) const {
  constexpr std::array colours{colour::vermilion, colour::blue,  colour::green,
                               colour::orange,    colour::black, colour::grey};
  std::vector<const Result*> results;
  bool validated = false;
  for (const std::string& name : plot.models) {
    const auto is_named = [&](const Model& model) { return model.front().name == name; };
    const auto found = std::ranges::find_if(models_, is_named);
    if (found == models_.end() || found->front().losses.empty()) {
      throw rnnts::ArgumentError(plot.file + ": the model \"" + name + "\" has no losses");
    }
    results.push_back(&found->front());
    validated = validated || !found->front().val_losses.empty();
  }
  if (results.size() > colours.size()) {
    throw rnnts::ArgumentError(plot.file + ": expected at most " + std::to_string(colours.size()) + " models, found " +
                               std::to_string(results.size()));
  }

  const std::string seed = std::to_string(results.front()->seed.value_or(0));
  const std::string title = validated ? ": training part solid, validation part dashed" : " in the training part";
  Plot lines("Losses by epoch with seed " + seed + title, "epoch", plot.loss);
  lines.logarithmic();
  for (std::size_t k = 0; k < results.size(); ++k) {
    const auto epochs = std::views::iota(std::size_t{1});
    lines.line(results[k]->name, colours[k], epochs, results[k]->losses, "lw 2");
    if (!results[k]->val_losses.empty()) {
      lines.line("", colours[k], epochs, results[k]->val_losses, "lw 2 dashtype (8, 5)");
    }
  }
  lines.save(folder / plot.file);
}

/// One line per epoch, one column per training and one more where it was validated; a cell is empty where a training
/// was over before.
std::string Report::history() const {
  std::string text = "epoch";
  std::vector<const std::vector<double>*> columns;
  std::size_t epochs = 0;
  const auto add = [&](const std::string& name, const std::vector<double>& losses) {
    if (losses.empty()) return;
    text += "," + name;
    columns.push_back(&losses);
    epochs = std::max(epochs, losses.size());
  };
  for (const Model& model : models_) {
    for (const Result& result : model) {
      const std::string seed = model.size() > 1 ? "_seed_" + std::to_string(result.seed.value_or(0)) : "";
      add(result.name + seed, result.losses);
      add(result.name + seed + "_validation", result.val_losses);
    }
  }
  text += "\n";
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    text += std::to_string(epoch + 1);
    for (const auto* losses : columns) {
      text += ",";
      if (epoch < losses->size()) text += Json((*losses)[epoch]).dump();
    }
    text += "\n";
  }
  return text;
}

}  // namespace examples
