// The one bridge to xtensor: newer versions (0.26 and later) have moved their headers into folders.
//
// With xio.hpp `std::cout << predictions` prints; it is a fiftieth of what the umbrella takes to compile.
#pragma once

#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xfixed.hpp>
#include <xtensor/containers/xtensor.hpp>
#include <xtensor/io/xio.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xio.hpp>
#include <xtensor/xtensor.hpp>
#endif

#include <cstddef>

#include "rnnts/core/scalar.hpp"
#include "rnnts/tensor/named_tensor.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A tensor's memory as an xtensor expression of the same static shape.
template <Scalar T, std::size_t... Extents> auto as_xtensor(Tensor<T, Extents...>& tensor) {
  return xt::adapt(tensor.data(), tensor.size(), xt::no_ownership(), tensor.extents());
}
template <Scalar T, std::size_t... Extents> auto as_xtensor(const Tensor<T, Extents...>& tensor) {
  return xt::adapt(tensor.data(), tensor.size(), xt::no_ownership(), tensor.extents());
}

/// Likewise, of run-time shape. Throws ShapeError if that is not the shape of as many numbers.
template <Scalar T> auto as_xtensor(NamedTensor<T>& tensor) {
  detail::check_shape(tensor);
  return xt::adapt(tensor.values.data(), tensor.values.size(), xt::no_ownership(), tensor.shape);
}
template <Scalar T> auto as_xtensor(const NamedTensor<T>& tensor) {
  detail::check_shape(tensor);
  return xt::adapt(tensor.values.data(), tensor.values.size(), xt::no_ownership(), tensor.shape);
}

}  // namespace rnnts::inline RNNTS_ABI
