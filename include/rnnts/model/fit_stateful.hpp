// fit_stateful: trains a model on one long series, its state carried from chunk to chunk.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/losses/loss.hpp"
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
  typename M::template SamplesWith<Labels> validation =
      {};                                   ///< a series, cut as the other one, whose loss is computed after each epoch
  std::vector<Callback<M>> callbacks = {};  ///< called in this order
  std::size_t threads = 1;                  ///< that share the parts of the series
  bool verbose = true;                      ///< writes progress to stderr
};

namespace detail {

/// A series in chunks of some steps, each read from the state that the chunk before has left behind.
template <Model M, std::size_t Labels> class Chunks {
 public:
  using T = typename M::scalar;
  using Samples = typename M::template SamplesWith<Labels>;

  static constexpr std::string_view name = "fit_stateful";

  Chunks(const Samples& series, const StatefulOptions<M, Labels>& options) : series_(series), options_(options) {
    if (options.steps == 0) throw ArgumentError("fit_stateful: expected chunks of at least 1 step, found 0");
    if (options.batch_size == 0) throw ArgumentError("fit_stateful: expected a batch_size of at least 1, found 0");
    check(series, "the series");
    if (has_validation()) check(options.validation, "the validation series");
  }

  std::size_t batches() const { return chunks(series_); }
  bool has_validation() const { return !options_.validation.empty(); }

  double train(auto& trainer, Random& random, AfterBatch after_batch) {
    const auto step = [&] { return trainer.step(x_.view(), y_.view(), &random); };
    return mean_over_chunks(series_, trainer, step, after_batch);
  }

  double validate(auto& trainer) {
    const auto forward = [&] { return trainer.forward(x_.view(), y_.view()); };
    return mean_over_chunks(options_.validation, trainer, forward, [](double, double) {});
  }

  void read_validation(auto& trainer) {
    for (std::size_t chunk = 0; chunk < chunks(options_.validation); ++chunk) {
      gather(options_.validation, chunk * options_.steps, trainer.loss());
    }
  }

 private:
  void check(const Samples& series, std::string_view what) const {
    if (series.size() < options_.batch_size) {
      throw DataError(sentence("fit_stateful: expected ", what, " to have at least ", options_.batch_size,
                               " steps, one for each part of the batch, found ", series.size()));
    }
    for (std::size_t k = 0; k < series.size(); ++k) {
      if (series.input_steps(k) == 1) continue;
      throw ShapeError(
          sentence("fit_stateful: expected windows of 1 step, as series | views::window(1) gives them, "
                   "found one of ",
                   series.input_steps(k)));
    }
  }

  /// Part b of the series begins here; the first parts may be longer by one step.
  std::size_t first_of(const Samples& series, std::size_t b) const {
    return b * (series.size() / options_.batch_size) + std::min(b, series.size() % options_.batch_size);
  }
  std::size_t length_of(const Samples& series, std::size_t b) const {
    return first_of(series, b + 1) - first_of(series, b);
  }
  std::size_t chunks(const Samples& series) const { return ceil_div(length_of(series, 0), options_.steps); }

  double mean_over_chunks(const Samples& series, auto& trainer, auto loss_of_chunk, auto after_chunk) {
    trainer.for_each_state([](auto& state) { state.reset(); });
    double sum = 0;
    std::size_t done = 0;
    for (std::size_t chunk = 0; chunk < chunks(series); ++chunk) {
      const std::size_t numbers = gather(series, chunk * options_.steps, trainer.loss());
      const double loss = loss_of_chunk();
      sum += loss * static_cast<double>(numbers);
      done += numbers;
      after_chunk(loss, sum / static_cast<double>(done));
      trainer.for_each_state([](auto& state) { state.carry_over(); });
    }
    trainer.for_each_state([](auto& state) { state.reset(); });
    return sum / static_cast<double>(done);
  }

  /// Reads the chunk of each part that begins `first` steps after its beginning. Returns how many steps that are in
  /// all.
  std::size_t gather(const Samples& series, std::size_t first, const auto& loss) {
    const std::size_t parts = options_.batch_size;
    const std::size_t steps = std::min(options_.steps, length_of(series, 0) - first);
    lengths_.resize(parts);
    for (std::size_t b = 0; b < parts; ++b) lengths_[b] = std::min(steps, length_of(series, b) - first);
    const std::size_t* const lengths = lengths_.back() == steps ? nullptr : lengths_.data();
    const auto x = x_.resize(steps, parts, lengths);
    const auto y = y_.resize(steps, parts, lengths);
    std::size_t count = 0;
    for (std::size_t t = 0; t < steps; ++t) {
      indices_.clear();
      for (std::size_t b = 0; b < parts && t < lengths_[b]; ++b) indices_.push_back(first_of(series, b) + first + t);
      const Sequence<T, Labels> labels{y[t].data, 1, indices_.size()};
      series.gather(indices_, {x[t].data, 1, indices_.size()}, labels);
      check_labels<std::remove_cvref_t<decltype(loss)>, T, Labels>(loss, labels, indices_);
      std::ranges::fill(x[t].last(parts - indices_.size()), T(0));
      std::ranges::fill(y[t].last(parts - indices_.size()), T(0));
      count += indices_.size();
    }
    return count;
  }

  const Samples& series_;
  const StatefulOptions<M, Labels>& options_;
  SequenceBuffer<T, M::input.features> x_;
  SequenceBuffer<T, Labels> y_;
  std::vector<std::size_t> lengths_, indices_;
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
/// label, ShapeError if a window has not one step, ArgumentError for 0 steps, a batch size or a number of threads of 0,
/// and as `fit`, and std::system_error and TrainingError as `fit`. A state to go on from is as that of `fit`.
template <Model M, class Steps, Loss L, Optimizer<typename M::Parameters> O>
History fit_stateful(
    M& model, Steps&& series, L loss, O optimizer,
    const std::type_identity_t<StatefulOptions<M, detail::label_count<L, M::output.features>>>& options,
    std::type_identity_t<TrainingState<M, O>>& state) {
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
  detail::Chunks<M, labels> chunks(samples, options);
  return detail::Training(model, std::move(loss), std::move(optimizer), options, state, chunks).run();
}

template <Model M, class Steps, Loss L, Optimizer<typename M::Parameters> O>
History fit_stateful(
    M& model, Steps&& series, L loss, O optimizer,
    const std::type_identity_t<StatefulOptions<M, detail::label_count<L, M::output.features>>>& options = {}) {
  TrainingState<M, O> state{optimizer};
  return fit_stateful(model, std::forward<Steps>(series), std::move(loss), std::move(optimizer), options, state);
}

/// Anything else does not compile, with a sentence that says why.
template <class M, class L, class O>
History fit_stateful(M&& model, std::type_identity_t<detail::Refused<true, M, L, O>> series, const L&, const O&, ...);
template <class M> History fit_stateful(M&& model, std::type_identity_t<detail::Refused<true, M>> series, ...);

}  // namespace rnnts::inline RNNTS_ABI
