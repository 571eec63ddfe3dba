// ParallelBackpropagation: outputs, loss and gradients of one batch, whose samples several threads share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/check_threads.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/penalty.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/team.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/backpropagation.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/states.hpp"
#include "rnnts/tensor/named_tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Some samples of each batch, one after the other, and what came of them.
struct BatchPart {
  std::size_t first = 0, samples = 0;
  double share = 0;  ///< of the rows that count
  double loss = 0;
  Seed seed;
  bool has_drawn = false;
};

/// Which samples of a batch each part has, and how much they count.
inline void cut(std::span<BatchPart> parts, std::size_t steps, std::size_t batch, const std::size_t* lengths) {
  std::size_t first = 0, rows = 0;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    BatchPart& part = parts[k];
    part.first = first;
    part.samples = batch / parts.size() + (k < batch % parts.size() ? 1 : 0);
    first += part.samples;
    std::size_t rows_of_part = 0;
    for (std::size_t b = part.first; b < first; ++b) rows_of_part += lengths ? lengths[b] : steps;
    part.share = static_cast<double>(rows_of_part);
    rows += rows_of_part;
  }
  for (BatchPart& part : parts) part.share /= static_cast<double>(rows);
}

/// Draws a seed for each part. Returns the random numbers that are left.
inline Random draw_seeds(std::span<BatchPart> parts, Random random) {
  for (BatchPart& part : parts) part.seed = random.draw_seed();
  return random;
}

/// The loss of the whole batch.
inline double total_loss(std::span<const BatchPart> parts) {
  double loss = 0;
  for (const BatchPart& part : parts) {
    if (part.share != 0) loss += part.share * part.loss;
  }
  return loss;
}

/// sums += addends, tensor by tensor.
template <Scalar T> void add_tensors(std::span<const std::span<T>> sums, std::span<const std::span<const T>> addends) {
  for (std::size_t k = 0; k < sums.size(); ++k) {
    for (std::size_t i = 0; i < sums[k].size(); ++i) sums[k][i] += addends[k][i];
  }
}

/// Passes over batches that several threads share: each has a `BatchPass`.
template <Scalar T, std::size_t I, std::size_t Labels, std::size_t N> class SharedPass {
 public:
  using Serial = BatchPass<T, I, Labels, N>;
  using X = typename Serial::X;
  using DX = typename Serial::DX;
  using Y = typename Serial::Y;

  enum class Kind { forward, backward };

  using Passes = std::vector<Serial*>;

  /// As many threads as there are passes. Throws std::system_error if the system gives no more threads.
  explicit SharedPass(Passes passes)
      : passes_(std::move(passes)), parts_(passes_.size()), memory_(passes_.size()), team_(passes_.size()) {}

  /// One pass of all parts that have samples, at the same time. Returns the loss of the whole.
  double run(Kind kind, X x, Y y_true, DX dx, Random* random, std::span<const T> sample_weights) {
    cut(parts_, y_true.steps, y_true.batch, y_true.lengths);
    if (random != nullptr) draw_seeds(parts_, *random);  // from a copy
    const auto y = y_.resize(y_true.steps, y_true.batch, y_true.lengths);
    const auto run_part = [&](std::size_t k) {
      if (parts_[k].samples == 0) return;
      run_serially(kind, *passes_[k], parts_[k], memory_[k], x, y_true, dx, random != nullptr, sample_weights);
      give(parts_[k], passes_[k]->output(), y);
    };
    if (y_true.batch == 1) {
      run_part(0);
    } else {
      team_.run(run_part);
    }
    const bool has_drawn =
        std::ranges::any_of(parts_, [](const BatchPart& part) { return part.share != 0 && part.has_drawn; });
    if (has_drawn) *random = draw_seeds(parts_, *random);
    return total_loss(parts_);
  }

  /// The outputs of the last batch.
  Sequence<const T, N> output() const { return y_.view(); }
  /// Whether anything of a part counted in the last batch.
  bool counts(std::size_t part) const { return parts_[part].share != 0; }

 private:
  struct Memory {
    SequenceBuffer<T, I> x, dx;
    SequenceBuffer<T, Labels> y;
  };

  /// The samples of a part, copied.
  template <std::size_t F>
  static Sequence<const T, F> take(const BatchPart& part, Sequence<const T, F> all, SequenceBuffer<T, F>& buffer) {
    const auto own = buffer.resize(all.steps, part.samples, all.lengths ? all.lengths + part.first : nullptr);
    for (std::size_t t = 0; t < all.steps; ++t) std::copy_n(all[t][part.first], part.samples * F, own[t].data);
    return own;
  }

  /// The other way round.
  template <std::size_t F>
  static void give(const BatchPart& part, std::type_identity_t<Sequence<const T, F>> own, Sequence<T, F> all) {
    for (std::size_t t = 0; t < all.steps; ++t) std::copy_n(own[t].data, part.samples * F, all[t][part.first]);
  }

  static void run_serially(Kind kind, Serial& serial, BatchPart& part, Memory& memory, X all_x, Y all_y, DX all_dx,
                           bool draws, std::span<const T> sample_weights) {
    const X x = take(part, all_x, memory.x);
    const Y y_true = take(part, all_y, memory.y);
    const DX dx = all_dx.empty() ? all_dx : memory.dx.resize(all_dx.steps, part.samples);
    const auto weights = sample_weights.empty() ? sample_weights : sample_weights.subspan(part.first, part.samples);
    const Random fresh(part.seed);
    Random random = fresh;
    if (kind == Kind::backward && part.share != 0) {
      part.loss = serial.backward(x, y_true, dx, draws ? &random : nullptr, weights, static_cast<T>(part.share));
    } else {
      serial.set_gradients_to_zero();
      std::ranges::fill(dx.rows(), T(0));
      part.loss = serial.forward(x, y_true, draws ? &random : nullptr, weights);
    }
    part.has_drawn = random != fresh;
    if (!dx.empty()) give(part, dx, all_dx);
  }

  Passes passes_;
  std::vector<BatchPart> parts_;  ///< of the last batch
  std::vector<Memory> memory_;
  SequenceBuffer<T, N> y_;
  Team team_;
};

