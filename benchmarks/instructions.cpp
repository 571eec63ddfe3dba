// Standard steps, for scripts/instructions, which lets callgrind count the instructions of one of them.
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/stream.hpp"
#include "rnnts/model/trainer.hpp"
#include "rnnts/optimizers/adam.hpp"

namespace {

using namespace rnnts;

constexpr std::size_t warm_up = 3, repetitions = 20;

/// Forward, backward, and an update by Adam, on windows of 20 numbers. Two sets of labels in turn, which no weights fit
/// both, keep the gradients from vanishing.
template <class Recurrent, class Output, std::size_t batch> class Training {
 public:
  void step() {
    second_ = !second_;
    trainer_.step({windows_.data(), steps, batch}, {&labels_[second_ ? batch : 0], 1, batch});
  }

 private:
  using M = Sequential<float, Input<1>, Recurrent, Output>;
  static constexpr std::size_t steps = 20;

  static std::vector<float> draw(std::size_t count) {
    Random random(seed(1));
    std::vector<float> numbers(count);
    for (float& number : numbers) number = static_cast<float>(random.uniform());
    return numbers;
  }

  std::vector<float> windows_ = draw(steps * batch), labels_ = draw(2 * batch);
  bool second_ = false;
  M model_{seed(7)};
  Trainer<M, MeanSquaredError, Adam> trainer_{model_, {}, {}};
};

class Streaming {
 public:
  void step() { x_ = -stream_.step(x_)[0]; }

 private:
  using M = Sequential<float, Input<1>, LSTM<16>, Dense<1>>;

  M model_{seed(7)};
  Stream<M> stream_{model_};
  float x_ = 0.5f;
};

/// As a user's function may do it: the net is made where it is used. The loop must be as fast as any, whatever the
/// compiler thinks of a function that draws weights.
struct MakingAndStreaming {
  struct LocalTanh : Tanh {};  // of this file alone, so that all is inlined into the function with the loop

  float x = 0.5f;

  void step() {
    const Sequential<float, Input<1>, SimpleRNN<32, LocalTanh>, Dense<1>> model{seed(7)};
    Stream stream(model);
    for (int i = 0; i < 1000; ++i) x = -stream.step(x)[0];
  }
};

/// What is counted, by its name.
template <class Work> [[gnu::noinline]] void counted(Work& work) {
  for (std::size_t i = 0; i < repetitions; ++i) work.step();
}

template <class Work> void run() {
  Work work;
  for (std::size_t i = 0; i < warm_up; ++i) work.step();
  counted(work);
}

struct Named {
  const char* name;
  void (*run)();
};
constexpr std::array steps{
    Named{"train/SimpleRNN/N=5/B=10", run<Training<SimpleRNN<5>, Dense<1, Sigmoid>, 10>>},
    Named{"train/LSTM/N=32/B=32", run<Training<LSTM<32>, Dense<1>, 32>>},
    Named{"train/GRU/N=32/B=32", run<Training<GRU<32>, Dense<1>, 32>>},
    Named{"stream/LSTM/N=16", run<Streaming>},
    Named{"make+stream/SimpleRNN/N=32", run<MakingAndStreaming>},
};

/// What the counts depend on, beside the library.
void print_build() {
#if defined(__clang__)
  std::printf("clang++ %d", __clang_major__);
#elif defined(__GNUC__)
  std::printf("g++ %d", __GNUC__);
#else
  std::printf("unknown compiler");
#endif
#if defined(__x86_64__) && !defined(__SSE3__)
  std::printf(" x86-64\n");
#elif defined(__aarch64__)
  std::printf(" aarch64\n");
#else
  std::printf(" other instruction set\n");
#endif
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view argument = argc == 2 ? argv[1] : "";
  if (argument == "--list") {
    std::printf("%zu\n", repetitions);
    print_build();
    for (const Named& step : steps) std::printf("%s\n", step.name);
    return EXIT_SUCCESS;
  }
  for (const Named& step : steps) {
    if (argument != step.name) continue;
    step.run();
    return EXIT_SUCCESS;
  }
  std::fprintf(stderr, "Usage: %s --list | STEP\n", argv[0]);
  return EXIT_FAILURE;
}
