// Training steps and predictions allocate nothing after the first, and the steps of a stream neither allocate, free nor
// lock: this program replaces operator new, and where it can what is below it, and counts.
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <new>
#include <utility>
#include <vector>

#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/global_average_pooling1d.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/last_step.hpp"
#include "rnnts/layers/layer_normalization.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/max_pooling1d.hpp"
#include "rnnts/layers/repeat_vector.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/early_stopping.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/model/fit_stateful.hpp"
#include "rnnts/model/stream.hpp"
#include "rnnts/model/swappable_stream.hpp"
#include "rnnts/model/trainer.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/optimizers/schedules.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"

// A sanitizer has replaced these functions itself.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RNNTS_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RNNTS_TEST_SANITIZED 1
#endif
#endif
#if defined(__GLIBC__) && !defined(RNNTS_TEST_SANITIZED)
#define RNNTS_TEST_COUNTS_CALLS 1
#include <dlfcn.h>
#include <pthread.h>
#endif
#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace {

std::atomic<long> allocations = 0;

/// Of what a thread with a deadline must not call, by this thread: what allocates, frees or locks.
thread_local long waiting_calls = 0;

}  // namespace

#if defined(RNNTS_TEST_COUNTS_CALLS)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) noexcept {
  ++waiting_calls;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++waiting_calls;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
  ++waiting_calls;
  return __libc_realloc(memory, size);
}
void free(void* memory) noexcept {
  ++waiting_calls;
  __libc_free(memory);
}
int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  using Lock = int (*)(pthread_mutex_t*);
  static std::atomic<Lock> lock = nullptr;
  ++waiting_calls;
  if (lock == nullptr) lock = reinterpret_cast<Lock>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  return lock.load()(mutex);
}
}
#endif

// Not inlined: g++ would take memory from one of these and given to the other for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto multiple = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(multiple, (size + multiple - 1) / multiple * multiple)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

using namespace rnnts;

namespace {

template <class F> long allocations_of(F run) {
  const long before = allocations;
  run();
  return allocations - before;
}

/// For tests/real_time/system_calls, which looks for what the system is asked for between two of these.
void mark([[maybe_unused]] const char* begin_or_end) {
#if __has_include(<unistd.h>)
  [[maybe_unused]] const auto failed = ::write(-1, begin_or_end, 5);
#endif
}

template <class F> long waiting_calls_of(F run) {
  mark("begin");
  const long before = waiting_calls, allocations_before = allocations;
  run();
  const long calls = waiting_calls - before + allocations - allocations_before;
  mark("end  ");
  return calls;
}

std::vector<float> wave(std::size_t n) {
  std::vector<float> series;
  for (std::size_t i = 0; i < n; ++i) series.push_back(std::sin(0.3f * static_cast<float>(i)));
  return series;
}

using Convolutions = Sequential<float, Input<1>, Conv1D<8, 3, ReLU>, Dropout<0.1>, MaxPooling1D<>, LayerNormalization<>,
                                GlobalAveragePooling1D, RepeatVector<2>, LastStep, Dense<1>>;

constexpr Conv1DOptions causal{.padding = Padding::causal};
using CausalConvolution =
    Sequential<float, Input<1>, Conv1D<8, 3, ReLU, causal>, Dropout<0.1>, LayerNormalization<>, LastStep, Dense<1>>;

}  // namespace

constexpr GRUOptions dropping{.return_sequences = true, .dropout = 0.2, .recurrent_dropout = 0.2};
using Deep = Sequential<float, Input<1>, Bidirectional<GRU<3, Tanh, Sigmoid, dropping>>,
                        Residual<GRU<6, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>>, LSTM<3>, Dense<1>>;

TEST_CASE("the counter counts") {
  CHECK(allocations_of([] { ::operator delete(::operator new(8)); }) == 1);  // a new expression could be left out
}

TEMPLATE_TEST_CASE("more epochs need no more allocations", "", (Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>),
                   (Sequential<float, Input<1>, SimpleRNN<48, GELU>, Dense<1>>), Convolutions, Deep) {
  const auto series = wave(64);
  const auto windows = series | views::window(20);
  const std::size_t threads = GENERATE(1u, 3u);
  const auto train = [&](std::size_t epochs) {
    TestType model{seed(7)};
    fit(model, windows, MeanSquaredError{}, Adam{},
        {.epochs = epochs,
         .batch_size = 10,
         .validation = windows,
         .callbacks = {EarlyStopping{.patience = 100}},
         .threads = threads,
         .work_per_thread = 0,
         .verbose = false});
  };
  train(1);  // what a first call may leave behind in the BLAS
  const long one = allocations_of([&] { train(1); }), twenty = allocations_of([&] { train(20); });
  CHECK(one > 0);
  CHECK(twenty == one);
}

