// The states of recurrent layers by name: what a sequence starts from, and what it has ended with.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/extent.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/tensor/named_tensor.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A state of a tape or of a stream, whatever its type.
template <Scalar T> struct StateSlot {
  std::string name;
  std::size_t size;  ///< N, or 0 in a tape where only a run knows that; the next forward pass looks at it then
  void* state;
  /// Room for the state of so many samples of `size` numbers, or for none, in a tape; that of one in a stream.
  T* (*resize)(void* state, std::size_t samples, std::size_t size);
};

template <class State> auto* memory_of_state(State& state, std::size_t samples, std::size_t size) {
  if constexpr (requires { state.initial; }) {
    return state.initial.resize(samples == 0 ? 0 : 1, samples, size).data;
  } else {
    return state.data();
  }
}

/// Numbers of a state, if they are known.
template <class State> std::size_t size_of_state(const State& state) {
  if constexpr (State::static_size != dynamic) {
    return State::static_size;
  } else if constexpr (requires { state.initial; }) {
    return 0;
  } else {
    return state.size();
  }
}

/// The same for all models, and seldom called: kept out of what each of them has of its own.
template <Scalar T>
[[gnu::noinline]] void add_slot(std::vector<StateSlot<T>>& slots, const FieldInfo& field, std::size_t size, void* state,
                                std::type_identity_t<T* (*)(void*, std::size_t, std::size_t)> resize) {
  slots.push_back({field.path(), size, state, resize});
}

template <Scalar T, HasFields S> std::vector<StateSlot<T>> slots_of(S& all) {
  std::vector<StateSlot<T>> slots;
  visit_fields(
      [&]<class State>(const FieldInfo& field, State& state) {
        add_slot(slots, field, size_of_state(state), &state, [](void* any, std::size_t samples, std::size_t size) {
          return memory_of_state(*static_cast<State*>(any), samples, size);
        });
      },
      all);
  return slots;
}

/// Throws ArgumentError, listing the names, if there is none of this one.
template <Scalar T> [[gnu::noinline]] StateSlot<T>& find_slot(std::vector<StateSlot<T>>& slots, std::string_view name) {
  std::string known;
  for (auto& slot : slots) {
    if (slot.name == name) return slot;
    known += " " + slot.name;
  }
  raise(ArgumentError(sentence("no state is named \"", name, "\"; there are:", known.empty() ? " none" : known)));
}

/// For how many samples states are given.
enum class StateRows { one, one_or_all };

/// Copies the states that are given. All that can be wrong is looked for before anything changes.
///
/// Throws ArgumentError if there is no state of such a name or if one is given twice, ShapeError if it has not N
/// numbers for each sample or if a shape is given that is not (B,N), DataError if one of them is NaN.
/// (The same for all models, and so seldom called that it shall take little room and time to compile.)
template <Scalar T>
[[gnu::noinline]] void give_states(std::vector<StateSlot<T>> slots, const std::vector<NamedTensor<T>>& given,
                                   StateRows rows, bool reset_others) {
  for (const NamedTensor<T>& one : given) {
    StateSlot<T>& slot = find_slot(slots, one.name);
    const std::size_t found = one.values.size();
    if (slot.size == 0) slot.size = one.shape.empty() ? found : one.shape.back();
    const std::size_t N = slot.size;
    if (rows == StateRows::one ? found != N : found == 0 || N == 0 || found % N != 0) {
      raise(ShapeError(sentence("state \"", one.name, "\": expected ", N, " numbers",
                                rows == StateRows::one ? "" : " for each sample", ", found ", found)));
    }
    const std::vector<std::size_t> shape{found / N, N};
    if (!one.shape.empty() && one.shape != shape && !(found == N && one.shape == std::vector{N})) {
      raise(ShapeError(sentence("state \"", one.name, "\": expected the shape ", shape_text(shape), ", found ",
                                shape_text(one.shape))));
    }
    for (const T value : one.values) {
      if (std::isnan(value)) raise(DataError(sentence("state \"", one.name, "\": expected numbers, found NaN")));
    }
    for (const NamedTensor<T>* other = given.data(); other != &one; ++other) {
      if (other->name == one.name) raise(ArgumentError(sentence("state \"", one.name, "\" is given twice")));
    }
  }
  for (const StateSlot<T>& slot : slots) {
    if (reset_others) slot.resize(slot.state, 0, slot.size);
  }
  for (const NamedTensor<T>& one : given) {
    const StateSlot<T>& slot = find_slot(slots, one.name);
    std::ranges::copy(one.values, slot.resize(slot.state, one.values.size() / slot.size, slot.size));
  }
}

/// A tape for forward passes that no backward pass follows.
template <HasFields Tape> Tape tape_without_record() {
  Tape tape;
  visit_fields([](const FieldInfo&, auto& state) { state.is_recorded = false; }, tape);
  return tape;
}

/// What a tape starts the next sequences from: the states that are given, and as at the beginning where none is.
template <Scalar T, HasFields Tape>
void set_initial_states(Tape& tape, const std::vector<NamedTensor<T>>& states, StateRows rows = StateRows::one_or_all) {
  give_states(slots_of<T>(tape), states, rows, true);
}

/// Gives another tape the initial states, as long as they are for all samples alike.
///
/// Throws ShapeError if they are for each sample.
template <HasFields Tape> void share_initial_states(const Tape& from, Tape& to) {
  visit_fields(
      [](const FieldInfo& field, const auto& given, auto& taken) {
        const std::size_t found = given.initial.view().rows().count;
        if (found > 1) {
          raise(ShapeError(sentence("predict: expected one initial state \"", field.path(),
                                    "\" for all windows alike, as there are more than can have their own, found ",
                                    found)));
        }
        taken.initial = given.initial;
      },
      from, to);
}

/// The states that the sequences of the last forward pass have ended with, (B,N) each.
template <Scalar T, HasFields Tape> std::vector<NamedTensor<T>> last_states(const Tape& tape) {
  std::vector<NamedTensor<T>> states;
  visit_fields(
      [&](const FieldInfo& field, const auto& state) {
        const auto rows = state.last.view().rows();
        states.push_back({field.path(), {rows.count, rows.width}, {rows.begin(), rows.end()}});
      },
      tape);
  return states;
}

/// The gradients by the initial states that a tape has, each in the shape of its state.
template <Scalar T, HasFields Tape, HasFields Workspace>
std::vector<NamedTensor<T>> initial_state_gradients(const Tape& tape, const Workspace& workspace) {
  std::vector<NamedTensor<T>> gradients;
  visit_fields(
      [&](const FieldInfo& field, const auto&, const auto& gradient) {
        const auto rows = gradient.view().rows();
        if (rows.count == 0) return;
        gradients.push_back({field.path(), {rows.count, rows.width}, {rows.begin(), rows.end()}});
      },
      tape, workspace);
  return gradients;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
