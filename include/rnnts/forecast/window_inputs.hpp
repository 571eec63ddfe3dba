// WindowInputs: the last windows of series as the inputs of a net.
#pragma once

#include <cstddef>
#include <ranges>
#include <span>
#include <vector>

#include "rnnts/core/scalar.hpp"
#include "rnnts/forecast/window_layout.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// One window of each series, for `predict` of a net with I features.
template <Scalar T, std::size_t I> class WindowInputs {
 public:
  WindowInputs(const WindowLayout& layout, std::size_t series)
      : layout_(layout),
        features_(layout.features()),
        length_(layout.steps() * features_),
        numbers_(series * length_) {}

  /// That of series s. `window` has the numbers that stand for the values of `part`.
  void write(std::size_t s, std::span<const double> window, const SeriesPart& part) {
    T* const first = numbers_.data() + s * length_;
    layout_.write<T>(window, part, [&](std::size_t t) { return first + t * features_; });
  }

  /// Window s, a range of its steps, or of numbers if these have one. Refers to them.
  auto operator[](std::size_t s) const {
    const auto numbers = std::span(numbers_).subspan(s * length_, length_);
    if constexpr (I == 1) {
      return numbers;
    } else {
      return std::views::iota(std::size_t{0}, length_ / features_) |
             std::views::transform(
                 [numbers, width = features_](std::size_t t) { return numbers.subspan(t * width, width); });
    }
  }

 private:
  WindowLayout layout_;
  std::size_t features_, length_;
  std::vector<T> numbers_;  ///< (S,steps,features)
};

}  // namespace rnnts::inline RNNTS_ABI::detail
