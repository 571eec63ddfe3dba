// fit_stateful: trains a model on one long series, its state carried from chunk to chunk.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/check_labels.hpp"
#include "rnnts/model/fit_refused.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/training.hpp"
#include "rnnts/model/training_state.hpp"
#include "rnnts/optimizers/optimizer.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Options of `fit_stateful`; Labels is the number of labels per step.
template <Model M, std::size_t Labels = M::output.features> struct StatefulOptions {
  std::size_t epochs = 1;      ///< in all, with those that a `TrainingState` has behind it
  std::size_t steps = 32;      ///< of a chunk: how far gradients reach back, and how often the weights change
  std::size_t batch_size = 1;  ///< the series is cut into as many parts, which are read side by side
  Seed seed = {};              ///< of what layers draw, as dropout
  /// A series, cut as the other one, whose loss is computed after each epoch.
  typename M::template SamplesWith<Labels> validation = {};
  std::vector<Callback<M>> callbacks = {};                      ///< called in this order
  std::size_t threads = 1;                                      ///< that share the parts of the series
  std::size_t work_per_thread = detail::usual_work_per_thread;  ///< as in `FitOptions`, of a chunk
  bool verbose = true;                                          ///< writes progress to stderr
};

namespace detail {

/// A series in chunks of some steps, each read from the state that the chunk before has left behind. The same for all
/// models with such samples.
template <Scalar T, Shape Input, Shape Output>
class Chunks final : public BatchSource<T, Input.features, Output.features> {
 public:
  struct Options {
    std::size_t steps, parts;
    SampleShapes shapes;
    LabelCheck<T> label_check;  ///< of the loss
  };

  /// `what` is the name of the series, for messages.
  Chunks(const Samples<T, Input, Output>& series, std::string_view what, const Options& options)
      : series_(series), options_(options) {
    if (options.steps == 0) throw ArgumentError("fit_stateful: expected chunks of at least 1 step, found 0");
    if (options.parts == 0) throw ArgumentError("fit_stateful: expected a batch_size of at least 1, found 0");
    if (series.size() < options.parts) {
      throw DataError(sentence("fit_stateful: expected ", what, " to have at least ", options.parts,
                               " steps, one for each part of the batch, found ", series.size()));
    }
    check_steps(0);
  }

  /// How many chunks a pass has.
  std::size_t batches() const { return ceil_div(length_of(0), options_.steps); }
  bool carries_state() const override { return true; }

  void begin(Random*) override { done_ = 0; }

  /// The chunk of each part that begins as many steps after its beginning as are done.
  const Batch<T, Input.features, Output.features>* next() override {
    if (done_ == length_of(0)) return nullptr;
    const std::size_t parts = options_.parts, steps = std::min(options_.steps, length_of(0) - done_);
    lengths_.resize(parts);
    for (std::size_t b = 0; b < parts; ++b) lengths_[b] = std::min(steps, length_of(b) - done_);
    const std::size_t* const lengths = lengths_.back() == steps ? nullptr : lengths_.data();
    const auto x = x_.resize(steps, parts, options_.shapes.input.features, lengths);
    const auto y = y_.resize(steps, parts, options_.shapes.label.features, lengths);
    batch_ = {.x = x, .y = y};
    for (std::size_t t = 0; t < steps; ++t) batch_.count += gather(x[t], y[t], t);
    done_ += steps;
    return &batch_;
  }

 private:
  void check_steps(std::size_t index) const {
    const std::size_t steps = series_.input_steps(index, options_.shapes.input);
    if (steps == 1) return;
    throw ShapeError(sentence(
        "fit_stateful: expected windows of 1 step, as series | views::window(1) gives them, found one of ", steps));
  }

  /// Part b of the series begins here; the first parts may be longer by one step.
  std::size_t first_of(std::size_t b) const {
    return b * (series_.size() / options_.parts) + std::min(b, series_.size() % options_.parts);
  }
  std::size_t length_of(std::size_t b) const { return first_of(b + 1) - first_of(b); }

