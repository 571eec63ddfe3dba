// Tensors as ranges: the elements of a 1-D expression, the rows of a 2-D one.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <ranges>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/series/index_iterator.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Anything with the interface of an xtensor expression.
template <class E>
concept TensorExpression = requires(const std::remove_cvref_t<E>& e) {
  typename std::remove_cvref_t<E>::shape_type;
  typename std::remove_cvref_t<E>::value_type;
  e.dimension();
  e.shape();
};

inline constexpr std::size_t dynamic_rank = static_cast<std::size_t>(-1);

template <class Shape> inline constexpr std::size_t rank_of_shape = dynamic_rank;

template <class Shape>
  requires requires { std::tuple_size<Shape>::value; }
inline constexpr std::size_t rank_of_shape<Shape> = std::tuple_size_v<Shape>;

/// Number of dimensions, or `dynamic_rank`.
template <TensorExpression E>
inline constexpr std::size_t rank_of = rank_of_shape<typename std::remove_cvref_t<E>::shape_type>;

/// A tensor whose elements lie in memory one after the other, the last dimension running fastest.
template <class E>
concept DenseTensor = TensorExpression<E> && requires(const E& e) {
  { e.data() } -> std::convertible_to<const typename E::value_type*>;
  e.data_offset();
  requires E::static_layout == std::remove_cv_t<decltype(E::static_layout)>::row_major;
};

template <class E> struct ElementAt {
  constexpr decltype(auto) operator()(std::ptrdiff_t i) const { return (*tensor)(static_cast<std::size_t>(i)); }

  const E* tensor = nullptr;
};

template <class E> struct CellAt {
  constexpr decltype(auto) operator()(std::ptrdiff_t column) const {
    return (*tensor)(row, static_cast<std::size_t>(column));
  }

  const E* tensor = nullptr;
  std::size_t row = 0;
};

template <class E> struct RowAt {
  constexpr auto operator()(std::ptrdiff_t i) const {
    const auto width = static_cast<std::ptrdiff_t>(tensor->shape()[1]);
    const CellAt<E> cell{tensor, static_cast<std::size_t>(i)};
    return std::ranges::subrange(IndexIterator(cell, 0), IndexIterator(cell, width));
  }

  const E* tensor = nullptr;
};

template <class T> struct DenseRowAt {
  constexpr std::span<const T> operator()(std::ptrdiff_t i) const {
    return {data + i * static_cast<std::ptrdiff_t>(width), width};
  }

  const T* data = nullptr;
  std::size_t width = 0;
};

/// A tensor of rank 1 is a range of its elements.
struct AlongElements {
  template <class E> static constexpr auto begin(const E& tensor) {
    if constexpr (DenseTensor<E>) {
      const typename E::value_type* data = tensor.data();
      return data + tensor.data_offset();
    } else {
      return IndexIterator(ElementAt<E>{std::addressof(tensor)}, 0);
    }
  }
};

/// A tensor of rank 2 is a range of its rows.
struct AlongRows {
  template <class E> static constexpr auto begin(const E& tensor) {
    if constexpr (DenseTensor<E>) {
      using T = typename E::value_type;
      return IndexIterator(DenseRowAt<T>{AlongElements::begin(tensor), tensor.shape()[1]}, 0);
    } else {
      return IndexIterator(RowAt<E>{std::addressof(tensor)}, 0);
    }
  }
};

/// Random-access view along the first dimension of a tensor. `Held` is a pointer to it, raw or shared.
template <class Held, class Axis> class TensorView : public std::ranges::view_interface<TensorView<Held, Axis>> {
 public:
  TensorView() = default;
  constexpr explicit TensorView(Held tensor) : tensor_(std::move(tensor)) {}

  constexpr auto begin() const { return Axis::begin(*tensor_); }
  constexpr auto end() const { return begin() + static_cast<std::ptrdiff_t>(size()); }
  constexpr std::size_t size() const { return static_cast<std::size_t>(tensor_->shape()[0]); }

 private:
  Held tensor_{};
};

/// Refers to an lvalue, takes over an rvalue (expressions may not be assignable, so that it is shared by
/// copies).
template <class Axis, class E> constexpr auto tensor_view(E&& tensor) {
  using Plain = std::remove_cvref_t<E>;
  if constexpr (std::is_lvalue_reference_v<E>) {
    return TensorView<const Plain*, Axis>(std::addressof(tensor));
  } else {
    return TensorView<std::shared_ptr<const Plain>, Axis>(std::make_shared<const Plain>(std::move(tensor)));
  }
}

template <class E> constexpr void require_rank(std::string_view what, const E& tensor, std::size_t rank) {
  if (tensor.dimension() != rank)
    throw ShapeError(sentence(what, ": found a tensor of rank ", tensor.dimension(), ", expected rank ", rank));
}

/// A series as a view: elements of a tensor of rank 1, rows of a tensor of static rank 2, any other range as it is.
template <class R> constexpr auto series_view(R&& series) {
  if constexpr (!TensorExpression<R>) {
    return std::views::all(std::forward<R>(series));
  } else if constexpr (rank_of<R> == 2) {
    return tensor_view<AlongRows>(std::forward<R>(series));
  } else {
    static_assert(rank_of<R> == 1 || rank_of<R> == dynamic_rank,
                  "A tensor is a series if it has 1 dimension (steps) or 2 (steps, features).");
    require_rank("a series", series, 1);
    return tensor_view<AlongElements>(std::forward<R>(series));
  }
}

template <class R> using SeriesView = decltype(series_view(std::declval<R>()));

}  // namespace rnnts::inline RNNTS_ABI::detail

template <class E, class Axis>
inline constexpr bool std::ranges::enable_borrowed_range<rnnts::detail::TensorView<const E*, Axis>> = true;
