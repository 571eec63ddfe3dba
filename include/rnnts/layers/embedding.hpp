// Embedding: a learned vector for each of some whole numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "rnnts/core/error.hpp"
#include "rnnts/core/extent.hpp"
#include "rnnts/core/initializer.hpp"
#include "rnnts/core/loops.hpp"
#include "rnnts/core/regularizer.hpp"
#include "rnnts/core/table_row.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/tensor/tensor.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI {

struct EmbeddingOptions {
  Initializer embeddings_initializer = random_uniform();
  Regularizer embeddings_regularizer = {};
};

/// y = (x[0], …, x[I-2], row x[I-1] of the embeddings E): the last input is a whole number, and the row of a table of
/// weights stands in its place. With one input it is that row alone, as in Keras.
/// x: (T,B,I)   E: (N,D)   y: (T,B,I-1+D); for vectors T is 1.
///
/// A number that is not whole is the next whole one. `forward` throws DataError if it is not from 0 to N-1; a step of a
/// `Stream`, which does not throw, then gives NaN.
template <std::size_t N = dynamic, std::size_t D = dynamic, EmbeddingOptions options = EmbeddingOptions{}>
struct Embedding {
  static_assert(N > 0 && D > 0, "Embedding has no table: it needs at least 1 row and 1 column, as Embedding<414, 8>.");

  [[no_unique_address]] detail::Extent<N> input_dim;   ///< which the program may choose, with D:
  [[no_unique_address]] detail::Extent<D> output_dim;  ///< `Embedding(414, 8)`

  constexpr Embedding()
    requires(N != dynamic && D != dynamic)
  = default;
  constexpr Embedding(std::size_t rows, std::size_t columns)
    requires(N == dynamic || D == dynamic)
      : input_dim(rows), output_dim(columns) {}

  template <Scalar T, Shape Input> struct Layer {
    using scalar = T;
    using Tape = Nothing;
    using State = Nothing;
    using Workspace = Nothing;

    static constexpr std::string_view name = "embedding";
    static constexpr std::size_t I = Input.features;
    static constexpr std::size_t O = I == dynamic || D == dynamic ? dynamic : I - 1 + D;
    static constexpr Shape input = Input;
    static constexpr Shape output = {.features = O, .steps = Input.steps, .is_sequence = Input.is_sequence};

    struct Parameters {
      Tensor<T, N, D> embeddings;

      static constexpr auto fields() {
        constexpr auto chosen = options;  // as in Dense
        return std::tuple{
            Field{"embeddings", &Parameters::embeddings, chosen.embeddings_initializer, chosen.embeddings_regularizer}};
      }

      std::size_t rows() const { return embeddings.extents()[0]; }
      std::size_t columns() const { return embeddings.extents()[1]; }
    };

    /// Throws ArgumentError if a size is 0.
    static void resize(Parameters& p, const Embedding& layer, const Shape&) {
      p.embeddings.resize(detail::check_extent(name, layer.input_dim, "rows"),
                          detail::check_extent(name, layer.output_dim, "columns"));
    }
    static Embedding specification(const Parameters& p) {
      if constexpr (N == dynamic || D == dynamic) {
        return Embedding(p.rows(), p.columns());
      } else {
        return {};
      }
    }
    static std::size_t output_features(const Parameters& p, const Shape& in) { return in.features - 1 + p.columns(); }

    static std::string config(const Parameters& p, const Shape&) {
      return detail::sentence("input_dim ", p.rows(), ", output_dim ", p.columns());
    }

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape&, Sequence<T, O> y) {
      const std::size_t before = x.width - 1;
      for (std::size_t r = 0; r < x.rows().count; ++r) {
        const T* const in = x.rows()[r];
        std::copy_n(in, before, y.rows()[r]);
        std::copy_n(row(p, in[before]), p.columns(), y.rows()[r] + before);
      }
    }

    static void backward(const Parameters& p, Sequence<const T, I> x, const Tape&, Sequence<const T, O>,
                         Sequence<const T, O> dy, Workspace&, Parameters& dp, Sequence<T, I> dx) {
      const std::size_t before = x.width - 1, columns = p.columns();
      for (std::size_t r = 0; r < x.rows().count; ++r) {
        const T* const dout = dy.rows()[r];
        T* const drow = row(dp, x.rows()[r][before]);
        for (std::size_t d = 0; d < columns; ++d) drow[d] += dout[before + d];
        if (dx.empty()) continue;
        std::copy_n(dout, before, dx.rows()[r]);
        dx.rows()[r][before] = 0;
      }
    }

    /// One vector, without an allocation.   x: (I)   y: (I-1+D)
    static void step(const Parameters& p, std::span<const T, I> x, State&, std::span<T, O> y) noexcept {
      const std::size_t before = x.size() - 1;
      std::copy_n(x.begin(), before, y.begin());
      if (detail::is_table_row(x[before], p.rows())) {
        std::copy_n(row(p, x[before]), p.columns(), y.data() + before);
      } else {
        std::fill(y.begin() + static_cast<std::ptrdiff_t>(before), y.end(), std::numeric_limits<T>::quiet_NaN());
      }
    }

   private:
    static auto* row(auto& p, T number) {
      return p.embeddings.data() + detail::table_row(name, number, p.rows()) * p.columns();
    }
  };
};

Embedding(std::size_t, std::size_t) -> Embedding<>;

}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
