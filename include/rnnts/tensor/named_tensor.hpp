// NamedTensor: numbers with a name and a shape, on their own.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/text.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A gradient or a state: its name, as in "0.lstm.kernel" or "0.lstm.h", its shape, and its numbers, row-major. A
/// value. Who gives states to a function may leave out the shape: `{"0.lstm.h", {0.5, 0}}`.
template <Scalar T> struct NamedTensor {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<T> values;

  // Constructors, as g++ 12 crashes on the default of a member that a designated initializer leaves out.
  NamedTensor(std::string its_name, std::vector<T> its_values)
      : name(std::move(its_name)), values(std::move(its_values)) {}
  NamedTensor(std::string its_name, std::vector<std::size_t> its_shape, std::vector<T> its_values)
      : name(std::move(its_name)), shape(std::move(its_shape)), values(std::move(its_values)) {}

  /// The same memory as an xtensor expression of run-time shape, where none is the shape of one number. Needs
  /// `tensor/xtensor.hpp`.
  ///
  /// Throws ShapeError if the shape is not that of as many numbers.
  auto xtensor() { return as_xtensor(*this); }
  auto xtensor() const { return as_xtensor(*this); }
};

namespace detail {

/// Throws ShapeError if the shape is not that of as many numbers.
template <Scalar T> void check_shape(const NamedTensor<T>& tensor) {
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  std::size_t count = 1;
  for (const std::size_t extent : tensor.shape) count = extent != 0 && count > most / extent ? most : count * extent;
  if (count != tensor.values.size()) {
    raise(ShapeError(sentence("\"", tensor.name, "\": expected as many numbers as the shape ", shape_text(tensor.shape),
                              " has, ", count, ", found ", tensor.values.size())));
  }
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
