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
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/team.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/backpropagation.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Multiply-adds of a forward pass that pay for a further thread: it takes microseconds to hand it its part and to
/// collect what came of it. Set by benchmarks/threads_bench.cpp.
inline constexpr std::size_t usual_work_per_thread = std::size_t{1} << 16;

/// Some samples of each batch, one after the other, and what came of them.
struct BatchPart {
  std::size_t first = 0, samples = 0;
  double share = 0;  ///< of the rows that count, or of the labels that are known
  double loss = 0;
  Seed seed;
  bool has_drawn = false;
};

/// The samples of a part, copied.
template <class T, std::size_t F>
Sequence<const T, F> take(const BatchPart& part, Sequence<const T, F> all, SequenceBuffer<T, F>& buffer) {
  const auto own = buffer.resize(all.steps, part.samples, all.width, all.lengths ? all.lengths + part.first : nullptr);
  for (std::size_t t = 0; t < all.steps; ++t) std::copy_n(all[t][part.first], own[t].size(), own[t].data);
  return own;
}

/// The other way round.
template <class T, std::size_t F>
void give(const BatchPart& part, std::type_identity_t<Sequence<const T, F>> own, Sequence<T, F> all) {
  for (std::size_t t = 0; t < all.steps; ++t) std::ranges::copy(own[t], all[t][part.first]);
}

/// Which samples of a batch each part has, and how much they count: by the rows within their lengths, or where labels
/// may be missing, by those that are known.
template <class T, std::size_t F> void cut(std::span<BatchPart> parts, Sequence<const T, F> y, bool may_miss) {
  std::size_t first = 0, all = 0;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    BatchPart& part = parts[k];
    part.first = first;
    part.samples = y.batch / parts.size() + (k < y.batch % parts.size() ? 1 : 0);
    first += part.samples;
    std::size_t of_part = may_miss ? known_labels(y, part.first, part.samples) : 0;
    for (std::size_t b = part.first; b < first && !may_miss; ++b) of_part += y.length(b);
    part.share = static_cast<double>(of_part);
    all += of_part;
  }
  for (BatchPart& part : parts) part.share /= static_cast<double>(std::max<std::size_t>(1, all));
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

/// What computes the parts of batches, one after the other, has of them.
template <Scalar T, std::size_t I, std::size_t Labels> struct PartMemory {
  SequenceBuffer<T, I> x, dx;
  SequenceBuffer<T, Labels> y;

  /// Calls `compute(x, y_true, random, sample_weights)`, which returns the loss, with the samples of a part of a batch.
  /// The random numbers are those of its seed, or null.
  void compute(BatchPart& part, Sequence<const T, I> all_x, Sequence<const T, Labels> all_y, bool draws,
               std::span<const T> sample_weights, const auto& compute) {
    const auto weights = sample_weights.empty() ? sample_weights : sample_weights.subspan(part.first, part.samples);
    const Random fresh(part.seed);
    Random random = fresh;
    part.loss = compute(take(part, all_x, x), take(part, all_y, y), draws ? &random : nullptr, weights);
    part.has_drawn = random != fresh;
  }
};

/// sums += addends, tensor by tensor.
template <Scalar T> void add_tensors(Tensors<T> sums, Tensors<T> addends) {
  for (std::size_t k = 0; k < sums.size(); ++k) {
    for (std::size_t i = 0; i < sums[k].size(); ++i) sums[k][i] += addends[k][i];
  }
}