TEST_CASE("more epochs need no more allocations with windows of different length and sample weights") {
  std::vector<std::pair<std::vector<float>, float>> samples;
  for (std::size_t k = 0; k < 20; ++k) samples.emplace_back(wave(3 + k % 5), 0.5f);
  const std::vector<float> weights(samples.size(), 0.5f);
  const std::size_t threads = GENERATE(1u, 3u);
  const auto train = [&](std::size_t epochs) {
    Deep model{seed(7)};
    fit(model, samples, MeanSquaredError{}, Adam{},
        {.epochs = epochs,
         .batch_size = 7,
         .shuffle = false,
         .sample_weights = weights,
         .threads = threads,
         .work_per_thread = 0,
         .verbose = false});
  };
  train(1);
  const long one = allocations_of([&] { train(1); }), twenty = allocations_of([&] { train(20); });
  CHECK(twenty == one);
}

TEST_CASE("more epochs need no more allocations in stateful training") {
  using Every = Sequential<float, Input<1>, LSTM<4, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>, Dense<1>>;
  const auto series = wave(64);
  const auto train = [&](std::size_t epochs) {
    Every model{seed(7)};
    fit_stateful(model, series | views::window(1), MeanSquaredError{}, Adam{},
                 {.epochs = epochs, .steps = 10, .batch_size = 3, .verbose = false});
  };
  train(1);
  const long one = allocations_of([&] { train(1); }), twenty = allocations_of([&] { train(20); });
  CHECK(twenty == one);
}

TEST_CASE("schedules, clipping, weight decay with exclusions and regularizers allocate nothing") {
  constexpr SimpleRNNOptions regularized{.kernel_regularizer = L2(), .recurrent_regularizer = L1()};
  Sequential<float, Input<1>, SimpleRNN<5, Tanh, regularized>, Dense<1>> model{seed(7)};
  const std::vector<float> x(20), y(1);
  const auto allocations_of_steps = [&](LearningRate learning_rate) {
    Trainer trainer(model, MeanSquaredError{},
                    Adam{.learning_rate = learning_rate,
                         .amsgrad = true,
                         .weight_decay = 0.1,
                         .global_clipnorm = 1,
                         .exclude_from_weight_decay = {"bias", "recurrent_kernel"}});
    const auto step = [&] { trainer.step({x.data(), 20, 1}, {y.data(), 1, 1}); };
    step();
    return allocations_of([&] {
      for (int i = 0; i < 10; ++i) step();
    });
  };
  CHECK(allocations_of_steps(0.01) == 0);
  CHECK(allocations_of_steps(OneCycle{.max_learning_rate = 0.01, .total_steps = 8}) == 0);
  CHECK(allocations_of_steps(CosineDecay{.decay_steps = 5, .warmup_target = 0.01, .warmup_steps = 3}) == 0);
  CHECK(allocations_of_steps(PiecewiseConstantDecay{.boundaries = {3}, .values = {0.01, 0.001}}) == 0);
}

TEST_CASE("with a scratch, predictions allocate in the first call only") {
  const Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>> model{seed(7)};
  const auto window = wave(20);
  decltype(model)::Scratch scratch;
  float sum = 0;
  const auto predict = [&] { sum += model.predict(window, scratch)(0); };
  CHECK(allocations_of(predict) > 0);
  CHECK(allocations_of(predict) == 0);
  CHECK(std::isfinite(sum));
}

#if defined(RNNTS_TEST_COUNTS_CALLS)
TEST_CASE("the counter counts what is below, too") {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  CHECK(waiting_calls_of([&] { pthread_mutex_lock(&mutex); }) == 1);
  pthread_mutex_unlock(&mutex);
  void* volatile memory = nullptr;
  CHECK(waiting_calls_of([&] { memory = std::malloc(8); }) == 1);
  CHECK(waiting_calls_of([&] { std::free(memory); }) == 1);
}
#endif

TEMPLATE_TEST_CASE("a stream never waits: it allocates, frees and locks nothing", "",
                   (Sequential<float, Input<1>, SimpleRNN<16>, Dense<1>>),
                   (Sequential<float, Input<1>, GRU<>, LayerNormalization<>, Dense<>>), CausalConvolution) {
  constexpr bool is_dynamic = TestType::Stack::is_dynamic;
  const auto model = [] {
    if constexpr (is_dynamic) {
      return TestType{Input<1>(), GRU(16), LayerNormalization<>(), Dense(1), seed(7)};
    } else {
      return TestType{seed(7)};
    }
  }();
  float sum = 0;
  const auto steps = [&](Stream<TestType>& stream) {
    for (int i = 0; i < 100; ++i) sum += stream.step(0.01f * static_cast<float>(i))[0];
  };
  if constexpr (!is_dynamic) {
    CHECK(waiting_calls_of([&] {
            Stream stream(model);
            steps(stream);
          }) == 0);
  }
  SwappableStream swappable(model);
  for (const SwapOptions options : {SwapOptions{}, SwapOptions{.keep_state = false, .prewarm = 3}}) {
    swappable.publish(model, options);
    CHECK(waiting_calls_of([&] { steps(swappable.stream()); }) == 0);
    CHECK(swappable.collect() == 1);  // the model was swapped
  }
  Stream stream(model);
  const auto kept = stream;
  CHECK(waiting_calls_of([&] {
          steps(stream);
          stream = kept;
        }) == 0);
  CHECK(std::isfinite(sum));
}

#if __has_include(<unistd.h>)
TEST_CASE("a system call that is to be found", "[.]") {
  CHECK(waiting_calls_of([] { ::getppid(); }) == 0);
}
#endif