  /// Reads step t of the chunk, of each part that has one. Returns of how many.
  std::size_t gather(Rows<T, Input.features> x, Rows<T, Output.features> y, std::size_t t) {
    indices_.clear();
    for (std::size_t b = 0; b < options_.parts && t < lengths_[b]; ++b) indices_.push_back(first_of(b) + done_ + t);
    for (const std::size_t index : indices_) check_steps(index);
    const std::size_t count = indices_.size();
    const Sequence<T, Output.features> labels{y.data, 1, count, nullptr, y.width};
    series_.gather(indices_, {x.data, 1, count, nullptr, x.width}, labels);
    check_labels<T, Output.features>(options_.label_check, labels, indices_);
    std::ranges::fill(x.last(options_.parts - count), T(0));
    std::ranges::fill(y.last(options_.parts - count), T(0));
    return count;
  }

  const Samples<T, Input, Output>& series_;
  Options options_;
  std::size_t done_ = 0;  ///< steps of each part in this pass
  std::vector<std::size_t> lengths_, indices_;
  SequenceBuffer<T, Input.features> x_;
  SequenceBuffer<T, Output.features> y_;
  Batch<T, Input.features, Output.features> batch_;
};

}  // namespace detail

/// Trains the model on one long series by truncated backpropagation through time (Williams and Peng 1990): the series
/// is read once per epoch, in order, in chunks of `steps`; the state is carried from chunk to chunk, and gradients
/// reach back to the beginning of a chunk. The weights change after each chunk. With one chunk it is the full gradient.
///
///     fit_stateful(model, series | views::window(1), MeanSquaredError{}, Adam{}, {.epochs = 10, .steps = 50});
///
/// The samples are the steps of the series, each a window of one step with its label, and the model gives an output for
/// every step. With a `batch_size` above 1 the series is cut into as many parts of equal length, each with a state of
/// its own, which are read side by side: faster, and the state starts from zero at each cut.
///
/// Throws DataError if the series is shorter than `batch_size`, a number is not finite or the loss does not take a
/// label, ShapeError if a window has not one step, ArgumentError for 0 steps, a batch size of 0, 0 or more than 4096
/// threads, and as `fit`, and std::system_error and TrainingError as `fit`. A state to go on from is as that of `fit`.
template <Model M, class Steps, Loss L, Optimizer<typename M::Parameters> O>
[[gnu::noinline]] History fit_stateful(
    M& model, Steps&& series, const L& loss, const O& optimizer,
    const std::type_identity_t<StatefulOptions<M, detail::label_count<L, M::output.features>>>& options,
    std::type_identity_t<detail::AnyTrainingStateOf<M, O>>& state) {
  constexpr std::size_t labels = detail::label_count<L, M::output.features>;
  using Samples = typename M::template SamplesWith<labels>;
  static_assert(std::constructible_from<Samples, Steps>,
                "fit_stateful takes a range of (window, label) pairs, as series | views::window(1) is.");
  static_assert(M::output.is_sequence,
                "fit_stateful needs a model that gives an output for every step: set return_sequences of its layers.");
  static_assert(M::input.steps == any_steps, "fit_stateful needs a model for any number of steps: Input<features>.");
  static_assert(M::carries_state,
                "fit_stateful needs layers that carry their state from one sequence to the next: those that read "
                "backwards, or look at several steps at once, do not.");
  const Samples samples(std::forward<Steps>(series));
  using Chunks = detail::Chunks<typename M::scalar, Samples::input, Samples::output>;
  const typename Chunks::Options chunks{options.steps, options.batch_size, detail::sample_shapes(model, loss),
                                        detail::LabelCheck<typename M::scalar>(loss)};
  Chunks training(samples, "the series", chunks);
  std::optional<Chunks> validation;
  if (!options.validation.empty()) validation.emplace(options.validation, "the validation series", chunks);
  return detail::train(model, loss, optimizer, options, state,
                       {"fit_stateful", training, training.batches(), validation ? &*validation : nullptr, false});
}

template <Model M, class Steps, Loss L, Optimizer<typename M::Parameters> O>
[[gnu::noinline]] History fit_stateful(
    M& model, Steps&& series, const L& loss, const O& optimizer,
    const std::type_identity_t<StatefulOptions<M, detail::label_count<L, M::output.features>>>& options = {}) {
  detail::AnyTrainingStateOf<M, O> state;
  return fit_stateful(model, std::forward<Steps>(series), loss, optimizer, options, state);
}

/// Anything else does not compile, with a sentence that says why.
template <class M, class L, class O>
History fit_stateful(M&& model, std::type_identity_t<detail::Refused<true, M, L, O>> series, const L&, const O&, ...);
template <class M> History fit_stateful(M&& model, std::type_identity_t<detail::Refused<true, M>> series, ...);

}  // namespace rnnts::inline RNNTS_ABI
