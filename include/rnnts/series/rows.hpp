// The rows of a 2-D tensor as a range.
#pragma once

#include <utility>

#include "rnnts/series/closure.hpp"
#include "rnnts/series/tensor_view.hpp"

namespace rnnts::inline RNNTS_ABI {
namespace detail {

struct RowsOfTensor {
  template <class E> constexpr auto operator()(E&& tensor) const {
    static_assert(TensorExpression<E>, "views::rows adapts a tensor expression: this is none.");
    if constexpr (TensorExpression<E>) {
      static_assert(rank_of<E> == 2 || rank_of<E> == dynamic_rank,
                    "views::rows adapts a tensor of 2 dimensions: (steps, features).");
      require_rank("views::rows", tensor, 2);
      return tensor_view<AlongRows>(std::forward<E>(tensor));
    }
  }
};

}  // namespace detail

namespace views {

/// `rows(tensor)` or `tensor | rows`: a random-access view of the rows of an expression of shape (T, F).
///
/// A row is a `std::span<const T>` where the rows lie in memory one after the other, and else a random-access
/// range that computes its F elements when they are read. An lvalue is referred to, an rvalue is taken over.
///
/// Throws ShapeError if the number of dimensions, known at run time only, is not 2.
inline constexpr detail::Closure<detail::RowsOfTensor> rows{};

}  // namespace views
}  // namespace rnnts::inline RNNTS_ABI
