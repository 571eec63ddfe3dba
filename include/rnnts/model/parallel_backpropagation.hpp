// ParallelBackpropagation: outputs, loss and gradients of one batch, whose samples several threads share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/team.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/backpropagation.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline v0 {

/// What `Backpropagation` does, with a batch cut by samples into as many parts as there are threads; the first
/// B mod n parts have one sample more than the others. Each part has a tape, a workspace and gradients of its own. The
/// mean over the batch is Σ share · (mean over the part), in the order of the parts, where the share is that of the
/// rows that count. So the last digits depend on the number of threads, but not on chance.
///
/// Each part draws random numbers from a stream of its own, from a seed that is drawn for it. Where no layer draws any,
/// `random` stays as it is, as with one thread.
///
/// With one thread it is a `Backpropagation` and no more: no copy, no second thread.
template <Model M, Loss L> class ParallelBackpropagation {
  using Serial = Backpropagation<M, L>;

 public:
  using T = typename Serial::T;
  using X = typename Serial::X;
  using DX = typename Serial::DX;
  using Y = typename Serial::Y;
  using Output = typename Serial::Output;

  /// Throws ArgumentError for 0 threads, std::system_error if the system gives no more threads.
  ParallelBackpropagation(const M& model, L loss, std::size_t threads)
      : model_(model), loss_(std::move(loss)), parts_(threads) {
    if (threads == 0) throw ArgumentError("training: expected at least 1 thread, found 0");
    if (threads > 1) team_ = std::make_unique<detail::Team>(threads);
  }

  double forward(X x, Y y_true, Random* random, std::span<const T> sample_weights) {
    if (!team_) return first().forward(model_.parameters(), loss_, x, y_true, random, sample_weights);
    return run(Pass::forward, x, y_true, {}, random, sample_weights);
  }

  double backward(X x, Y y_true, DX dx, Random* random, std::span<const T> sample_weights) {
    if (!team_) return first().backward(model_.parameters(), loss_, x, y_true, dx, random, sample_weights);
    const double loss = run(Pass::backward, x, y_true, dx, random, sample_weights);
    for (std::size_t k = 1; k < parts_.size(); ++k) add_gradients(parts_[k]);
    return loss;
  }

  typename M::Parameters& gradients() { return first().gradients(); }
  const typename M::Parameters& gradients() const { return parts_.front().serial.gradients(); }
  Output output() const { return team_ ? y_.view() : parts_.front().serial.output(); }
  /// Of the first part.
  typename M::Tape& tape() { return first().tape(); }
  const typename M::Workspace& workspace() const { return parts_.front().serial.workspace(); }

  /// Calls `visit` with each state of each part that is carried over.
  void for_each_state(const auto& visit) {
    for (Part& part : parts_) rnnts::for_each_state(part.serial.tape(), visit);
  }

 private:
  enum class Pass { forward, backward };

  /// Some samples of each batch, one after the other.
  struct Part {
    /// The samples of the part, copied.
    template <std::size_t F> Sequence<const T, F> take(Sequence<const T, F> all, SequenceBuffer<T, F>& buffer) const {
      const auto own = buffer.resize(all.steps, samples, all.lengths ? all.lengths + first : nullptr);
      for (std::size_t t = 0; t < all.steps; ++t) std::copy_n(all[t][first], samples * F, own[t].data);
      return own;
    }

    /// The other way round.
    template <std::size_t F> void give(std::type_identity_t<Sequence<const T, F>> own, Sequence<T, F> all) const {
      for (std::size_t t = 0; t < all.steps; ++t) std::copy_n(own[t].data, samples * F, all[t][first]);
    }

    Serial serial;
    std::size_t first = 0, samples = 0;
    double share = 0, loss = 0;
    Seed seed;
    bool has_drawn = false;
    SequenceBuffer<T, M::input.features> x, dx;
    SequenceBuffer<T, Serial::labels> y;
  };

  Serial& first() { return parts_.front().serial; }

  /// One pass of all parts that have samples, at the same time. Returns the loss of the whole.
  double run(Pass pass, X x, Y y_true, DX dx, Random* random, std::span<const T> sample_weights) {
    cut(y_true);
    if (random != nullptr) draw_seeds(*random);  // from a copy
    const auto y = y_.resize(y_true.steps, y_true.batch, y_true.lengths);
    const auto run_part = [&](std::size_t k) {
      Part& part = parts_[k];
      if (part.samples == 0) return;
      const X part_x = part.take(x, part.x);
      const Y part_y = part.take(y_true, part.y);
      const auto weights = sample_weights.empty() ? sample_weights : sample_weights.subspan(part.first, part.samples);
      const Random fresh(part.seed);
      Random own = fresh;
      Random* const part_random = random == nullptr ? nullptr : &own;
      const DX part_dx = dx.empty() ? dx : part.dx.resize(dx.steps, part.samples);
      if (pass == Pass::forward || part.share == 0) {
        part.loss = part.serial.forward(model_.parameters(), loss_, part_x, part_y, part_random, weights);
        for (const auto gradient : tensors(part.serial.gradients())) std::ranges::fill(gradient, T(0));
        std::ranges::fill(part_dx.rows(), T(0));
      } else {
        part.loss = part.serial.backward(model_.parameters(), loss_, part_x, part_y, part_dx, part_random, weights,
                                         static_cast<T>(part.share));
      }
      if (!dx.empty()) part.give(part_dx, dx);
      part.give(part.serial.output(), y);
      part.has_drawn = own != fresh;
    };
    if (y_true.batch == 1) {
      run_part(0);
    } else {
      team_->run(run_part);
    }
    double loss = 0;
    bool has_drawn = false;
    for (const Part& part : parts_) {
      if (part.share == 0) continue;
      loss += part.share * part.loss;
      has_drawn = has_drawn || part.has_drawn;
    }
    if (has_drawn) *random = draw_seeds(*random);
    return loss;
  }

  /// Which samples each part has, and how much they count.
  void cut(Y y_true) {
    const std::size_t n = parts_.size();
    std::size_t first = 0, rows = 0;
    for (std::size_t k = 0; k < n; ++k) {
      Part& part = parts_[k];
      part.first = first;
      part.samples = y_true.batch / n + (k < y_true.batch % n ? 1 : 0);
      first += part.samples;
      std::size_t rows_of_part = 0;
      for (std::size_t b = part.first; b < first; ++b) rows_of_part += y_true.length(b);
      part.share = static_cast<double>(rows_of_part);
      rows += rows_of_part;
    }
    for (Part& part : parts_) part.share /= static_cast<double>(rows);
  }

  /// Draws a seed for each part. Returns the random numbers that are left.
  Random draw_seeds(Random random) {
    for (Part& part : parts_) part.seed = random.draw_seed();
    return random;
  }

  /// Adds the gradients of a part to those of the first one.
  void add_gradients(const Part& part) {
    if (part.share == 0) return;
    const auto sums = tensors(gradients());
    const auto gradients_of_part = tensors(part.serial.gradients());
    for (std::size_t k = 0; k < sums.size(); ++k) {
      for (std::size_t i = 0; i < sums[k].size(); ++i) sums[k][i] += gradients_of_part[k][i];
    }
  }

  const M& model_;
  L loss_;
  std::vector<Part> parts_;
  SequenceBuffer<T, M::output.features> y_;  ///< of all parts; without a team, what the only one has
  std::unique_ptr<detail::Team> team_;       ///< none for one thread
};

}  // namespace rnnts::inline v0
