// Pack: a struct of members of any types, each found by its number.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace rnnts::inline v0 {

namespace detail {

template <std::size_t K, class T> struct PackMember {
  T value{};
};

template <class Indices, class... Ts> struct PackOf;

template <std::size_t... K, class... Ts> struct PackOf<std::index_sequence<K...>, Ts...> : PackMember<K, Ts>... {};

template <std::size_t K, class T> std::type_identity<T> member_type(const PackMember<K, T>&);

}  // namespace detail

/// One member of each of these types, each made by its default constructor. What `std::tuple<Ts...>` would be, without
/// the constructors, assignments and comparisons of a tuple, which take the compiler longer than a whole small layer.
template <class... Ts> struct Pack : detail::PackOf<std::index_sequence_for<Ts...>, Ts...> {};

/// Member K of a pack: `get<0>(tape.layers)`. Structured bindings work as well.
template <std::size_t K, class T> constexpr T& get(detail::PackMember<K, T>& pack) { return pack.value; }
template <std::size_t K, class T> constexpr const T& get(const detail::PackMember<K, T>& pack) { return pack.value; }

namespace detail {

template <std::size_t... K> void for_each(std::index_sequence<K...>, auto& pack, const auto& visit) {
  (visit(get<K>(pack)), ...);
}

}  // namespace detail

/// Calls `visit` with one member after the other.
template <class... Ts> void for_each(Pack<Ts...>& pack, const auto& visit) {
  detail::for_each(std::index_sequence_for<Ts...>(), pack, visit);
}
template <class... Ts> void for_each(const Pack<Ts...>& pack, const auto& visit) {
  detail::for_each(std::index_sequence_for<Ts...>(), pack, visit);
}

}  // namespace rnnts::inline v0

template <class... Ts>
struct std::tuple_size<rnnts::Pack<Ts...>> : std::integral_constant<std::size_t, sizeof...(Ts)> {};
template <std::size_t K, class... Ts> struct std::tuple_element<K, rnnts::Pack<Ts...>> {
  using type = typename decltype(rnnts::detail::member_type<K>(std::declval<rnnts::Pack<Ts...>&>()))::type;
};
