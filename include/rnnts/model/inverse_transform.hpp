// InverseTransform: the way back from what a model computes with to the units of the series.
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

#include "rnnts/core/scalar.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A function of one number, or none, made implicitly from any such function or from a scaler, of which a copy is kept.
class InverseTransform {
 public:
  InverseTransform() = default;

  template <class Function>
    requires(!std::same_as<std::remove_cvref_t<Function>, InverseTransform> &&
             std::is_invocable_r_v<double, std::decay_t<Function>&, double>)
  InverseTransform(Function&& function) : function_(std::forward<Function>(function)) {}

  template <class Scaler>
    requires requires(const Scaler& scaler, typename Scaler::value_type value) { scaler.inverse_transform(value); }
  InverseTransform(const Scaler& scaler) {
    using Value = typename Scaler::value_type;
    static_assert(Scalar<Value>,
                  "An inverse_transform of single numbers takes a scaler of single numbers. Of a scaler of rows, take "
                  "that of the label's column: scaler.column(0).");
    if constexpr (Scalar<Value>) {
      function_ = [scaler](double value) {
        return static_cast<double>(scaler.inverse_transform(static_cast<Value>(value)));
      };
    }
  }

  /// The number itself where there is no function.
  double operator()(double value) const { return function_ ? function_(value) : value; }

 private:
  std::function<double(double)> function_;
};

}  // namespace rnnts::inline RNNTS_ABI
