// ranks compare|train|die|throw|check [FILE]: what check_ranks starts under mpirun. The code of
// docs/several_machines.md.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "rnnts/distributed/mpi_ranks.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/rnnts.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, GRU<8>, Dropout<0.1>, Dense<1>>;
using WithoutDropout = Sequential<double, Input<1>, GRU<8>, Dense<1>>;

std::vector<double> wave() {
  std::vector<double> values(200);
  for (std::size_t t = 0; t < values.size(); ++t) values[t] = std::sin(0.3 * static_cast<double>(t));
  return values;
}

template <class M> std::vector<double> weights_of(const M& model) {
  std::vector<double> all;
  for (const auto& tensor : model.weights()) all.insert(all.end(), tensor.values.begin(), tensor.values.end());
  return all;
}

/// Weights and losses of a training.
template <class M> std::vector<double> trained(Ranks* ranks, std::size_t epochs = 4) {
  const auto series = wave();
  const std::span<const double> all(series);
  M model{seed(7)};
  const History history = fit(model, all.first(150) | views::window(12), MeanSquaredError{}, Adam{},
                              {.epochs = epochs,
                               .batch_size = 25,
                               .validation = all.last(50) | views::window(12),
                               .verbose = false,
                               .ranks = ranks});
  std::vector<double> numbers = weights_of(model);
  numbers.insert(numbers.end(), history.loss.begin(), history.loss.end());
  numbers.insert(numbers.end(), history.val_loss.begin(), history.val_loss.end());
  return numbers;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = a.size() == b.size() ? 0 : HUGE_VAL;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

/// Whether all ranks have the same numbers, to the last bit.
bool same_on_all(MpiRanks& ranks, const std::vector<double>& numbers) {
  std::vector<double> of_all(ranks.size() * numbers.size());
  std::ranges::copy(numbers, of_all.begin() + static_cast<std::ptrdiff_t>(ranks.rank() * numbers.size()));
  ranks.sum(of_all);
  bool same = true;
  for (std::size_t i = 0; i < of_all.size(); ++i) same = same && of_all[i] == numbers[i % numbers.size()];
  return same;
}

/// Says on rank 0 what came of it.
bool compare(MpiRanks& ranks) {
  const auto first = trained<WithoutDropout>(&ranks), alone = trained<WithoutDropout>(nullptr);
  const auto dropping = trained<Net>(&ranks);
  const bool again = first == trained<WithoutDropout>(&ranks) && dropping == trained<Net>(&ranks);
  const bool same = same_on_all(ranks, first) && same_on_all(ranks, dropping);
  const double difference = largest_difference(first, alone);
  if (ranks.rank() == 0) {
    std::cout << ranks.size() << " ranks: " << (same ? "the same" : "other") << " numbers on all, "
              << (again ? "the same" : "others") << " in a second run; against one rank alone "
              << (difference < 1e-9 ? "the same but for rounding" : "others") << " (" << difference << ")\n";
  }
  return same && again && difference < 1e-9;
}

/// Rank 0 saves the model after each epoch that is the best so far.
void train(const std::filesystem::path& path) {
  const auto series = wave();
  const std::span<const double> values(series);
  // [train]
  MpiRanks ranks;
  Net model{seed(7)};
  FitOptions<Net> options{.epochs = 20, .batch_size = 50, .ranks = &ranks};
  options.validation = values.last(50) | views::window(12);
  options.callbacks.push_back(ModelCheckpoint{[&](const Net& best) {
    if (ranks.rank() == 0) save(best, path);
  }});
  const History history = fit(model, values.first(150) | views::window(12), MeanSquaredError{}, Adam{}, options);
  // [/train]
  if (ranks.rank() == 0) std::cout << "trained by " << ranks.size() << " ranks, " << history.loss.size() << " epochs\n";
}

/// A training without an end, but that something happens on rank 1 after the third epoch.
void train_until(std::string_view what, const std::filesystem::path& path) {
  const auto series = wave();
  MpiRanks ranks;
  Net model{seed(7)};
  const ModelCheckpoint keep{[&](const Net& best) {
                               if (ranks.rank() == 0) save(best, path);
                             },
                             Monitor::loss};
  const auto happens = [&](EpochEnd<Net>& end) {
    if (end.epoch < 3 || ranks.rank() != 1) return;
    if (what == "die") std::raise(SIGKILL);
    throw std::runtime_error("something is wrong on this rank");
  };
  fit(model, series | views::window(12), MeanSquaredError{}, Adam{},
      {.epochs = 1'000'000, .batch_size = 50, .callbacks = {keep, happens}, .verbose = false, .ranks = &ranks});
}

/// Whether the model of the file has been trained: its errors are below those of a new one.
bool check(const std::filesystem::path& path) {
  const auto series = wave();
  const auto mae = [&](const Net& model) { return evaluate(model, series | views::window(12)).model.mae; };
  Net model;
  load(model, path);
  const double found = mae(model), of_new = mae(Net{seed(7)});
  std::cout << "mean absolute error " << found << ", of a new model " << of_new << "\n";
  return found < of_new;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count > 1 ? arguments[1] : "", path = count > 2 ? arguments[2] : "";
  try {
    if (what == "check") return check(path) ? 0 : 1;
    if (what == "compare") {
      MpiRanks ranks;
      return compare(ranks) ? 0 : 1;
    }
    if (what == "train") {
      train(path);
    } else {
      train_until(what, path);
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
