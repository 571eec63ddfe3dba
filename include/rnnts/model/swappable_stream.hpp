// SwappableStream: a stream whose model another thread replaces, while the thread with the deadline never waits.
#pragma once

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/model/stream.hpp"

namespace rnnts::inline RNNTS_ABI {

struct SwapOptions {
  bool keep_state = true;   ///< whether the new model goes on from the states of the old one
  std::size_t prewarm = 0;  ///< steps of zeros that it takes before, if it does not
};

/// A `Stream` with a model of its own, which may be replaced while it runs:
///
///     SwappableStream<Net> swappable(model);
///     swappable.publish(better);                           // in the control thread, at any time
///     Stream<Net>& stream = swappable.stream();            // in the real-time thread, once per block
///     for (const float x : block) y = stream.step(x)[0];
///
/// One thread, the real-time one, calls `stream()` and uses what it returns; one other at a time, the control thread,
/// calls `publish` and `collect`. All allocating, copying of weights and freeing is done by the control thread; the
/// real-time thread neither allocates, frees, locks nor waits. Cannot be copied or moved.
///
/// Why no model is freed or changed while it is used: a `Version` is a model with its stream.
///
/// 1. The control thread owns all of them, and changes none that it has published, unless it has taken it back.
/// 2. `published_` holds the one that is new, or null. Both threads take it out by `exchange`, so that one of them
///    alone gets it: the control thread, and then the real-time thread has never seen it and will not; or the real-time
///    thread, which from then on runs it. What the control thread has written to it is there, as it is stored with
///    release and taken with acquire.
/// 3. When the real-time thread has taken over the state of the one that it ran, it stores `retired` there with
///    release, and touches it no more. The control thread frees those alone that it reads as retired, with acquire, and
///    so after all that the real-time thread has done with them.
///
/// The real-time thread executes one load, and for a new model one exchange, a copy of the state and one store: there
/// is no loop that the other thread could keep it in.
template <detail::StepModel M> class SwappableStream {
 public:
  explicit SwappableStream(const M& model) {
    versions_.push_back(std::make_unique<Version>(model));
    running_ = versions_.back().get();
  }
  SwappableStream(const SwappableStream&) = delete;
  SwappableStream& operator=(const SwappableStream&) = delete;

  /// For the control thread: the next `stream()` has a copy of this model. One that was published before and has not
  /// been taken yet is left out. Frees models that are no longer used.
  ///
  /// Throws ShapeError if the model has other inputs or outputs, or if it shall keep the state and has other sizes,
  /// which is possible for `dynamic` ones alone; ArgumentError if it shall keep the state and be prewarmed. Then the
  /// model stays as it is.
  void publish(const M& model, SwapOptions options = {}) {
    if (options.keep_state && options.prewarm > 0) {
      throw ArgumentError(detail::sentence(
          "SwappableStream: expected no prewarm of a model that keeps the state, found ", options.prewarm, " steps"));
    }
    const M& last = versions_.back()->model;
    check_features("inputs", last.input_shape().features, model.input_shape().features);
    check_features("outputs", last.output_shape().features, model.output_shape().features);
    auto version = std::make_unique<Version>(model);
    if (options.keep_state && Stream<M>::sizes_of(model) != Stream<M>::sizes_of(last)) {
      throw ShapeError("SwappableStream: expected a model of the same sizes, as it keeps the state, found other ones");
    }
    version->keeps_state = options.keep_state;
    version->stream.prewarm(options.prewarm);
    collect();
    versions_.push_back(std::move(version));
    Version& next = *versions_.back();
    if (Version* const left_out = published_.exchange(nullptr, std::memory_order_relaxed)) {
      if (next.keeps_state) {  // what that one would have begun with
        next.keeps_state = left_out->keeps_state;
        next.stream.take_state(left_out->stream);
      }
      left_out->retired.store(true, std::memory_order_relaxed);
    }
    published_.store(&next, std::memory_order_release);
  }

  /// For the control thread: frees models that are no longer used, as `publish` does. Returns how many are left, with
  /// the one that runs and the one that has not been taken yet.
  std::size_t collect() {
    std::erase_if(versions_, [](const auto& version) { return version->retired.load(std::memory_order_acquire); });
    return versions_.size();
  }

  /// For the real-time thread: the stream, of the newest model. Valid until the next call, as copies of it are; what is
  /// assigned to it must be a copy of itself.
  Stream<M>& stream() noexcept {
    if (published_.load(std::memory_order_relaxed) != nullptr) take();
    return running_->stream;
  }

 private:
  struct Version {
    explicit Version(const M& given) : model(given), stream(model) {}

    const M model;
    Stream<M> stream;
    bool keeps_state = false;
    std::atomic<bool> retired = false;
  };

  static_assert(std::atomic<Version*>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

  static void check_features(const char* which, std::size_t expected, std::size_t found) {
    if (expected == found) return;
    throw ShapeError(detail::sentence("SwappableStream: ", which, ": expected ", expected, ", found ", found));
  }

  [[gnu::noinline]] void take() noexcept {
    Version* const next = published_.exchange(nullptr, std::memory_order_acquire);
    if (next == nullptr) return;  // taken back in between
    if (next->keeps_state) next->stream.take_state(running_->stream);
    running_->retired.store(true, std::memory_order_release);
    running_ = next;
  }

  std::vector<std::unique_ptr<Version>> versions_;  ///< of the control thread; the newest is the last
  Version* running_;                                ///< of the real-time thread
  std::atomic<Version*> published_ = nullptr;
};

}  // namespace rnnts::inline RNNTS_ABI
