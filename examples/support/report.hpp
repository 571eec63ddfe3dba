// What an example found out: a table on the screen, report.json and history.csv.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <rnnts/core/error.hpp>
#include <string>
#include <utility>
#include <vector>

namespace examples {

/// One row of the table.
struct Result {
  std::string name{};
  std::size_t parameters = 0;
  std::optional<std::uint64_t> seed{};  ///< none where nothing was drawn at random
  double train_mae = 0;                 ///< mean absolute errors are in the units of the series
  double test_mae = 0;
  double seconds = 0;            ///< time that the training took
  std::vector<double> losses{};  ///< of each epoch; none where nothing was trained

  std::vector<std::pair<std::string, double>> scores{};  ///< further columns, of the same names in all rows
};

class Report {
 public:
  using Json = nlohmann::ordered_json;

  Report(std::string series, std::string unit, Json protocol)
      : unit_(std::move(unit)),
        json_{{"series", std::move(series)}, {"protocol", std::move(protocol)}, {"models", Json::array()}} {}

  void add(Result result) {
    json_["models"].push_back({{"name", result.name},
                               {"parameters", result.parameters},
                               {"seed", result.seed ? Json(*result.seed) : Json()},
                               {"train_mae", result.train_mae},
                               {"test_mae", result.test_mae},
                               {"seconds", result.seconds}});
    for (const auto& [name, score] : result.scores) json_["models"].back()[name] = score;
    results_.push_back(std::move(result));
  }

  /// Adds something beyond the table to report.json.
  void add(const std::string& key, Json value) { json_[key] = std::move(value); }

  /// `what` says what the errors are of.
  void print_table(const std::string& what = "one step ahead") const {
    std::size_t width = 5;
    for (const Result& result : results_) width = std::max(width, result.name.size());
    const auto name_width = static_cast<int>(width);
    std::cout << "\nMean absolute errors in " << unit_ << ", " << what << "\n\n"
              << std::left << std::setw(name_width) << "model" << std::right
              << "  parameters  seed  train MAE  test MAE  seconds";
    std::size_t table_width = width + 48;
    if (!results_.empty()) {
      for (const auto& [name, score] : results_.front().scores) {
        std::cout << "  " << name;
        table_width += 2 + name.size();
      }
    }
    std::cout << '\n' << std::string(table_width, '-') << '\n' << std::fixed;
    for (const Result& result : results_) {
      std::cout << std::left << std::setw(name_width) << result.name << std::right << std::setw(12) << result.parameters
                << std::setw(6) << (result.seed ? std::to_string(*result.seed) : "-") << std::setprecision(3)
                << std::setw(11) << result.train_mae << std::setw(10) << result.test_mae << std::setprecision(2)
                << std::setw(9) << result.seconds << std::setprecision(3);
      for (const auto& [name, score] : result.scores)
        std::cout << std::setw(static_cast<int>(name.size()) + 2) << score;
      std::cout << '\n';
    }
    std::cout << std::defaultfloat;
  }

  /// Says of each net, in words, whether it is better than the best forecast without a net, by the test MAE or by a
  /// score of which less is better. Nets are the rows with a seed; names that do not start with `prefix` are left out.
  void print_verdicts(const std::string& prefix = "", const std::string& score = "test MAE") const {
    const auto error_of = [&](const Result& result) {
      const auto found = std::ranges::find(result.scores, score, &std::pair<std::string, double>::first);
      return found == result.scores.end() ? result.test_mae : found->second;
    };
    const Result* best = nullptr;
    std::vector<std::string> nets;
    for (const Result& result : results_) {
      if (!result.name.starts_with(prefix)) continue;
      if (!result.seed && (best == nullptr || error_of(result) < error_of(*best))) best = &result;
      if (result.seed && std::ranges::find(nets, result.name) == nets.end()) nets.push_back(result.name);
    }
    if (best == nullptr) return;
    std::cout << std::fixed << std::setprecision(3) << "\nThe best forecast without a net is " << best->name << ", "
              << score << " " << error_of(*best) << ".\n";
    for (const std::string& net : nets) {
      std::vector<double> errors;
      for (const Result& result : results_) {
        if (result.name == net) errors.push_back(error_of(result));
      }
      const auto better = std::ranges::count_if(errors, [&](double error) { return error < error_of(*best); });
      const auto [lowest, highest] = std::ranges::minmax(errors);
      std::cout << net << (better == 0 ? " does NOT beat it" : " beats it") << " with ";
      if (better > 0 && std::cmp_less(better, errors.size())) std::cout << better << " of ";
      std::cout << errors.size() << (errors.size() == 1 ? " seed: " : " seeds: ") << lowest;
      if (errors.size() > 1) std::cout << " to " << highest;
      std::cout << ".\n";
    }
    std::cout << std::defaultfloat;
  }

  /// Writes report.json and history.csv to a folder.
  void write(const std::filesystem::path& folder) const {
    write_file(folder / "report.json", json_.dump(2) + "\n");
    write_file(folder / "history.csv", history());
    std::cout << "\nPlots, history.csv and report.json are in " << folder.string() << '\n';
  }

 private:
  /// One line per epoch, one column per trained model; a cell is empty where a training was over before.
  std::string history() const {
    std::string text = "epoch";
    std::size_t epochs = 0;
    for (const Result& result : results_) {
      if (!result.losses.empty()) text += "," + column_name(result);
      epochs = std::max(epochs, result.losses.size());
    }
    text += "\n";
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
      text += std::to_string(epoch + 1);
      for (const Result& result : results_) {
        if (result.losses.empty()) continue;
        text += ",";
        if (epoch < result.losses.size()) text += Json(result.losses[epoch]).dump();
      }
      text += "\n";
    }
    return text;
  }

  /// The name of the model, with the seed where there are several of that name.
  std::string column_name(const Result& result) const {
    const bool alone = std::ranges::count(results_, result.name, &Result::name) == 1;
    return alone ? result.name : result.name + "_seed_" + std::to_string(result.seed.value_or(0));
  }

  static void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    file.close();
    if (!file) throw rnnts::FileError(path.string() + ": could not be written");
  }

  std::string unit_;
  Json json_;
  std::vector<Result> results_;
};

}  // namespace examples
