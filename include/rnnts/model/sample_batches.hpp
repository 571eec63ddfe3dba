// SampleBatches: windows with their labels, batch by batch, in order or shuffled.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/order.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/check_labels.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Batches of samples. The same for all models with such samples.
///
/// Input: shape of one window; Output: of one label.
template <Scalar T, Shape Input, Shape Output>
class SampleBatches final : public BatchSource<T, Input.features, Output.features> {
 public:
  struct Options {
    std::size_t batch_size;
    SampleShapes shapes;
    LabelCheck<T> label_check = {};          ///< of the loss
    std::span<const T> sample_weights = {};  ///< as many as samples, or none
  };

  [[gnu::cold]] SampleBatches(const Samples<T, Input, Output>& samples, const Options& options)
      : samples_(samples), options_(options) {}
  [[gnu::cold]] ~SampleBatches() override {}

  /// How many batches a pass has.
  std::size_t batches() const { return ceil_div(samples_.size(), options_.batch_size); }

  /// Steps of the model's output for a sample.
  ///
  /// Throws ShapeError, naming the window, if the model can do nothing with one of its length, DataError if it is
  /// empty.
  std::size_t output_steps(std::size_t index) const {
    return output_steps(index, samples_.input_steps(index, options_.shapes.input));
  }

  void begin(Random* random) override {
    done_ = 0;
    if (random != nullptr) {
      order_.shuffle(samples_.size(), *random);
    } else {
      order_.forward(samples_.size());
    }
  }

  const Batch<T, Input.features, Output.features>* next() override {
    const std::size_t count = std::min(options_.batch_size, order_.size() - done_);
    if (count == 0) return nullptr;
    indices_.clear();
    for (std::size_t b = 0; b < count; ++b) indices_.push_back(order_[done_ + b]);
    gather();
    batch_ = {.x = x_.view(), .y = y_.view(), .sample_weights = weights_, .count = count, .first = done_};
    if (options_.label_check.may_miss()) batch_.known = known_share(batch_.y);
    done_ += count;
    return &batch_;
  }

 private:
  /// Windows of different length are padded with zeros to the longest one.
  void gather() {
    const SampleShapes& shapes = options_.shapes;
    lengths_.clear();
    label_lengths_.clear();
    weights_.clear();
    for (const std::size_t index : indices_) {
      // Where the model has a number of steps, the sample need not be asked; if it has another, it is refused below.
      const std::size_t steps =
          shapes.input.steps != any_steps ? shapes.input.steps : samples_.input_steps(index, shapes.input);
      lengths_.push_back(steps);
      label_lengths_.push_back(output_steps(index, steps));
      if (!options_.sample_weights.empty()) weights_.push_back(options_.sample_weights[index]);
    }
    const auto [shortest, longest] = std::ranges::minmax(lengths_);
    const bool alike = shortest == longest;
    const auto x = x_.resize(longest, indices_.size(), shapes.input.features, alike ? nullptr : lengths_.data());
    const auto y = y_.resize(shapes.output_steps(longest), indices_.size(), shapes.label.features,
                             alike || !Output.is_sequence ? nullptr : label_lengths_.data());
    samples_.gather(indices_, x, y, options_.label_check.may_miss());
    check_labels<T, Output.features>(options_.label_check, y, indices_);
  }

  std::size_t output_steps(std::size_t index, std::size_t steps) const {
    try {
      return options_.shapes.output_steps(steps);
    } catch (const ShapeError& error) {
      throw ShapeError(sentence("window ", index, ": ", error.what()));
    }
  }

  const Samples<T, Input, Output>& samples_;
  Options options_;
  Order order_;
  std::size_t done_ = 0;  ///< samples of this pass
  std::vector<std::size_t> indices_, lengths_, label_lengths_;
  std::vector<T> weights_;
  SequenceBuffer<T, Input.features> x_;
  SequenceBuffer<T, Output.features> y_;
  Batch<T, Input.features, Output.features> batch_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
