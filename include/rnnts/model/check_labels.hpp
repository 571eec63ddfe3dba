// Labels that a loss cannot take, found before they are trained with.
#pragma once

#include <cstddef>
#include <span>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The `check_label` of a loss, if it has one, and whether labels may be missing, for what knows no loss. Refers to the
/// loss.
template <Scalar T> class LabelCheck {
 public:
  /// Every label will do.
  LabelCheck() = default;

  template <Loss L> explicit LabelCheck(const L& loss) : may_miss_(leaves_out_missing(loss)) {
    if constexpr (requires { loss.check_label(T()); }) {
      loss_ = &loss;
      check_ = [](const void* any, T label) { static_cast<const L*>(any)->check_label(label); };
    }
  }
  template <Loss L> explicit LabelCheck(const L&& loss) = delete;

  explicit operator bool() const { return check_ != nullptr; }
  void operator()(T label) const { check_(loss_, label); }
  bool may_miss() const { return may_miss_; }

 private:
  bool may_miss_ = false;
  const void* loss_ = nullptr;
  void (*check_)(const void* loss, T label) = nullptr;
};

/// Checks each label of a batch: column b of y is the label of sample indices[b].
///
/// Throws DataError that names the sample.
template <Scalar T, std::size_t F>
void check_labels(LabelCheck<T> check, Sequence<const T, F> y, std::span<const std::size_t> indices) {
  if (!check) return;
  for (std::size_t t = 0; t < y.steps; ++t) {
    for (std::size_t b = 0; b < indices.size(); ++b) {
      if (t >= y.length(b)) continue;
      try {
        for (const T label : y[t].row(b)) check(label);
      } catch (const DataError& error) {
        throw DataError(sentence("label ", indices[b], ", step ", t, ": ", error.what()));
      }
    }
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
