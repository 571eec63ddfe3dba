// for_each_batch: the batches of a source, shared by several threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <limits>
#include <mutex>
#include <type_traits>
#include <vector>

#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/parallel_for.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Batches of a source that has begun a pass, as several threads take them, one after the other.
template <Scalar T, std::size_t I> class SharedBatches {
 public:
  explicit SharedBatches(BatchSource<T, I, 0>& source) : source_(source) {}

  /// What a thread has of the source, copied.
  struct Copy {
    SequenceBuffer<T, I> x;
    std::vector<std::size_t> lengths;
    std::size_t first = 0;
  };

  /// Copies the next batch. False if there is none, or if a thread has failed.
  bool take(Copy& copy) {
    const std::lock_guard lock(mutex_);
    if (failure_) return false;
    copy.first = taken_;
    const auto* batch = source_.next();
    if (batch == nullptr) return false;
    const auto& x = batch->x;
    if (x.lengths != nullptr) copy.lengths.assign(x.lengths, x.lengths + x.batch);
    const auto own = copy.x.resize(x.steps, x.batch, x.width, x.lengths != nullptr ? copy.lengths.data() : nullptr);
    std::ranges::copy(x.rows(), own.data);
    taken_ += batch->count;
    return true;
  }

  /// What has been thrown for the batch that begins with this window.
  void fail(std::size_t first, std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (first < failed_) failure_ = failure;
    failed_ = std::min(first, failed_);
  }

  /// Once all threads have ended.
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  BatchSource<T, I, 0>& source_;
  std::mutex mutex_;  ///< of all that follows, and of the source
  std::size_t taken_ = 0, failed_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr failure_;
};

/// Calls `work(thread, x, first)` once for each batch of a source that has begun a pass, where `first` is the number of
/// its first window, in threads with numbers below `threads`. The source is read by one thread at a time, and x is a
/// copy.
///
/// What the source or `work` throws is thrown here once all have ended, of several that of the first batch, as if one
/// thread had gone through them in order. After that no other batch is begun.
template <Scalar T, std::size_t I>
void for_each_batch(
    BatchSource<T, I, 0>& source, std::size_t threads,
    std::type_identity_t<FunctionRef<void(std::size_t thread, Sequence<const T, I> x, std::size_t first)>> work) {
  SharedBatches<T, I> batches(source);
  const auto serve = [&](std::size_t thread) {
    typename SharedBatches<T, I>::Copy batch;
    try {
      while (batches.take(batch)) work(thread, batch.x.view(), batch.first);
    } catch (...) {
      batches.fail(batch.first, std::current_exception());
    }
  };
  parallel_for(threads, serve, threads);
  batches.rethrow();
}

}  // namespace rnnts::inline RNNTS_ABI::detail
