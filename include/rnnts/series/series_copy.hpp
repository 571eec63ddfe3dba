// SeriesCopy: the numbers of a series as an option that does not refer to it.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/scalar.hpp"
#include "rnnts/series/numbers.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A copy of the numbers of any range or tensor, made implicitly, so that options that are kept need no series that
/// lives as long.
template <Scalar T> class SeriesCopy {
 public:
  SeriesCopy() = default;
  SeriesCopy(std::vector<T> values) : values_(std::move(values)) {}

  template <class R>
    requires(!std::same_as<std::remove_cvref_t<R>, SeriesCopy> &&
             !std::same_as<std::remove_cvref_t<R>, std::vector<T>> && detail::Numbers<R>)
  SeriesCopy(R&& series) {
    detail::visit_numbers(series, [&](auto number) { values_.push_back(static_cast<T>(number)); });
  }

  const std::vector<T>& values() const { return values_; }

 private:
  std::vector<T> values_;
};

}  // namespace rnnts::inline RNNTS_ABI
