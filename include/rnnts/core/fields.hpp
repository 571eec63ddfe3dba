// Named fields: every struct of weights lists its members once, and everything else visits that list.
#pragma once

#include <cstddef>
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

template <class Visitor, class... Structs>
void visit_fields_below(const FieldInfo* parent, Visitor& visit, Structs&... structs) {
  using First = std::remove_const_t<std::tuple_element_t<0, std::tuple<Structs...>>>;
  const auto visit_one = [&](const auto& field) {
    const FieldInfo info{parent, field.name, field.index, field.initializer, field.regularizer};
    const auto enter = [&](auto&... members) {
      using Member = std::remove_cvref_t<std::tuple_element_t<0, std::tuple<decltype(members)...>>>;
      if constexpr (HasFields<Member>) {
        visit_fields_below(&info, visit, members...);
      } else if constexpr (Member::size != 0) {
        visit(info, members...);
      }
    };
    if constexpr (std::is_member_object_pointer_v<decltype(field.access)>) {
      enter((structs.*field.access)...);
    } else {
      enter(field.access(structs)...);
    }
  };
  std::apply([&](const auto&... field) { (visit_one(field), ...); }, First::fields());
}

}  // namespace detail

/// Calls `visit(info, a.field, b.field, …)` for every field of one or several structs of the same type, in
/// the order of the list, entering fields that have fields themselves and leaving out empty tensors (as the
/// bias of a layer without one).
template <class Visitor, HasFields... Structs> void visit_fields(Visitor&& visit, Structs&... structs) {
  detail::visit_fields_below(nullptr, visit, structs...);
}

}  // namespace rnnts::inline v0
