// The states of recurrent layers by name: what a sequence starts from, and what it has ended with.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/tensor/named_tensor.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The names of all states of a tape or of a stream's state, in order.
template <HasFields S> std::vector<std::string> names_of_states(const S& all) {
  std::vector<std::string> names;
  visit_fields([&](const FieldInfo& field, const auto&) { names.push_back(field.path()); }, all);
  return names;
}

[[noreturn]] inline void no_such_state(std::string_view name, const std::vector<std::string>& names) {
  std::string known;
  for (const auto& one : names) known += " " + one;
  raise(ArgumentError(sentence("no state is named \"", name, "\"; there are:", names.empty() ? " none" : known)));
}

/// For how many samples states are given.
enum class StateRows { one, one_or_all };

/// Throws ShapeError if the numbers are not those of one sample or of several, N each, DataError if one of them is NaN.
template <Scalar T> void check_state(const NamedTensor<T>& state, std::size_t N, StateRows rows) {
  const std::size_t found = state.values.size();
  if (rows == StateRows::one ? found != N : found == 0 || found % N != 0) {
    raise(ShapeError(sentence("state \"", state.name, "\": expected ", N, " numbers",
                              rows == StateRows::one ? "" : " for each sample", ", found ", found)));
  }
  if (std::ranges::any_of(state.values, [](T value) { return std::isnan(value); })) {
    raise(DataError(sentence("state \"", state.name, "\": expected numbers, found NaN")));
  }
}

/// Calls `set(state, given)` for each state, when all that are given are known to fit; `given` is null where none is.
///
/// Throws ArgumentError if there is no state of such a name or if one is given twice, and as `check_state`.
template <Scalar T, HasFields S>
void give_states(S& all, const std::vector<NamedTensor<T>>& given, StateRows rows, auto set) {
  const auto names = names_of_states(all);
  for (auto one = given.begin(); one != given.end(); ++one) {
    if (std::ranges::find(names, one->name) == names.end()) no_such_state(one->name, names);
    if (std::find_if(given.begin(), one, [&](const auto& other) { return other.name == one->name; }) != one) {
      raise(ArgumentError(sentence("state \"", one->name, "\" is given twice")));
    }
  }
  const auto for_each_state = [&](auto use) {
    visit_fields(
        [&](const FieldInfo& field, auto& state) {
          const auto found = std::ranges::find(given, field.path(), &NamedTensor<T>::name);
          use(state, found == given.end() ? nullptr : &*found);
        },
        all);
  };
  for_each_state([&](const auto& state, const NamedTensor<T>* one) {
    if (one != nullptr) check_state(*one, state.size, rows);
  });
  for_each_state(set);
}

/// What a tape starts the next sequences from: the states that are given, and zero where none is.
template <Scalar T, HasFields Tape>
void set_initial_states(Tape& tape, const std::vector<NamedTensor<T>>& states, StateRows rows = StateRows::one_or_all) {
  give_states(tape, states, rows, [](auto& state, const NamedTensor<T>* given) {
    state.reset();
    if (given == nullptr) return;
    std::ranges::copy(given->values, state.initial.resize(1, given->values.size() / state.size).data);
  });
}

/// The states that the sequences of the last forward pass have ended with, (B,N) each.
template <Scalar T, HasFields Tape> std::vector<NamedTensor<T>> last_states(const Tape& tape) {
  std::vector<NamedTensor<T>> states;
  visit_fields(
      [&](const FieldInfo& field, const auto& state) {
        const auto rows = state.last.view().rows();
        states.push_back({field.path(), {rows.count, state.size}, {rows.begin(), rows.end()}});
      },
      tape);
  return states;
}

/// The gradients by the initial states that a tape has, each in the shape of its state.
template <Scalar T, HasFields Tape, HasFields Workspace>
std::vector<NamedTensor<T>> initial_state_gradients(const Tape& tape, const Workspace& workspace) {
  std::vector<NamedTensor<T>> gradients;
  visit_fields(
      [&](const FieldInfo& field, const auto& state, const auto& gradient) {
        const auto rows = gradient.view().rows();
        if (rows.count == 0) return;
        gradients.push_back({field.path(), {rows.count, state.size}, {rows.begin(), rows.end()}});
      },
      tape, workspace);
  return gradients;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
