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
  std::mutex mutex;  // of all that follows, and of the source
  std::size_t taken = 0, failed = std::numeric_limits<std::size_t>::max();
  std::exception_ptr failure;
  const auto serve = [&](std::size_t thread) {
    SequenceBuffer<T, I> copy;
    std::vector<std::size_t> lengths;
    std::size_t first = 0;
    // Copies the next batch. False if there is none, or if a thread has failed.
    const auto take = [&] {
      const std::lock_guard lock(mutex);
      if (failure) return false;
      first = taken;
      const auto* batch = source.next();
      if (batch == nullptr) return false;
      const auto& x = batch->x;
      if (x.lengths != nullptr) lengths.assign(x.lengths, x.lengths + x.batch);
      const auto own = copy.resize(x.steps, x.batch, x.width, x.lengths != nullptr ? lengths.data() : nullptr);
      std::ranges::copy(x.rows(), own.data);
      taken += batch->count;
      return true;
    };
    try {
      while (take()) work(thread, copy.view(), first);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (first < failed) failure = std::current_exception();
      failed = std::min(first, failed);
    }
  };
  parallel_for(threads, serve, threads);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace rnnts::inline RNNTS_ABI::detail
