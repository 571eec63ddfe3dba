#include "rnnts/model/training.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<double, Input<1>, Dense<1>>;

struct Options {
  std::size_t epochs = 1;
  Seed seed = {};
  std::vector<Callback<Net>> callbacks = {};
  bool verbose = false;
  std::size_t threads = 1, work_per_thread = 0;
};

/// Two batches of one sample, whose labels are given.
struct TwoBatches final : detail::BatchSource<double, 1, 1> {
  explicit TwoBatches(double second_label) : labels{1, second_label} {}

  void begin(Random*) override { done = 0; }
  const detail::Batch<double, 1, 1>* next() override {
    if (done == 2) return nullptr;
    batch = {.x = {&input, 1, 1}, .y = {&labels[done], 1, 1}, .count = 1};
    ++done;
    return &batch;
  }

  double input = 0;
  std::array<double, 2> labels;
  std::size_t done = 0;
  detail::Batch<double, 1, 1> batch;
};

/// The bias begins with 0, and each step goes a quarter of the gradient.
History run(Net& model, double second_label, const Options& options, detail::BatchSource<double, 1, 1>* validation) {
  TrainingState<Net, SGD> state;
  TwoBatches training(second_label);
  return detail::train(model, MeanSquaredError{}, SGD{.learning_rate = 0.25}, options, state,
                       {"test", training, 2, validation, false});
}

}  // namespace

TEST_CASE("a training takes a step for each batch of a source, whatever that is") {
  Net model;
  TwoBatches validation(1);
  const auto history = run(model, 3.0, {.epochs = 1}, &validation);
  CHECK(history.loss == std::vector<double>{(1 + 2.5 * 2.5) / 2});  // after the first step the bias is 1/2
  CHECK(model.layer<0>().bias(0) == 1.75);
  CHECK(history.val_loss == std::vector<double>{0.75 * 0.75});
}

TEST_CASE("messages name the function, and the weights of the failed epoch are taken back") {
  Net model;
  CHECK_THROWS_WITH(run(model, std::numeric_limits<double>::infinity(), {}, nullptr),
                    "test: the loss became inf in epoch 1; the model keeps the weights from before this epoch. A "
                    "smaller learning rate may help.");
  CHECK(model.layer<0>().bias(0) == 0);
}
