// Batch: samples gathered from a range, time-major, with their lengths where these differ.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "rnnts/layers/layer.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline v0 {

/// Memory for one batch of windows and labels, and the batch that was gathered last. M is a model, `Labels` the number
/// of labels per step.
template <class M, std::size_t Labels = M::output.features> class Batch {
 public:
  using T = typename M::scalar;

  Batch() = default;
  Batch(const Batch&) = delete;  // the views refer to the lengths
  Batch& operator=(const Batch&) = delete;

  /// Reads the samples of these indices. Windows of different length are padded with zeros to the longest one.
  ///
  /// Throws ShapeError or DataError, naming the sample, if its shape is not the model's or a number is not finite.
  template <class Samples> void gather(const Samples& samples, std::span<const std::size_t> indices) {
    lengths_.resize(indices.size());
    std::ranges::transform(indices, lengths_.begin(), [&](std::size_t index) { return samples.input_steps(index); });
    const auto [shortest, longest] = std::ranges::minmax(lengths_);
    const auto x = x_.resize(longest, indices.size(), shortest == longest ? nullptr : lengths_.data());
    const std::size_t* const label_lengths = output_lengths<typename M::Stack>(x, label_lengths_);
    const auto y = y_.resize(output_steps<typename M::Stack>(longest), indices.size(), label_lengths);
    samples.gather(indices, x, y);
  }

  /// The windows, (T,B,I).
  Sequence<const T, M::input.features> x() const { return x_.view(); }
  /// The labels, (T,B,Labels) for a model that gives sequences, else (1,B,Labels).
  Sequence<const T, Labels> y() const { return y_.view(); }

 private:
  SequenceBuffer<T, M::input.features> x_;
  SequenceBuffer<T, Labels> y_;
  std::vector<std::size_t> lengths_, label_lengths_;
};

}  // namespace rnnts::inline v0
