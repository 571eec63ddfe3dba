// Named fields: every struct of weights lists its members once, and everything else visits that list.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/initializer.hpp"
#include "rnnts/core/regularizer.hpp"

namespace rnnts::inline RNNTS_ABI {

/// One entry of a list of fields: a name, how to reach the member, how a weight gets its first values, and what it
/// costs to be large.
///
/// `access` is a pointer to member or a function of the struct. The member is a tensor, a struct that lists fields
/// itself, or a model.
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

namespace detail {

/// What a visitor learns of the field that it is at. Costs nothing until `path()` is called.
struct FieldInfo {
  const FieldInfo* parent;
  std::string_view name;
  std::size_t index;
  const Initializer& initializer;  ///< that of the list of fields, as the regularizer
  const Regularizer& regularizer;

  /// The whole name, as in "0.simple_rnn.kernel".
  std::string path() const {
    std::string text = parent ? parent->path() + "." : "";
    if (index != Field<int>::no_index) text += sentence(index, ".");
    return text + std::string(name);
  }

  /// Whether this is the name of the field or of one that it is in: of "0.simple_rnn.kernel", "kernel" and
  /// "simple_rnn".
  bool has_name(std::string_view part) const { return name == part || (parent && parent->has_name(part)); }
};

using VisitInfo = FunctionRef<void(const FieldInfo&)>;

template <HasFields P> void visit_infos(VisitInfo visit, const FieldInfo* parent = nullptr);

/// The `visit_infos` of some set of weights.
using InfosVisit = void (*)(VisitInfo visit, const FieldInfo* parent);

/// Field K of a struct. (A constant each, as a tuple of them would be taken apart anew by whatever visits it.)
template <HasFields P, std::size_t K> inline constexpr auto field_at = std::get<K>(P::fields());

template <HasFields P> using FieldIndices = std::make_index_sequence<std::tuple_size_v<decltype(P::fields())>>;

/// What a member stands for: of a model, its weights.
template <class M> auto& fields_in(M& member) {
  if constexpr (requires { member.parameters(); }) {
    return member.parameters();
  } else {
    return member;
  }
}

/// The member of `p` that field K is.
template <std::size_t K, class P> auto& member_of(P& p) {
  constexpr auto access = field_at<std::remove_const_t<P>, K>.access;
  if constexpr (std::is_member_object_pointer_v<decltype(access)>) {
    return fields_in(p.*access);
  } else {
    return fields_in(access(p));
  }
}

template <class P, std::size_t K> using MemberOf = std::remove_reference_t<decltype(member_of<K>(std::declval<P&>()))>;

template <HasFields P, std::size_t K> FieldInfo info_of(const FieldInfo* parent) {
  constexpr auto& field = field_at<P, K>;
  return {parent, field.name, field.index, field.initializer, field.regularizer};
}

template <class Visitor, class First, class... Rest>
void visit_members(const FieldInfo& info, Visitor& visit, First& first, Rest&... rest);

template <std::size_t K, class Visitor, class First, class... Rest>
void visit_field(const FieldInfo* parent, Visitor& visit, First& first, Rest&... rest) {
  visit_members(info_of<std::remove_const_t<First>, K>(parent), visit, member_of<K>(first), member_of<K>(rest)...);
}

template <class Visitor, class First, class... Rest, std::size_t... K>
void visit_fields_below(std::index_sequence<K...>, [[maybe_unused]] const FieldInfo* parent,
                        [[maybe_unused]] Visitor& visit, [[maybe_unused]] First& first,
                        [[maybe_unused]] Rest&... rest) {
  (visit_field<K>(parent, visit, first, rest...), ...);
}

template <class Visitor, class First, class... Rest>
void visit_members(const FieldInfo& info, Visitor& visit, First& first, Rest&... rest) {
  if constexpr (HasFields<First>) {
    visit_fields_below(FieldIndices<std::remove_const_t<First>>(), &info, visit, first, rest...);
  } else if constexpr (First::static_size != 0) {
    visit(info, first, rest...);
  }
}

template <class M> void visit_info(const FieldInfo& info, VisitInfo visit) {
  if constexpr (HasFields<M>) {
    visit_infos<M>(visit, &info);
  } else if constexpr (M::static_size != 0) {
    visit(info);
  }
}

/// How many tensors `visit_fields` would come to.
template <class M> consteval std::size_t tensor_count() {
  if constexpr (HasFields<M>) {
    return []<std::size_t... K>(std::index_sequence<K...>) {
      return (tensor_count<MemberOf<M, K>>() + ... + std::size_t{0});
    }(FieldIndices<M>());
  } else {
    return M::static_size != 0;
  }
}

/// 0 in the scalar type of these tensors, the type that a sum over all of them has.
template <class M> consteval auto zero() {
  if constexpr (HasFields<M>) {
    return []<std::size_t... K>(std::index_sequence<K...>) {
      return (zero<MemberOf<M, K>>() + ... + 0);
    }(FieldIndices<M>());
  } else {
    return typename M::value_type{};
  }
}

/// Whether any of them is regularized.
template <class M> consteval bool is_regularized() {
  if constexpr (HasFields<M>) {
    return []<std::size_t... K>(std::index_sequence<K...>) {
      return ((!field_at<M, K>.regularizer.is_none() || is_regularized<MemberOf<M, K>>()) || ...);
    }(FieldIndices<M>());
  } else {
    return false;
  }
}

/// Writes the numbers of all tensors of `p`, which may be one itself, to `next`. Returns where the next ones go.
template <class P, class Numbers> Numbers* collect_tensors(P& p, Numbers* next) {
  if constexpr (HasFields<P>) {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      ((next = collect_tensors(member_of<K>(p), next)), ...);
    }(FieldIndices<std::remove_const_t<P>>());
  } else if constexpr (P::static_size != 0) {
    *next++ = {p.data(), p.size()};
  }
  return next;
}

/// Calls `visit(info, a.field, b.field, …)` for every field of one or several structs of the same type, in
/// the order of the list, entering fields that have fields themselves and leaving out empty tensors (as the
/// bias of a layer without one).
template <class Visitor, HasFields First, HasFields... Rest>
void visit_fields(Visitor&& visit, First& first, Rest&... rest) {
  visit_fields_below(FieldIndices<std::remove_const_t<First>>(), nullptr, visit, first, rest...);
}

/// Calls `visit` with all that can be known without the numbers: compiled once for a struct, whatever visits.
template <HasFields P> void visit_infos([[maybe_unused]] VisitInfo visit, [[maybe_unused]] const FieldInfo* parent) {
  [&]<std::size_t... K>(std::index_sequence<K...>) {
    (visit_info<MemberOf<P, K>>(info_of<P, K>(parent), visit), ...);
  }(FieldIndices<P>());
}

}  // namespace detail

/// The type of all numbers of a struct of weights; double if there are none.
template <HasFields P>
using ScalarOf = std::conditional_t<detail::tensor_count<P>() == 0, double, decltype(detail::zero<P>())>;

namespace detail {

/// The numbers of some set of weights, tensor by tensor.
template <class T> using Tensors = std::span<const std::span<T>>;

/// The numbers of every field that `visit_fields` would come to, in its order: `for (auto numbers : tensors(p))`. Where
/// neither names nor extents matter, a loop over these is the same for all extents, which a visitor is not. All fields
/// must be of one scalar type, which may be given for those that may have none.
template <class T, HasFields P> auto tensors(P& p) {
  std::array<std::span<std::conditional_t<std::is_const_v<P>, const T, T>>, tensor_count<std::remove_const_t<P>>()> all;
  collect_tensors(p, all.data());
  return all;
}
template <HasFields P> auto tensors(P& p) { return tensors<ScalarOf<std::remove_const_t<P>>>(p); }

}  // namespace detail

}  // namespace rnnts::inline RNNTS_ABI
