// Batch: samples gathered from a range, time-major, with their lengths where these differ.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Memory for one batch of windows and labels, and the batch that was gathered last.
///
/// Input: shape of one window; Output: of one label.
template <Scalar T, Shape Input, Shape Output> class Batch {
 public:
  Batch() = default;
  Batch(const Batch&) = delete;  // the views refer to the lengths
  Batch& operator=(const Batch&) = delete;

  /// Reads the samples of these indices. Windows of different length are padded with zeros to the longest one.
  ///
  /// Throws ShapeError or DataError, naming the sample, if its shape is not the model's or a number is not finite.
  void gather(const Samples<T, Input, Output>& samples, std::span<const std::size_t> indices,
              OutputSteps output_steps) {
    lengths_.clear();
    for (const std::size_t index : indices) lengths_.push_back(samples.input_steps(index));
    const auto [shortest, longest] = std::ranges::minmax(lengths_);
    const bool alike = shortest == longest;
    label_lengths_.clear();
    for (const std::size_t length : lengths_) label_lengths_.push_back(output_steps(length));
    const auto x = x_.resize(longest, indices.size(), alike ? nullptr : lengths_.data());
    const auto y = y_.resize(output_steps(longest), indices.size(),
                             alike || !Output.is_sequence ? nullptr : label_lengths_.data());
    samples.gather(indices, x, y);
  }

  /// The windows, (T,B,I).
  Sequence<const T, Input.features> x() const { return x_.view(); }
  /// The labels, (T,B,labels) for a model that gives sequences, else (1,B,labels).
  Sequence<const T, Output.features> y() const { return y_.view(); }

 private:
  SequenceBuffer<T, Input.features> x_;
  SequenceBuffer<T, Output.features> y_;
  std::vector<std::size_t> lengths_, label_lengths_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
