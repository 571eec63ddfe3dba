// What all optimizers share: counting updates, clipping gradients, weight decay, and the loop over all weights.
//
// An optimizer has the options learning_rate, weight_decay, exclude_from_weight_decay, clipnorm, clipvalue and
// global_clipnorm, as members of these names, and adds its formula for one number.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/loops.hpp"
#include "rnnts/core/scalar.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI {

/// What an optimizer remembers between two updates: a number for each weight, in the order of `tensors`. Empty, which
/// stands for zeros, until `update_weights` is first called with it.
template <Scalar T> using PerWeight = std::vector<T>;

namespace detail {

/// An option that must be at least 0 and less than 1, as the part of an average that is kept from update to update.
struct Fraction {
  const char* name;
  double value;
};

inline void check_not_negative(std::string_view name, double value) {
  if (value >= 0) return;
  throw ArgumentError(sentence("optimizer: expected ", name, " at least 0, found ", value));
}

inline void check_learning_rate(double rate, std::uint64_t update) {
  if (rate >= 0 && std::isfinite(rate)) return;
  throw ArgumentError(sentence("learning_rate: expected a finite number of at least 0 for update ", update,
                               ", counted from 0, found ", rate));
}

/// Throws ArgumentError if a number among the options cannot be used.
template <class O> void check_numbers(const O& optimizer, std::initializer_list<Fraction> fractions) {
  for (const auto& [name, value] : fractions) {
    if (value >= 0 && value < 1) continue;
    throw ArgumentError(sentence("optimizer: expected ", name, " at least 0 and less than 1, found ", value));
  }
  for (const auto& [name, value] : {Fraction{"weight_decay", optimizer.weight_decay},
                                    {"clipnorm", optimizer.clipnorm},
                                    {"clipvalue", optimizer.clipvalue},
                                    {"global_clipnorm", optimizer.global_clipnorm}}) {
    if (value >= 0 && std::isfinite(value)) continue;
    throw ArgumentError(
        sentence("optimizer: expected ", name, " at least 0, which turns it off, and finite, found ", value));
  }
  if ((optimizer.clipnorm > 0) + (optimizer.clipvalue > 0) + (optimizer.global_clipnorm > 0) > 1) {
    throw ArgumentError(sentence("optimizer: expected one of clipnorm, clipvalue and global_clipnorm at most, found ",
                                 optimizer.clipnorm, ", ", optimizer.clipvalue, " and ", optimizer.global_clipnorm));
  }
  if constexpr (requires { optimizer.epsilon; }) check_not_negative("epsilon", optimizer.epsilon);
  if constexpr (requires { optimizer.initial_accumulator_value; }) {
    check_not_negative("initial_accumulator_value", optimizer.initial_accumulator_value);
  }
}

/// Throws ArgumentError if a name of `names` is no part of a weight's name.
[[gnu::cold]] inline void check_names(const std::vector<std::string>& names, InfosVisit visit_all) {
  for (const std::string& name : names) {
    bool found = false;
    std::string known;
    const auto compare = [&](const FieldInfo& field) {
      found = found || field.has_name(name);
      known.append(" ").append(field.path());
    };
    visit_all(compare, nullptr);
    if (found) continue;
    throw ArgumentError(sentence("optimizer: exclude_from_weight_decay has \"", name,
                                 "\", which is no part of the names of the weights:", known));
  }
}

template <Scalar T> double squared_norm(std::span<const T> numbers) {
  double sum = 0;
  for (const T value : numbers) sum += static_cast<double>(value) * static_cast<double>(value);
  return sum;
}

/// What a gradient is multiplied by so that its norm is at most `limit`.
inline double clipping_scale(double squared_norm, double limit) {
  return limit / std::max(std::sqrt(squared_norm), limit);  // NaN stays NaN
}

/// What is done to each number of a tensor before the optimizer's formula: g to clamp(scale g), w to w - decay w.
template <Scalar T> struct Adjustment {
  T scale = 1;
  T limit = std::numeric_limits<T>::infinity();
  T decay = 0;
};

template <class O, Scalar T>
Adjustment<T> adjustment(const O& optimizer, double learning_rate, double global_scale, bool decays,
                         std::span<const T> gradient) {
  Adjustment<T> result{.scale = static_cast<T>(global_scale)};
  if (optimizer.clipnorm > 0) {
    result.scale = static_cast<T>(clipping_scale(squared_norm(gradient), optimizer.clipnorm));
  }
  if (optimizer.clipvalue > 0) result.limit = static_cast<T>(optimizer.clipvalue);
  if (decays) result.decay = static_cast<T>(learning_rate * optimizer.weight_decay);
  return result;
}

/// w -= step(g, memory...) for all numbers.
template <Scalar T> void update_numbers(auto step, std::span<T> w, const T* g, std::same_as<T> auto*... memory) {
  for (std::size_t i = 0; i < w.size(); ++i) w[i] -= step(g[i], memory[i]...);
}

template <Scalar T>
void update_numbers(auto step, Adjustment<T> adjust, std::span<T> w, const T* g, std::same_as<T> auto*... memory) {
  for (std::size_t i = 0; i < w.size(); ++i) {
    const T clipped = std::clamp(adjust.scale * g[i], -adjust.limit, adjust.limit);
    w[i] = (w[i] - adjust.decay * w[i]) - step(clipped, memory[i]...);
  }
}

/// Zeros for a memory that is empty.
template <Scalar T> void prepare(PerWeight<T>& memory, std::size_t count) {
  if (memory.empty()) memory.resize(count);
  if (memory.size() == count) return;
  throw ShapeError(
      sentence("optimizer: the state is of ", memory.size(), " weights, but there are ", count, " to update"));
}

/// What `update_weights` does, the same for all sets of weights of one scalar type.
template <class O, Scalar T>
void update_tensors(const O& optimizer, double learning_rate, InfosVisit visit_all, auto step, Tensors<T> w,
                    Tensors<const T> g, std::same_as<PerWeight<T>> auto&... memories) {
  std::size_t count = 0;
  for (const auto tensor : w) count += tensor.size();
  (prepare(memories, count), ...);
  std::size_t k = 0, first = 0;  // the tensor at hand, and where its numbers begin in the memories
  if (optimizer.weight_decay == 0 && optimizer.clipnorm == 0 && optimizer.clipvalue == 0 &&
      optimizer.global_clipnorm == 0) {
    for (; k < w.size(); first += w[k++].size()) {
      update_numbers(step, w[k], g[k].data(), (memories.data() + first)...);
    }
    return;
  }
  double scale = 1;
  if (optimizer.global_clipnorm > 0) {
    double sum = 0;
    for (const auto gradient : g) sum += squared_norm(gradient);
    scale = clipping_scale(sum, optimizer.global_clipnorm);
  }
  const auto update = [&](const FieldInfo& field) {
    const bool decays =
        optimizer.weight_decay != 0 && std::ranges::none_of(optimizer.exclude_from_weight_decay,
                                                            [&](const auto& name) { return field.has_name(name); });
    const auto adjust = adjustment(optimizer, learning_rate, scale, decays, g[k]);
    update_numbers(step, adjust, w[k], g[k].data(), (memories.data() + first)...);
    first += w[k++].size();
  };
  visit_all(update, nullptr);
}

/// What `begin_update` does, the same for all sets of weights.
template <class O>
double begin_update(const O& optimizer, std::uint64_t& updates, std::initializer_list<Fraction> fractions,
                    InfosVisit visit_all) {
  check_numbers(optimizer, fractions);
  if (updates == 0) check_names(optimizer.exclude_from_weight_decay, visit_all);
  const double rate = optimizer.learning_rate(updates);
  check_learning_rate(rate, updates);
  ++updates;
  return rate;
}

}  // namespace detail

