// Range adaptor closures: function objects that a range can be piped into.
#pragma once

#include <ranges>
#include <type_traits>
#include <utility>

#include "rnnts/series/tensor_view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <class R>
concept Adaptable = std::ranges::range<R> || TensorExpression<R>;

template <class F>
concept OtherClosure = std::is_class_v<F> && !Adaptable<F>;

/// Gives a function object on ranges the pipe syntax: `range | f`, and `f | g` with any other closure.
///
/// Stands in for `std::ranges::range_adaptor_closure` of C++23, which knows neither tensors nor g++ 12.
template <class F> struct Closure : F {};

template <class F> Closure(F) -> Closure<F>;

/// The closure is taken by value: that ranks above the elementwise `operator|` of tensor libraries.
template <Adaptable R, class F> constexpr auto operator|(R&& range, Closure<F> closure) {
  return closure(std::forward<R>(range));
}

template <class Before, class After> constexpr auto compose(Before before, After after) {
  return Closure{[before = std::move(before), after = std::move(after)]<class R>(R&& range) {
    return after(before(std::forward<R>(range)));
  }};
}

template <class F, OtherClosure After> constexpr auto operator|(Closure<F> before, After after) {
  return compose(std::move(before), std::move(after));
}

template <OtherClosure Before, class F> constexpr auto operator|(Before before, Closure<F> after) {
  return compose(std::move(before), std::move(after));
}

template <class F, class G> constexpr auto operator|(Closure<F> before, Closure<G> after) {
  return compose(std::move(before), std::move(after));
}

}  // namespace rnnts::inline RNNTS_ABI::detail
