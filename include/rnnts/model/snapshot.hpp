// Snapshot: the weights that a training goes back to when an epoch fails, and those that it goes on from.
#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/scalar.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The first number that is NaN or infinite.
template <Scalar T> std::optional<T> find_not_finite(Tensors<T> tensors) {
  for (const std::span<T> numbers : tensors) {
    const auto bad = std::ranges::find_if(numbers, [](T number) { return !std::isfinite(number); });
    if (bad != numbers.end()) return *bad;
  }
  return std::nullopt;
}

/// The numbers of all tensors of a model at one time: the same for all models. The tensors are given each time, as a
/// callback may put others into the model.
template <Scalar T> class Snapshot {
 public:
  void take(Tensors<T> tensors) {
    numbers_.clear();
    for (const auto numbers : tensors) numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
  }

  /// Puts the numbers back.
  void restore(Tensors<T> tensors) const {
    auto next = numbers_.begin();
    for (const auto numbers : tensors) next = std::ranges::copy_n(next, std::ssize(numbers), numbers.begin()).in;
  }

  /// Where a state has weights to go on from, puts these into the model, of which a snapshot was taken, and into the
  /// snapshot; the state then has none.
  ///
  /// Throws ShapeError in the name of the function that trains if they are not as many; then nothing has changed.
  void resume(std::string_view function, std::vector<T>& to_go_on_from, Tensors<T> tensors) {
    if (to_go_on_from.empty()) return;
    if (to_go_on_from.size() != numbers_.size()) {
      throw ShapeError(sentence(function, ": the state has ", to_go_on_from.size(),
                                " weights to go on from, but the model has ", numbers_.size()));
    }
    numbers_ = std::exchange(to_go_on_from, {});
    restore(tensors);
  }

  /// Where a callback has put others into the model since the snapshot, a state is to go on from the snapshot.
  void leave(std::vector<T>& to_go_on_from, Tensors<T> tensors) const {
    auto next = numbers_.begin();
    bool same = true;
    for (const auto numbers : tensors) {
      same = same && std::ranges::equal(numbers, std::span(next, numbers.size()));
      next += std::ssize(numbers);
    }
    if (!same) to_go_on_from = numbers_;
  }

 private:
  std::vector<T> numbers_;  ///< one tensor after the other
};

}  // namespace rnnts::inline RNNTS_ABI::detail