/// Starts an update: checks the options, adds 1 to `updates`, and returns the learning rate.
///
/// `fractions` are options that must be in [0, 1), with their names. Throws ArgumentError, also where a schedule gives
/// a learning rate that is negative or not finite.
template <HasFields Parameters, class O>
double begin_update(const O& optimizer, std::uint64_t& updates, std::initializer_list<detail::Fraction> fractions) {
  return detail::begin_update(optimizer, updates, fractions, detail::visit_infos<Parameters>);
}

/// Clips the gradients, lets the weights decay, w -= learning_rate weight_decay w, and then updates every number by the
/// optimizer's formula, w -= step(g, memory...), in this order as Keras 3 does.
///
/// `step(g, memory&...)` is the formula for numbers of the scalar type of the weights; it may change the memory, the
/// numbers of `memories` that belong to w. Allocates memories that are empty, and nothing else. Throws ShapeError if
/// one is of another number of weights.
///
/// Clipping: with clipvalue every number of a gradient is cut to ±clipvalue; with clipnorm each tensor whose norm
/// √Σg² is larger is scaled to that norm, with global_clipnorm all together (Pascanu, Mikolov and Bengio 2012,
/// arXiv:1211.5063). Decay: Loshchilov and Hutter 2017, arXiv:1711.05101.
template <class O, HasFields Parameters>
void update_weights(const O& optimizer, double learning_rate, Parameters& parameters, const Parameters& gradients,
                    auto step, std::same_as<PerWeight<ScalarOf<Parameters>>> auto&... memories) {
  detail::update_tensors<O, ScalarOf<Parameters>>(optimizer, learning_rate, detail::visit_infos<Parameters>, step,
                                                  detail::tensors(parameters), detail::tensors(gradients), memories...);
}

}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
