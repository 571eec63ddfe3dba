// Dropout: in training, some of the numbers become 0, others in every batch.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include "rnnts/core/random.hpp"
#include "rnnts/kernels/dropout.hpp"
#include "rnnts/layers/layer.hpp"

namespace rnnts::inline RNNTS_ABI {

/// y = mask ⊙ x in training, with a factor for every number, which is 0 with probability `rate` and else
/// 1 / (1 - rate); y = x otherwise (Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014).
///
/// x, mask, y: (T,B,I); for vectors T is 1.
template <double rate> struct Dropout {
  static_assert(detail::is_dropout_rate(rate), "The rate of Dropout must be at least 0 and below 1.");

  template <Scalar T, Shape Input> struct Layer {
    using scalar = T;
    using Parameters = Nothing;
    using Workspace = Nothing;
    using State = Nothing;

    static constexpr std::string_view name = "dropout";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input, output = Input;
    static constexpr double dropout_rate = rate;

    struct Tape {
      detail::DropoutMask<T, I> mask;
    };

    static void forward(const Parameters&, Sequence<const T, I> x, Tape& tape, Sequence<T, I> y,
                        Random* random = nullptr) {
      tape.mask.draw(rate, x.steps, x.batch, x.width, random);
      apply(tape.mask, x.rows(), y.rows());
    }

    static void backward(const Parameters&, Sequence<const T, I>, const Tape& tape, Sequence<const T, I>,
                         Sequence<const T, I> dy, Workspace&, Parameters&, Sequence<T, I> dx) {
      if (!dx.empty()) apply(tape.mask, dy.rows(), dx.rows());
    }

    /// One vector, as it is.   x, y: (I)
    static void step(const Parameters&, std::span<const T, I> x, State&, std::span<T, I> y) noexcept {
      std::ranges::copy(x, y.begin());
    }

   private:
    static void apply(const detail::DropoutMask<T, I>& mask, Rows<const T, I> x, Rows<T, I> y) {
      if (mask.is_active()) {
        mask.multiply(x, y);
      } else {
        std::ranges::copy(x, y.data);
      }
    }
  };
};

}  // namespace rnnts::inline RNNTS_ABI
