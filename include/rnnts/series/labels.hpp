// views::labels: the labels of windows, without the windows.
#pragma once

#include <ranges>
#include <utility>

#include "rnnts/series/closure.hpp"
#include "rnnts/series/sample_pair.hpp"

namespace rnnts::inline RNNTS_ABI {
namespace detail {

struct LabelsOf {
  template <class R> constexpr auto operator()(R&& samples) const {
    return std::views::transform(std::forward<R>(samples), [](const auto& sample) {
      static_assert(SamplePair<decltype(sample)>, "views::labels takes samples: windows with their labels, or pairs.");
      return label_of(sample);
    });
  }
};

}  // namespace detail

namespace views {

/// `series | window(look_back) | labels`: the label of each sample, a number or a range of numbers. What predictions
/// are compared with: `mean_absolute_error(windows | labels, model.predict(windows))`.
inline constexpr detail::Closure<detail::LabelsOf> labels{};

}  // namespace views
}  // namespace rnnts::inline RNNTS_ABI
