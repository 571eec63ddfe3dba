// Named fields: every struct of weights lists its members once, and everything else visits that list.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/initializer.hpp"
#include "rnnts/core/regularizer.hpp"

namespace rnnts::inline v0 {

/// One entry of a list of fields: a name, how to reach the member, how a weight gets its first values, and what it
/// costs to be large.
///
/// `access` is a pointer to member or a function of the struct.
template <class Access> struct Field {
  static constexpr std::size_t no_index = static_cast<std::size_t>(-1);

  std::string_view name;
  Access access;
  Initializer initializer = zeros;
  Regularizer regularizer = {};
  std::size_t index = no_index;  ///< position in a container of layers, written before the name: "0.simple_rnn"
};
template <class Access, class... Rest> Field(std::string_view, Access, Rest...) -> Field<Access>;

/// A struct that lists its fields: `static constexpr auto fields()` returns a tuple of `Field`.
template <class P>
concept HasFields = requires { P::fields(); };

/// What a visitor learns of the field that it is at. Costs nothing until `path()` is called.
struct FieldInfo {
  const FieldInfo* parent;
  std::string_view name;
  std::size_t index;
  Initializer initializer;
  Regularizer regularizer;

  /// The whole name, as in "0.simple_rnn.kernel".
  std::string path() const {
    std::string text = parent ? parent->path() + "." : "";
    if (index != Field<int>::no_index) text += detail::sentence(index, ".");
    return text + std::string(name);
  }

  /// Whether this is the name of the field or of one that it is in: of "0.simple_rnn.kernel", "kernel" and
  /// "simple_rnn".
  bool has_name(std::string_view part) const { return name == part || (parent && parent->has_name(part)); }
};

namespace detail {

/// The member of `p` that a field is.
template <class Access, class P> auto& member_of(const Field<Access>& field, P& p) {
  if constexpr (std::is_member_object_pointer_v<Access>) {
    return p.*field.access;
  } else {
    return field.access(p);
  }
}

/// Calls `body(field...)` with all fields of P. (std::apply would do, but takes the compiler twice the time.)
template <HasFields P> constexpr decltype(auto) with_fields(auto&& body) {
  constexpr auto fields = P::fields();
  return [&]<std::size_t... k>(std::index_sequence<k...>) -> decltype(auto) {
    return body(std::get<k>(fields)...);
  }(std::make_index_sequence<std::tuple_size_v<decltype(fields)>>{});
}

template <class Visitor, class First, class... Rest>
void visit_members(const FieldInfo& info, Visitor& visit, First& first, Rest&... rest);

template <class Visitor, class Access, class... Structs>
void visit_field(const FieldInfo* parent, Visitor& visit, const Field<Access>& field, Structs&... structs) {
  const FieldInfo info{parent, field.name, field.index, field.initializer, field.regularizer};
  visit_members(info, visit, member_of(field, structs)...);
}

template <class Visitor, class First, class... Rest>
void visit_fields_below(const FieldInfo* parent, Visitor& visit, First& first, Rest&... rest) {
  with_fields<First>([&](const auto&... field) { (visit_field(parent, visit, field, first, rest...), ...); });
}

template <class Visitor, class First, class... Rest>
void visit_members(const FieldInfo& info, Visitor& visit, First& first, Rest&... rest) {
  if constexpr (HasFields<First>) {
    visit_fields_below(&info, visit, first, rest...);
  } else if constexpr (First::size != 0) {
    visit(info, first, rest...);
  }
}

template <class Access, class P>
using MemberOf = std::remove_reference_t<decltype(member_of(std::declval<const Field<Access>&>(), std::declval<P&>()))>;

/// How many tensors `visit_fields` would come to.
template <class M> consteval std::size_t tensor_count() {
  if constexpr (HasFields<M>) {
    return with_fields<M>([]<class... Access>(const Field<Access>&...) {
      return (tensor_count<MemberOf<Access, M>>() + ... + std::size_t{0});
    });
  } else {
    return M::size != 0;
  }
}

/// 0 in the scalar type of these tensors, the type that a sum over all of them has.
template <class M> consteval auto zero() {
  if constexpr (HasFields<M>) {
    return with_fields<M>(
        []<class... Access>(const Field<Access>&...) { return (zero<MemberOf<Access, M>>() + ... + 0); });
  } else {
    return typename M::value_type{};
  }
}

/// Whether any of them is regularized.
template <class M> consteval bool is_regularized() {
  if constexpr (HasFields<M>) {
    return with_fields<M>([]<class... Access>(const Field<Access>&... field) {
      return ((!field.regularizer.is_none() || is_regularized<MemberOf<Access, M>>()) || ...);
    });
  } else {
    return false;
  }
}

}  // namespace detail

/// Calls `visit(info, a.field, b.field, …)` for every field of one or several structs of the same type, in
/// the order of the list, entering fields that have fields themselves and leaving out empty tensors (as the
/// bias of a layer without one).
template <class Visitor, HasFields... Structs> void visit_fields(Visitor&& visit, Structs&... structs) {
  detail::visit_fields_below(nullptr, visit, structs...);
}

/// The same for one struct and visitors that look at no numbers: compiled once, whatever visits.
template <HasFields P> void visit_infos(const P& p, const std::function<void(const FieldInfo&)>& visit) {
  visit_fields([&](const FieldInfo& field, const auto&) { visit(field); }, p);
}

/// The numbers of every field that `visit_fields` would come to, in its order: `for (auto numbers : tensors(p))`. Where
/// neither names nor extents matter, a loop over these is the same for all extents, which a visitor is not. All fields
/// must be of one scalar type.
template <HasFields P> auto tensors(P& p) {
  using T = decltype(detail::zero<std::remove_const_t<P>>());
  using Numbers = std::span<std::conditional_t<std::is_const_v<P>, const T, T>>;
  std::array<Numbers, detail::tensor_count<std::remove_const_t<P>>()> all;
  std::size_t k = 0;
  visit_fields([&](const FieldInfo&, auto& tensor) { all[k++] = tensor.flat(); }, p);
  return all;
}

}  // namespace rnnts::inline v0
