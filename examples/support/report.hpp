// What an example found out: a table on the screen, report.json and history.csv.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace examples {

/// A model that was trained with one seed.
struct Result {
  std::string name{};
  std::size_t parameters = 0;
  std::optional<std::uint64_t> seed{};  ///< none where nothing was drawn at random
  double train_mae = 0;                 ///< mean absolute errors are in the units of the series
  std::optional<double> val_mae{};      ///< on values that decided which model to choose; none where there were none
  double test_mae = 0;
  double seconds = 0;            ///< time that the training took
  std::vector<double> losses{};  ///< of each epoch; none where nothing was trained

  std::vector<std::pair<std::string, double>> scores{};  ///< further columns, of the same names in all rows
};

/// Mean, median and extremes of some numbers.
struct Spread {
  explicit Spread(std::vector<double> numbers);

  double mean, median, lowest, highest;
};

class Report {
 public:
  using Texts = std::vector<std::pair<std::string, std::string>>;

  Report(std::string series, std::string unit, Texts protocol)
      : series_(std::move(series)), unit_(std::move(unit)), protocol_(std::move(protocol)) {}

  /// Results of one model with several seeds come one after the other.
  void add(Result result);

  /// The model that was chosen by its validation errors.
  void choose(std::string name) { chosen_ = std::move(name); }

  /// `what` says what the errors are of.
  void print_table(const std::string& what = "one step ahead") const;

  /// Says of each net, in words, whether it is better than the best forecast without a net, by the test MAE or by a
  /// score of which less is better. Nets are the models with a seed; names that do not start with `prefix` are left
  /// out.
  void print_verdicts(const std::string& prefix = "", const std::string& score = "test MAE") const;

  /// Writes report.json and history.csv to a folder.
  void write(const std::filesystem::path& folder) const;

 private:
  using Model = std::vector<Result>;  // one for each seed

  std::string json() const;
  std::string history() const;

  std::string series_, unit_;
  Texts protocol_;
  std::vector<Model> models_;
  std::string chosen_;
};

}  // namespace examples
