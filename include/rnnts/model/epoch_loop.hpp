// The loop over the epochs of a training, whatever is trained: losses, progress, and weights to go back to.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/progress.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Called after each batch with its loss and the mean loss of the epoch so far.
using AfterBatch = FunctionRef<void(double batch_loss, double mean_so_far)>;

/// The loop over the epochs of a training, and the weights that it can go back to: the same for all models. What only
/// its model can do, a `Training` does.
template <Scalar T> class EpochLoop {
 public:
  /// `name` is that of the function that trains, in messages, and `batches` the number of updates of an epoch. History
  /// and weights to go on from are those of a `TrainingState`.
  EpochLoop(std::string_view name, std::size_t epochs, bool verbose, std::size_t batches, bool has_validation,
            History& history, std::vector<T>& weights_to_go_on_from)
      : name_(name),
        epochs_(epochs),
        verbose_(verbose),
        batches_(batches),
        has_validation_(has_validation),
        history_(history),
        weights_to_go_on_from_(weights_to_go_on_from),
        seconds_before_(history.seconds) {
    const bool had_validation = !history.val_loss.empty();
    if (epochs_done() == 0 || had_validation == has_validation) return;
    throw ArgumentError(sentence(
        name, had_validation ? ": the state is of a training with validation windows, but the options have none"
                             : ": the state is of a training without validation windows, but the options have some"));
  }
  EpochLoop(const EpochLoop&) = delete;
  EpochLoop& operator=(const EpochLoop&) = delete;
  virtual ~EpochLoop() = default;

  History run() {
    check_validation_data();
    const std::size_t expected = std::min<std::size_t>(epochs_, 10'000);  // a callback may stop long before
    history_.loss.reserve(expected);
    if (has_validation_) history_.val_loss.reserve(expected);
    keep_weights();
    if (!weights_to_go_on_from_.empty()) put_state_into_model();
    train_begin();
    run_epochs();
    history_.seconds = seconds_before_ + seconds();
    keep_weights();
    try {
      train_end();
    } catch (...) {
      note_weights_to_go_on_from();
      throw;
    }
    note_weights_to_go_on_from();
    return history_;
  }

 protected:
  std::size_t epochs() const { return epochs_; }
  std::size_t epochs_done() const { return history_.loss.size(); }
  bool verbose() const { return verbose_; }
  bool has_validation() const { return has_validation_; }
  /// Since the training has begun or gone on.
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;

  /// The numbers of the model. Asked for each time, as a callback may give the model other tensors.
  virtual void for_each_tensor(FunctionRef<void(std::span<T> numbers)> visit) = 0;
  /// One epoch. Returns its loss.
  virtual double train(AfterBatch after_batch) = 0;
  virtual double validate() = 0;
  /// Throws what `validate` would for data that cannot be used.
  virtual void read_validation() = 0;
  /// Brings the state, which until now was that of the epoch before, up to this one.
  virtual void note() = 0;
  /// These call the callbacks. `epoch_end` returns whether one of them stops the training.
  virtual void train_begin() = 0;
  virtual bool epoch_end() = 0;
  virtual void train_end() = 0;

  /// Validation data that cannot be used are found here, rather than when an epoch is done, which would be lost.
  void check_validation_data() {
    if (!has_validation_) return;
    try {
      read_validation();
    } catch (const DataError& error) {
      throw DataError(sentence("validation ", error.what()));
    } catch (const ShapeError& error) {
      throw ShapeError(sentence("validation ", error.what()));
    }
  }

  void keep_weights() {
    last_good_.clear();
    for_each_tensor([&](std::span<T> numbers) { last_good_.insert(last_good_.end(), numbers.begin(), numbers.end()); });
  }

  void restore_weights() {
    auto next = last_good_.begin();
    for_each_tensor(
        [&](std::span<T> numbers) { next = std::ranges::copy_n(next, std::ssize(numbers), numbers.begin()).in; });
  }

  void put_state_into_model() {
    if (weights_to_go_on_from_.size() != last_good_.size()) {
      throw ShapeError(sentence(name_, ": the state has ", weights_to_go_on_from_.size(),
                                " weights to go on from, but the model has ", last_good_.size()));
    }
    last_good_ = weights_to_go_on_from_;
    weights_to_go_on_from_.clear();
    restore_weights();
  }

  /// Where a callback has put others into the model since they were kept.
  void note_weights_to_go_on_from() {
    auto next = last_good_.begin();
    bool same = true;
    for_each_tensor([&](std::span<T> numbers) {
      same = same && std::ranges::equal(numbers, std::span(next, numbers.size()));
      next += std::ssize(numbers);
    });
    if (!same) weights_to_go_on_from_ = last_good_;
  }

  /// The first weight that is NaN or infinite.
  std::optional<double> value_that_is_not_finite() {
    std::optional<double> found;
    for_each_tensor([&](std::span<T> numbers) {
      const auto bad = std::ranges::find_if(numbers, [](T number) { return !std::isfinite(number); });
      if (!found && bad != numbers.end()) found = static_cast<double>(*bad);
    });
    return found;
  }

  void run_epochs() {
    Progress progress(verbose_, {.epochs = epochs_,
                                 .epochs_left = epochs_ - std::min(epochs_, epochs_done()),
                                 .batches = batches_,
                                 .validates = has_validation_});
    for (bool stop = false; epochs_done() < epochs_ && !stop;) {
      run_epoch(epochs_done() + 1, progress);
      stop = epoch_end();
    }
  }

  /// One epoch and its validation; if anything is thrown, the model has the weights from before it, as the state.
  void run_epoch(std::size_t epoch, Progress& progress) {
    if (!value_that_is_not_finite()) keep_weights();  // as callbacks may have changed them
    const auto after_batch = [&](double batch_loss, double mean_so_far) {
      if (!std::isfinite(batch_loss)) fail(epoch, "the loss", batch_loss);
      progress.step(epoch, mean_so_far);
    };
    try {
      const double loss = train(after_batch);
      if (const auto value = value_that_is_not_finite()) fail(epoch, "a weight", *value);
      const double val_loss = has_validation_ ? validate() : 0;
      note();
      history_.loss.push_back(loss);
      if (has_validation_) history_.val_loss.push_back(val_loss);
      history_.seconds = seconds_before_ + seconds();
      keep_weights();
      if (has_validation_) progress.validated(epoch, loss, val_loss);
    } catch (...) {
      restore_weights();
      throw;
    }
  }

  [[noreturn]] void fail(std::size_t epoch, const char* what, double value) const {
    throw TrainingError(
        sentence(name_, ": ", what, " became ", value, " in epoch ", epoch,
                 "; the model keeps the weights from before this epoch. A smaller learning rate may help."),
        epoch);
  }

  std::string_view name_;
  std::size_t epochs_;
  bool verbose_;
  std::size_t batches_;
  bool has_validation_;
  History& history_;  ///< of all epochs up to now
  std::vector<T>& weights_to_go_on_from_;
  std::vector<T> last_good_;  ///< weights that a failed epoch goes back to, one tensor after the other
  double seconds_before_;     ///< that earlier calls took
  Clock::time_point start_ = Clock::now();
};

}  // namespace rnnts::inline RNNTS_ABI::detail
