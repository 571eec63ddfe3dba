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
    results_.push_back(std::move(result));
  }

  /// Adds something beyond the table to report.json.
  void add(const std::string& key, Json value) { json_[key] = std::move(value); }

  void print_table() const {
    std::size_t width = 5;
    for (const Result& result : results_) width = std::max(width, result.name.size());
    const auto name_width = static_cast<int>(width);
    std::cout << "\nMean absolute errors in " << unit_ << ", one step ahead\n\n"
              << std::left << std::setw(name_width) << "model" << std::right
              << "  parameters  seed  train MAE  test MAE  seconds\n"
              << std::string(width + 48, '-') << '\n'
              << std::fixed;
    for (const Result& result : results_) {
      std::cout << std::left << std::setw(name_width) << result.name << std::right << std::setw(12) << result.parameters
                << std::setw(6) << (result.seed ? std::to_string(*result.seed) : "-") << std::setprecision(3)
                << std::setw(11) << result.train_mae << std::setw(10) << result.test_mae << std::setprecision(2)
                << std::setw(9) << result.seconds << '\n';
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
