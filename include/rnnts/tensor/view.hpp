// Views of batches: run-time rows and steps, features that mostly the compiler knows. Everything between two layers is
// one of these.
#pragma once

#include <cstddef>
#include <type_traits>

#include "rnnts/core/extent.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/tensor/aligned.hpp"

namespace rnnts::inline RNNTS_ABI {

/// `count` rows of F contiguous numbers each, row after row. Where F is `dynamic`, a view is not made without a width.
template <class T, std::size_t F> struct Rows {
  T* data = nullptr;
  std::size_t count = 0;
  [[no_unique_address]] detail::Extent<F> width = {};

  T* operator[](std::size_t row) const { return data + row * width; }
  std::size_t size() const { return count * width; }
  T* begin() const { return data; }
  T* end() const { return data + size(); }

  Rows first(std::size_t rows) const { return {data, rows, width}; }
  Rows last(std::size_t rows) const { return {data + (count - rows) * width, rows, width}; }
  /// One of them.
  Rows row(std::size_t index) const { return {(*this)[index], 1, width}; }

  operator Rows<const T, F>() const
    requires(!std::is_const_v<T>)
  {
    return {data, count, width};
  }
};

/// A batch of sequences, time-major: (steps, batch, F). A batch of vectors has one step.
///
/// With `lengths`, one for each sample, at least 1 (for recurrent layers and those that act on each step, at least 0)
/// and none above `steps`, sample b ends after step lengths[b] - 1. What stands beyond that is finite and has no
/// meaning, and gradients are zero there.
template <class T, std::size_t F> struct Sequence {
  T* data = nullptr;
  std::size_t steps = 0;
  std::size_t batch = 0;
  const std::size_t* lengths = nullptr;  ///< null if all samples have all steps
  [[no_unique_address]] detail::Extent<F> width = {};

  /// The rows of one step, (batch, F).
  Rows<T, F> operator[](std::size_t step) const { return {data + step * batch * width, batch, width}; }
  /// The rows of `count` steps, (count * batch, F).
  Rows<T, F> rows(std::size_t first, std::size_t count) const {
    return {data + first * batch * width, count * batch, width};
  }
  /// All rows of all steps, (steps * batch, F).
  Rows<T, F> rows() const { return {data, steps * batch, width}; }
  /// Whether there is nothing behind the view; a backward pass leaves out an empty `dx`.
  bool empty() const { return data == nullptr; }
  /// Steps of sample b.
  std::size_t length(std::size_t b) const { return lengths ? lengths[b] : steps; }
  /// One with nothing behind it.
  Sequence none() const { return {nullptr, 0, 0, nullptr, width}; }

  operator Sequence<const T, F>() const
    requires(!std::is_const_v<T>)
  {
    return {data, steps, batch, lengths, width};
  }
};

/// Memory for a `Sequence` that grows to the largest size asked for and is then reused.
template <Scalar T, std::size_t F> class SequenceBuffer {
 public:
  static constexpr std::size_t static_size = F;  ///< of a row; so `visit_fields` takes it for a field

  /// Room for (steps, batch, F) numbers, whose values are unspecified. Allocates only when it has to grow. The lengths
  /// are referred to. Where F is `dynamic`, `width` is to be given.
  Sequence<T, F> resize(std::size_t steps, std::size_t batch, detail::Extent<F> width = {},
                        const std::size_t* lengths = nullptr) {
    steps_ = steps;
    batch_ = batch;
    width_ = width;
    lengths_ = lengths;
    if (values_.size() < steps * batch * width) values_.resize(steps * batch * width);
    return view();
  }

  /// As much room as another has, with its lengths.
  template <class U> Sequence<T, F> resize_as(const Sequence<U, F>& other) {
    return resize(other.steps, other.batch, other.width, other.lengths);
  }

  /// No rows; the memory is kept.
  void clear() { steps_ = batch_ = 0; }

  Sequence<T, F> view() { return {values_.data(), steps_, batch_, lengths_, width_}; }
  Sequence<const T, F> view() const { return {values_.data(), steps_, batch_, lengths_, width_}; }

 private:
  detail::AlignedVector<T> values_;
  std::size_t steps_ = 0;
  std::size_t batch_ = 0;
  const std::size_t* lengths_ = nullptr;
  [[no_unique_address]] detail::Extent<F> width_ = detail::Extent<F>(0);
};

namespace detail {

/// The same rows, or steps, for code to which a width is a constant that elsewhere only a run knows; and the way back.
template <std::size_t F, class T, std::size_t width> Rows<T, F> of_width(Rows<T, width> rows) {
  return {rows.data, rows.count, std::size_t{rows.width}};
}
template <std::size_t F, class T, std::size_t width> Sequence<T, F> of_width(Sequence<T, width> all) {
  return {all.data, all.steps, all.batch, all.lengths, std::size_t{all.width}};
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
