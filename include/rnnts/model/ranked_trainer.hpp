// RankedTrainer: the steps of a training that several processes share, and the option that asks for it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/model/any_trainer.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/parallel_backpropagation.hpp"
#include "rnnts/model/ranks.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A trainer of one process, to which it refers, as one of several ranks.
///
/// All ranks read the same batches in the same order, so that none waits for a batch that another does not have. Of
/// each, a rank computes its part, as a thread does in `ParallelBackpropagation`: the gradient by the whole batch is
/// Σ share · (that by the part), a sum over all ranks, after which each changes its weights in the same way. A batch
/// with fewer samples than there are ranks leaves nothing to some.
///
/// What is thrown on one rank between two sums is thrown there once all have got to the next one; on the others it is
/// an Error then, with the same message.
template <Scalar T, std::size_t I, std::size_t Labels> class RankedTrainer final : public AnyTrainer<T, I, Labels> {
 public:
  using typename AnyTrainer<T, I, Labels>::X;
  using typename AnyTrainer<T, I, Labels>::Y;

  /// `function` is the one that trains, for messages.
  [[gnu::cold]] RankedTrainer(TwoPartTrainer<T, I, Labels>& trainer, Ranks& ranks, std::string_view function)
      : trainer_(trainer), ranks_(ranks), function_(function), parts_(ranks.size()) {
    for (const auto weights : trainer_.weights()) weight_count_ += weights.size();
  }

  double step(X x, Y y_true, Random* random, std::span<const T> sample_weights) override {
    const FlushSubnormals flush;
    const Tensors<T> gradients = trainer_.gradient_tensors();
    const auto backward = [&](X own_x, Y own_y, Random* own_random, std::span<const T> own_weights) {
      const double loss = trainer_.backward(own_x, own_y, own_random, own_weights);
      const T share = static_cast<T>(parts_[ranks_.rank()].share);
      T* sum = numbers_.data();
      for (const auto gradient : gradients) {
        for (const T g : gradient) *sum++ = share * g;
      }
      return loss;
    };
    const double loss = share_out(numbers_, weight_count_, backward, x, y_true, random, sample_weights);
    copy_numbers_to(gradients);
    trainer_.update();
    return loss;
  }

  double forward(X x, Y y_true, Random* random, std::span<const T> sample_weights) override {
    const auto forward = [&](X own_x, Y own_y, Random* own_random, std::span<const T> own_weights) {
      return trainer_.forward(own_x, own_y, own_random, own_weights);
    };
    return share_out(doubles_, 0, forward, x, y_true, random, sample_weights);
  }

  bool is_first() const override { return ranks_.rank() == 0; }
  Tensors<T> weights() override { return trainer_.weights(); }
  void carry_states_over() override { trainer_.carry_states_over(); }
  void reset_states() override { trainer_.reset_states(); }

  /// A number of each kind, of which the last may differ by rounding.
  [[gnu::cold]] void check_alike(const TrainingData<T, I, Labels>& data, std::size_t epochs, Random random) override {
    constexpr std::string_view names[]{
        "weights", "epochs", "batches", "validation windows", "seed", "windows in the first batch", "numbers in it"};
    constexpr std::size_t count = std::size(names);
    sum_after(doubles_, ranks_.size() * count, [&] {
      double* mine = doubles_.data() + ranks_.rank() * count;
      *mine++ = static_cast<double>(weight_count_);
      *mine++ = static_cast<double>(epochs);
      *mine++ = static_cast<double>(data.batches);
      if (data.validation != nullptr) {
        data.validation->begin(nullptr);
        while (const auto* batch = data.validation->next()) *mine += static_cast<double>(batch->count);
      }
      *++mine = random.uniform();
      data.training.begin(nullptr);
      if (const auto* batch = data.training.next()) {
        *++mine = static_cast<double>(batch->count);
        ++mine;
        for (const T value : batch->x.rows()) *mine += std::abs(static_cast<double>(value));
        for (const T value : batch->y.rows()) *mine += std::isnan(value) ? 0 : std::abs(static_cast<double>(value));
      }
    });
    for (std::size_t i = 0; i < ranks_.size() * count; ++i) {
      const std::size_t kind = i % count;
      const double expected = doubles_[kind], found = doubles_[i];
      const double tolerance = kind + 1 == count ? 1e-5 * std::abs(expected) : 0;
      if (std::abs(found - expected) <= tolerance) continue;
      throw ArgumentError(sentence(function_, ": expected the same model, data and options on all ranks; of ",
                                   names[kind], ", rank 0 has ", expected, ", rank ", i / count, " ", found));
    }
  }

  [[gnu::cold]] bool agree(FunctionRef<bool()> call_callbacks) override {
    sum_after(numbers_, weight_count_ + 1, [&] {
      numbers_[weight_count_] = call_callbacks() ? T(1) : T(0);
      const Tensors<T> mine = trainer_.weights();
      if (ranks_.rank() > 0) return;
      T* next = numbers_.data();
      for (const auto weights : mine) next = std::ranges::copy(weights, next).out;
    });
    copy_numbers_to(trainer_.weights());
    return numbers_[weight_count_] != 0;
  }

 private:
  /// `work` writes to the `count` numbers, which are 0 before; then they are sums over all ranks.
  template <Scalar N> void sum_after(std::vector<N>& numbers, std::size_t count, FunctionRef<void()> work) {
    numbers.assign(count + 1, N(0));  // the last one says how many ranks have failed
    std::exception_ptr failure;
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
      numbers.assign(count + 1, N(0));
      numbers[count] = 1;
    }
    ranks_.sum(std::span(numbers));
    if (numbers[count] == 0) return;
    const std::string text = what_failed(failure);
    if (failure) std::rethrow_exception(failure);
    throw Error(sentence(function_, ": ", text));
  }

  /// The first rank that has failed, and what it says, cut off where it is long.
  [[gnu::cold]] std::string what_failed(const std::exception_ptr& failure) {
    constexpr std::size_t most = 512;
    std::vector<float> texts(ranks_.size() * most);  // a number for each byte
    if (failure) {
      std::string mine = message_of(failure);
      mine.resize(std::clamp<std::size_t>(mine.size(), 1, most), ' ');
      std::ranges::transform(mine, texts.data() + ranks_.rank() * most,
                             [](unsigned char byte) { return static_cast<float>(byte); });
    }
    ranks_.sum(std::span(texts));
    std::size_t first = 0;
    while (texts[first * most] == 0) ++first;
    std::string text = sentence("rank ", first, " has failed: ");
    for (std::size_t i = first * most; i < (first + 1) * most && texts[i] != 0; ++i) {
      text += static_cast<char>(static_cast<unsigned char>(texts[i]));
    }
    return text;
  }

  static std::string message_of(const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      return error.what();
    } catch (...) {
      return "what it has thrown is no std::exception";
    }
  }

  /// Calls `compute` with this rank's part of a batch, unless it is empty. Returns the loss of the whole; the `count`
  /// numbers are sums over all ranks then.
  template <Scalar N>
  double share_out(std::vector<N>& numbers, std::size_t count, auto compute, X x, Y y_true, Random* random,
                   std::span<const T> sample_weights) {
    cut(parts_, y_true, true);
    if (random != nullptr) draw_seeds(parts_, *random);  // from a copy
    sum_after(numbers, count + 2, [&] {
      BatchPart& part = parts_[ranks_.rank()];
      if (part.samples == 0 || part.share == 0) return;
      memory_.compute(part, x, y_true, random != nullptr, sample_weights, compute);
      numbers[count] = static_cast<N>(part.share * part.loss);
      numbers[count + 1] = part.has_drawn ? N(1) : N(0);
    });
    if (numbers[count + 1] != 0) *random = draw_seeds(parts_, *random);
    return static_cast<double>(numbers[count]);
  }

  void copy_numbers_to(Tensors<T> tensors) const {
    const T* next = numbers_.data();
    for (const auto tensor : tensors) {
      std::copy_n(next, tensor.size(), tensor.data());
      next += tensor.size();
    }
  }

  TwoPartTrainer<T, I, Labels>& trainer_;
  Ranks& ranks_;
  std::string_view function_;
  std::vector<BatchPart> parts_;  ///< of each rank
  std::size_t weight_count_ = 0;
  std::vector<T> numbers_;  ///< what is summed, of gradients or weights
  std::vector<double> doubles_;
  PartMemory<T, I, Labels> memory_;
};

/// The ranks that share a training, or none. What they do is compiled only where some are given.
template <Scalar T, std::size_t I, std::size_t Labels> class RanksOption {
 public:
  RanksOption() = default;
  RanksOption(Ranks* ranks) : ranks_(are_several(ranks) ? ranks : nullptr), make_(make) {}

  /// Null if there is one process.
  std::unique_ptr<AnyTrainer<T, I, Labels>> share(TwoPartTrainer<T, I, Labels>& trainer,
                                                  std::string_view function) const {
    return ranks_ == nullptr ? nullptr : make_(trainer, *ranks_, function);
  }

 private:
  static std::unique_ptr<AnyTrainer<T, I, Labels>> make(TwoPartTrainer<T, I, Labels>& trainer, Ranks& ranks,
                                                        std::string_view function) {
    return std::make_unique<RankedTrainer<T, I, Labels>>(trainer, ranks, function);
  }

  Ranks* ranks_ = nullptr;
  decltype(&make) make_ = nullptr;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
