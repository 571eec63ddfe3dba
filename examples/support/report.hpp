// What an example found out: a table on the screen, report.json, history.csv and plots of the losses.
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
  double seconds = 0;                ///< time that the training took
  std::vector<double> losses{};      ///< of each epoch; none where nothing was trained
  std::vector<double> val_losses{};  ///< the same of the validation part; none where there is none

  std::vector<std::pair<std::string, double>> scores{};  ///< further columns, of the same names in all rows
};

/// The title of a plot of a model: "TITLE; test MAE 12.5, seed 1".
std::string with_error(const std::string& title, const Result& result, int digits);

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

  /// write() will draw the losses of these models, each with its first seed, by epoch. They should be losses of one
  /// kind, which `loss` names, and few: there are six colours.
  void plot_losses(std::string file, std::string loss, std::vector<std::string> models) {
    loss_plots_.push_back({std::move(file), std::move(loss), std::move(models)});
  }

  /// `what` says what the errors are of.
  void print_table(const std::string& what = "one step ahead") const;

  /// Says of each net, in words, whether it is better than the best forecast without a net, by the test MAE or by a
  /// score of which less is better. Nets are the models with a seed; names that do not start with `prefix` are left
  /// out.
  void print_verdicts(const std::string& prefix = "", const std::string& score = "test MAE") const;

  /// Writes report.json, history.csv and the plots of the losses to a folder. Throws ArgumentError if a plot is to show
  /// a model that has no losses, or more than six.
  void write(const std::filesystem::path& folder) const;

 private:
  using Model = std::vector<Result>;  // one for each seed

  struct LossPlot {
    std::string file, loss;
    std::vector<std::string> models;
  };

  void draw(const LossPlot& plot, const std::filesystem::path& folder) const;

  std::string json() const;
  std::string history() const;

  std::string series_, unit_;
  Texts protocol_;
  std::vector<Model> models_;
  std::vector<LossPlot> loss_plots_;
  std::string chosen_;
};

}  // namespace examples
