// The mask of dropout: random factors of 0 and of 1 / (1 - rate).
#pragma once

#include <cstddef>
#include <type_traits>

#include "rnnts/core/loops.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/tensor/view.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail {

/// A rate at which dropout works: 0 drops nothing, and from 1 on nothing would be left.
constexpr bool is_dropout_rate(double rate) { return rate >= 0 && rate < 1; }

/// One factor per number: 0 with probability `rate`, else 1 / (1 - rate), so that the expected value stays as it is
/// (Srivastava and others 2014, with the factor in training, as in Keras).
template <Scalar T, std::size_t F> class DropoutMask {
 public:
  /// Draws a mask (steps,B,F); without random numbers, outside of training, there is none.
  void draw(double rate, std::size_t steps, std::size_t batch, Extent<F> width, Random* random) {
    is_active_ = random != nullptr && rate > 0;
    if (!is_active_) return;
    const T kept = static_cast<T>(1 / (1 - rate));
    for (T& factor : factors_.resize(steps, batch, width).rows()) factor = random->uniform() < rate ? T(0) : kept;
  }

  bool is_active() const { return is_active_; }

  /// y = mask ⊙ x, for as many rows as the mask has; y may be x. Needs an active mask.
  void multiply(std::type_identity_t<Rows<const T, F>> x, Rows<T, F> y) const {
    const T* const factors = factors_.view().data;
    for (std::size_t i = 0; i < y.size(); ++i) y.data[i] = factors[i] * x.data[i];
  }

 private:
  SequenceBuffer<T, F> factors_;
  bool is_active_ = false;
};

}  // namespace rnnts::inline RNNTS_ABI::detail

RNNTS_LOOPS_END
