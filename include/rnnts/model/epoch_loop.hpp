// The loop over the epochs of a training, whatever is trained: batches, losses, progress, and what is thrown in
// between.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/progress.hpp"
#include "rnnts/model/snapshot.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// When callbacks are called.
enum class Moment { train_begin, epoch_end, train_end };

/// The loop over the epochs of a training: the same for all models with such inputs and labels. What only its model can
/// do, a `Training` does.
template <Scalar T, std::size_t I, std::size_t Labels> class EpochLoop {
 public:
  using Batch = detail::Batch<T, I, Labels>;
  using Source = BatchSource<T, I, Labels>;
  using Tensors = typename Snapshot<T>::Tensors;

  /// What a training reads.
  struct Data {
    std::string_view function;  ///< that trains, for messages
    Source& training;
    std::size_t batches;  ///< of a pass through it
    Source* validation;   ///< null if there is none
    bool shuffle;         ///< whether each pass through the training data has an order of its own
  };

  /// History and weights to go on from are those of a `TrainingState`.
  EpochLoop(const Data& data, std::size_t epochs, bool verbose, const Random& random, History& history,
            std::vector<T>& to_go_on_from)
      : data_(data),
        epochs_(epochs),
        verbose_(verbose),
        random_(random),
        history_(history),
        to_go_on_from_(to_go_on_from),
        seconds_before_(history.seconds),
        progress_(verbose, {.epochs = epochs,
                            .epochs_left = epochs - std::min(epochs, history.loss.size()),
                            .batches = data.batches,
                            .validates = data.validation != nullptr}) {
    const bool had_validation = !history.val_loss.empty();
    if (epochs_done() == 0 || had_validation == has_validation()) return;
    throw ArgumentError(sentence(
        data.function, had_validation
                           ? ": the state is of a training with validation windows, but the options have none"
                           : ": the state is of a training without validation windows, but the options have some"));
  }
  EpochLoop(const EpochLoop&) = delete;
  EpochLoop& operator=(const EpochLoop&) = delete;
  virtual ~EpochLoop() = default;

  History run() {
    read_validation();
    const std::size_t expected = std::min<std::size_t>(epochs(), 10'000);  // a callback may stop long before
    history_.loss.reserve(expected);
    if (has_validation()) history_.val_loss.reserve(expected);
    snapshot_.take(weights());
    snapshot_.resume(data_.function, to_go_on_from_, weights());
    call_callbacks(Moment::train_begin);
    for (bool stop = false; epochs_done() < epochs() && !stop;) {
      run_epoch();
      stop = call_callbacks(Moment::epoch_end);
    }
    history_.seconds = seconds_before_ + seconds();
    end();
    return history_;
  }

 protected:
  std::size_t epochs() const { return epochs_; }
  std::size_t epochs_done() const { return history_.loss.size(); }
  bool verbose() const { return verbose_; }
  bool has_validation() const { return data_.validation != nullptr; }
  const Random& random() const { return random_; }
  /// Since the training has begun or gone on.
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;

  /// The numbers of the model. Asked for each time, as a callback may give the model other tensors.
  virtual Tensors weights() = 0;
  /// One update of the weights. Returns the loss before it.
  virtual double step(const Batch& batch, Random& random) = 0;
  virtual double loss(const Batch& batch) = 0;
  /// The next batch starts from where this one has ended, or again as the first.
  virtual void carry_states_over() = 0;
  virtual void reset_states() = 0;
  /// Brings the state, which until now was that of the epoch before, up to this one.
  virtual void note() = 0;
  /// Returns whether one of them stops the training.
  virtual bool call_callbacks(Moment moment) = 0;

  /// Validation data that cannot be used are found here, rather than when an epoch is done, which would be lost.
  void read_validation() {
    if (!has_validation()) return;
    try {
      for (data_.validation->begin(nullptr); data_.validation->next() != nullptr;) continue;
    } catch (const DataError& error) {
      throw DataError(sentence("validation ", error.what()));
    } catch (const ShapeError& error) {
      throw ShapeError(sentence("validation ", error.what()));
    }
  }

  /// One epoch and its validation; if anything is thrown, the model has the weights from before it, as the state.
  void run_epoch() {
    if (!find_not_finite(weights())) snapshot_.take(weights());  // as callbacks may have changed them
    try {
      const double loss = pass(Kind::training, data_.training);
      if (const auto value = find_not_finite(weights())) fail("a weight", static_cast<double>(*value));
      const double val_loss = has_validation() ? pass(Kind::validation, *data_.validation) : 0;
      note();
      history_.loss.push_back(loss);
      if (has_validation()) history_.val_loss.push_back(val_loss);
      history_.seconds = seconds_before_ + seconds();
      snapshot_.take(weights());
      if (has_validation()) progress_.validated(epochs_done(), loss, val_loss);
    } catch (...) {
      snapshot_.restore(weights());
      throw;
    }
  }

  enum class Kind { training, validation };

  /// One pass through a source, in training with an update for each batch. Returns the mean loss.
  double pass(Kind kind, Source& source) {
    const FlushSubnormals flush;  // once, not for every batch
    const bool trains = kind == Kind::training, carries_state = source.carries_state();
    if (carries_state) reset_states();
    double sum = 0;
    std::size_t done = 0;
    source.begin(trains && data_.shuffle ? &random_ : nullptr);
    while (const Batch* batch = source.next()) {
      const double batch_loss = trains ? step(*batch, random_) : loss(*batch);
      sum += batch_loss * static_cast<double>(batch->count);
      done += batch->count;
      if (trains && !std::isfinite(batch_loss)) fail("the loss", batch_loss);
      if (trains) progress_.step(epochs_done() + 1, sum / static_cast<double>(done));
      if (carries_state) carry_states_over();
    }
    if (carries_state) reset_states();
    return sum / static_cast<double>(done);
  }

  void end() {
    snapshot_.take(weights());
    try {
      call_callbacks(Moment::train_end);
    } catch (...) {
      snapshot_.leave(to_go_on_from_, weights());
      throw;
    }
    snapshot_.leave(to_go_on_from_, weights());
  }

  [[noreturn]] void fail(std::string_view what, double value) const {
    const std::size_t epoch = epochs_done() + 1;
    throw TrainingError(
        sentence(data_.function, ": ", what, " became ", value, " in epoch ", epoch,
                 "; the model keeps the weights from before this epoch. A smaller learning rate may help."),
        epoch);
  }

  Data data_;
  std::size_t epochs_;
  bool verbose_;
  Random random_;
  History& history_;  ///< of all epochs up to now
  std::vector<T>& to_go_on_from_;
  Snapshot<T> snapshot_;   ///< of the end of the last good epoch
  double seconds_before_;  ///< that earlier calls took
  Clock::time_point start_ = Clock::now();
  Progress progress_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
