// Members: a struct of members of any types, each found by its number.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <std::size_t K, class T> struct Member {
  T value{};
};

template <class Indices, class... Ts> struct MembersOf;

template <std::size_t... K, class... Ts> struct MembersOf<std::index_sequence<K...>, Ts...> : Member<K, Ts>... {};

template <std::size_t K, class T> std::type_identity<T> member_type(const Member<K, T>&);

/// One member of each of these types, each made by its default constructor. What `std::tuple<Ts...>` would be, without
/// the constructors, assignments and comparisons of a tuple, each of which the compiler makes for each model.
template <class... Ts> struct Members : MembersOf<std::index_sequence_for<Ts...>, Ts...> {};

/// Member K: `get<0>(tape.layers)`. Structured bindings work as well.
template <std::size_t K, class T> constexpr T& get(Member<K, T>& members) { return members.value; }
template <std::size_t K, class T> constexpr const T& get(const Member<K, T>& members) { return members.value; }
template <std::size_t K, class T> constexpr T&& get(Member<K, T>&& members) { return std::move(members.value); }

}  // namespace rnnts::inline RNNTS_ABI::detail

template <class... Ts>
struct std::tuple_size<rnnts::detail::Members<Ts...>> : std::integral_constant<std::size_t, sizeof...(Ts)> {};
template <std::size_t K, class... Ts> struct std::tuple_element<K, rnnts::detail::Members<Ts...>> {
  using type = typename decltype(rnnts::detail::member_type<K>(std::declval<rnnts::detail::Members<Ts...>&>()))::type;
};