/// What `Backpropagation` does, with the penalties of the regularizers, and with a batch cut by samples into as many
/// parts as there are threads; the first B mod n parts have one sample more than the others. Each part has a tape, a
/// workspace and gradients of its own. The mean over the batch is Σ share · (mean over the part), in the order of the
/// parts, where the share is that of the rows that count. So the last digits depend on the number of threads, but not
/// on chance.
///
/// Each part draws random numbers from a stream of its own, from a seed that is drawn for it. Where no layer draws any,
/// `random` stays as it is, as with one thread.
///
/// With one thread it is a `Backpropagation` and no more: no copy, no second thread. Holds all its gradients itself,
/// and so may be large.
template <Model M, Loss L> class ParallelBackpropagation {
  using Serial = Backpropagation<M, L>;
  using Shared =
      SharedPass<typename M::scalar, M::input.features, label_count<L, M::output.features>, M::output.features>;

 public:
  using T = typename Serial::T;
  using X = typename Serial::X;
  using DX = typename Serial::DX;
  using Y = typename Serial::Y;
  using Output = typename Serial::Output;

  /// Throws ArgumentError for 0 or more than 4096 threads, in the name of the function that trains, std::system_error
  /// if the system gives no more threads.
  [[gnu::cold]] ParallelBackpropagation(const M& model, L loss, std::size_t threads,
                                        std::string_view name = "ParallelBackpropagation")
      : model_(model), loss_(std::move(loss)), first_(model_, loss_) {
    check_threads(name, threads);
    if (threads == 1) return;
    typename Shared::Passes passes{&first_};
    for (std::size_t k = 1; k < threads; ++k) {
      passes.push_back(others_.emplace_back(std::make_unique<Serial>(model_, loss_)).get());
    }
    shared_ = std::make_unique<Shared>(std::move(passes));
  }
  ParallelBackpropagation(const ParallelBackpropagation&) = delete;  // its members refer to each other
  ParallelBackpropagation& operator=(const ParallelBackpropagation&) = delete;
  [[gnu::cold]] ~ParallelBackpropagation() {}

  double forward(X x, Y y_true, Random* random, std::span<const T> sample_weights) {
    const double loss = shared_ ? shared_->run(Shared::Kind::forward, x, y_true, {}, random, sample_weights)
                                : first_.forward(x, y_true, random, sample_weights);
    return loss + penalty(model_.parameters());
  }

  double backward(X x, Y y_true, DX dx, Random* random, std::span<const T> sample_weights) {
    const double loss = shared_ ? shared_->run(Shared::Kind::backward, x, y_true, dx, random, sample_weights)
                                : first_.backward(x, y_true, dx, random, sample_weights);
    for (std::size_t k = 0; k < others_.size(); ++k) {
      if (!shared_->counts(k + 1)) continue;
      add_tensors<T>(tensors(first_.gradients()), tensors(std::as_const(*others_[k]).gradients()));
    }
    add_penalty_gradient(model_.parameters(), first_.gradients());
    return loss + penalty(model_.parameters());
  }

  const typename M::Parameters& gradients() const { return first_.gradients(); }
  Output output() const { return shared_ ? shared_->output() : first_.output(); }
  const L& loss() const { return loss_; }
  /// Of the first part.
  typename M::Tape& tape() { return first_.tape(); }
  const typename M::Workspace& workspace() const { return first_.workspace(); }

  /// The sequences of the next batches start from these states, the same for all samples. Throws as
  /// `Scratch::set_initial_states`.
  void set_initial_states(const std::vector<NamedTensor<T>>& states) {
    for_each_tape([&](auto& tape) { detail::set_initial_states(tape, states, StateRows::one); });
  }

  /// Calls `visit` with each state of each part that is carried over.
  void for_each_state(const auto& visit) {
    for_each_tape([&](auto& tape) { detail::for_each_state(tape, visit); });
  }

 private:
  void for_each_tape(const auto& visit) {
    visit(first_.tape());
    for (const auto& other : others_) visit(other->tape());
  }

  const M& model_;
  L loss_;
  Serial first_;                                 ///< the one of the caller's thread
  std::vector<std::unique_ptr<Serial>> others_;  ///< of further threads
  std::unique_ptr<Shared> shared_;               ///< none for one thread
};

}  // namespace rnnts::inline RNNTS_ABI::detail