/// What `Backpropagation` does, with the penalties of the regularizers, and with a batch cut by samples into as many
/// parts as there are threads, or fewer if that is less work for each than it should be; the first B mod n parts have
/// one sample more than the others. Each part has a pass of its own. The mean over the batch is Σ share · (mean over
/// the part), in the order of the parts, where the share is that of the rows that count. So the last digits depend on
/// the number of threads, but not on chance.
///
/// Each part draws random numbers from a stream of its own, from a seed that is drawn for it. Where no layer draws any,
/// `random` stays as it is, as with one part.
///
/// One part is the work of a `Backpropagation` and no more: no copy, no second thread. The gradients are those of the
/// pass that it is given, to which it refers.
template <Scalar T, std::size_t I, std::size_t N, Loss L> class ParallelBackpropagation {
  using Serial = Backpropagation<T, I, N, L>;

 public:
  using Pass = typename Serial::Pass;
  using X = typename Serial::X;
  using DX = typename Serial::DX;
  using Y = typename Serial::Y;

  /// Throws ArgumentError for 0 or more than 4096 threads, in the name of the function that trains, std::system_error
  /// if the system gives no more threads.
  [[gnu::cold]] ParallelBackpropagation(Pass& pass, L loss, std::size_t threads,
                                        std::size_t work_per_thread = usual_work_per_thread,
                                        std::string_view name = "ParallelBackpropagation")
      : loss_(std::move(loss)), first_(pass, loss_), work_per_thread_(work_per_thread) {
    check_threads(name, threads);
    if (threads == 1) return;
    for (const std::span<T> weights : pass.tensors()) work_per_row_ += weights.size();
    all_parts_.resize(threads);
    for (std::size_t k = 1; k < threads; ++k) others_.push_back(std::make_unique<Other>(pass.another(), loss_));
    memory_.resize(threads);
    team_ = std::make_unique<Team>(threads);
  }
  ParallelBackpropagation(const ParallelBackpropagation&) = delete;  // its members refer to each other
  ParallelBackpropagation& operator=(const ParallelBackpropagation&) = delete;
  [[gnu::cold]] ~ParallelBackpropagation() {}

  [[gnu::noinline]] double forward(X x, Y y_true, Random* random, std::span<const T> sample_weights) {
    choose_parts(x);
    const double loss = is_shared()
                            ? run(Kind::forward, x, y_true, {nullptr, 0, 0, nullptr, x.width}, random, sample_weights)
                            : first_.forward(x, y_true, random, sample_weights);
    return loss + first_.pass().penalty();
  }

  /// Forward and backward pass: afterwards the gradients are those of the returned loss. Overwrites `dx` with the
  /// gradient by x, unless it is empty.
  [[gnu::noinline]] double backward(X x, Y y_true, DX dx, Random* random, std::span<const T> sample_weights) {
    choose_parts(x);
    double loss = first_.pass().penalty();
    if (is_shared()) {
      loss += run(Kind::backward, x, y_true, dx, random, sample_weights);
      for (std::size_t k = 1; k < parts_.size(); ++k) {
        if (parts_[k].share != 0) add_tensors(first_.pass().tensors(), serial(k).pass().tensors());
      }
    } else {
      loss += first_.forward(x, y_true, random, sample_weights);
      first_.backward(x, y_true, dx);
    }
    first_.pass().add_penalty_gradient();
    return loss;
  }

  Sequence<const T, N> output() const { return is_shared() ? y_.view() : first_.output(); }
  const L& loss() const { return loss_; }

  /// The next batch has the samples of the last one, which go on from where these have ended: each is left to the pass
  /// that has its state.
  void keep_parts(bool keeps) { keeps_parts_ = keeps; }

  /// Calls `visit` with the pass of each part.
  void for_each_pass(const auto& visit) {
    visit(first_.pass());
    for (const auto& other : others_) visit(*other->pass);
  }

 private:
  enum class Kind { forward, backward };

  /// What a further thread has.
  struct Other {
    Other(std::unique_ptr<Pass> its_pass, const L& loss) : pass(std::move(its_pass)), serial(*pass, loss) {}

    std::unique_ptr<Pass> pass;
    Serial serial;
  };

  Serial& serial(std::size_t k) { return k == 0 ? first_ : others_[k - 1]->serial; }

  bool is_shared() const { return parts_.size() > 1; }

  /// By the work that the whole batch is.
  void choose_parts(X x) {
    if (!team_ || std::exchange(keeps_parts_, false)) return;
    const std::size_t paid = x.steps * x.batch * work_per_row_ / std::max<std::size_t>(1, work_per_thread_);
    parts_ = std::span(all_parts_).first(std::max<std::size_t>(1, std::min({paid, x.batch, all_parts_.size()})));
  }

  /// One pass of all parts, at the same time. Returns the loss of the whole.
  double run(Kind kind, X x, Y y_true, DX dx, Random* random, std::span<const T> sample_weights) {
    cut(parts_, y_true, leaves_out_missing(loss_));
    if (random != nullptr) draw_seeds(parts_, *random);  // from a copy
    const auto y = y_.resize(y_true.steps, y_true.batch, first_.pass().outputs(), y_true.lengths);
    team_->run([&](std::size_t k) {
      if (k >= parts_.size()) return;
      run_serially(kind, k, x, y_true, dx, random != nullptr, sample_weights);
      give(parts_[k], serial(k).output(), y);
    });
    const bool has_drawn =
        std::ranges::any_of(parts_, [](const BatchPart& part) { return part.share != 0 && part.has_drawn; });
    if (has_drawn) *random = draw_seeds(parts_, *random);
    return total_loss(parts_);
  }

  void run_serially(Kind kind, std::size_t k, X all_x, Y all_y, DX all_dx, bool draws,
                    std::span<const T> sample_weights) {
    BatchPart& part = parts_[k];
    auto& memory = memory_[k];
    const DX dx = all_dx.empty() ? all_dx : memory.dx.resize(all_dx.steps, part.samples, all_dx.width);
    const auto compute = [&](X x, Y y_true, Random* random, std::span<const T> weights) {
      const double loss = serial(k).forward(x, y_true, random, weights);
      if (kind == Kind::backward && part.share != 0) {
        serial(k).backward(x, y_true, dx, static_cast<T>(part.share));
      } else {
        serial(k).pass().set_gradients_to_zero();
        std::ranges::fill(dx.rows(), T(0));
      }
      return loss;
    };
    memory.compute(part, all_x, all_y, draws, sample_weights, compute);
    if (!dx.empty()) give(part, dx, all_dx);
  }

  L loss_;
  Serial first_;                                ///< the one of the caller's thread
  std::vector<std::unique_ptr<Other>> others_;  ///< of further threads
  std::size_t work_per_thread_;
  std::size_t work_per_row_ = 0;  ///< multiply-adds of a forward pass for one step of a sample, at most
  bool keeps_parts_ = false;
  std::vector<BatchPart> all_parts_;  ///< as many as threads; none for one, as what follows
  std::span<BatchPart> parts_;        ///< those of the last batch
  std::vector<PartMemory<T, I, label_count<L, N>>> memory_;
  SequenceBuffer<T, N> y_;
  std::unique_ptr<Team> team_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
