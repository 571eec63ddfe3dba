// The number types that layers, losses and optimizers are written for.
#pragma once

#include <concepts>

namespace rnnts::inline v0 {

template <class T>
concept Scalar = std::same_as<T, float> || std::same_as<T, double>;

}  // namespace rnnts::inline v0
