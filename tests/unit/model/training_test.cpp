#include "rnnts/model/training.hpp"

#include <limits>
#include <string_view>
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
  std::size_t threads = 1;
};

/// Two batches whose losses are given; the second adds 1 to the bias.
struct TwoBatches {
  static constexpr std::string_view name = "test";

  Net& model;
  double second_loss = 3;
  bool validates = false;

  std::size_t batches() const { return 2; }
  bool has_validation() const { return validates; }
  double train(auto&, Random&, auto after_batch) {
    after_batch(1.0, 1.0);
    model.layer<0>().bias(0) += 1;
    after_batch(second_loss, 2.0);
    return 2;
  }
  double validate(auto&) const { return 7; }
  void read_validation(auto&) const {}
};

History run(Net& model, TwoBatches pass, const Options& options) {
  TrainingState<Net, SGD> state;
  return detail::Training(model, MeanSquaredError{}, SGD{}, options, state, pass).run();
}

}  // namespace

TEST_CASE("a training goes through the data once per epoch, whatever way that is") {
  Net model;
  const auto history = run(model, {.model = model, .validates = true}, {.epochs = 3});
  CHECK(history.loss == std::vector<double>{2, 2, 2});
  CHECK(history.val_loss == std::vector<double>{7, 7, 7});
  CHECK(model.layer<0>().bias(0) == 3);
}

TEST_CASE("messages name the function, and the weights of the failed epoch are taken back") {
  Net model;
  CHECK_THROWS_WITH(
      run(model, {.model = model, .second_loss = std::numeric_limits<double>::infinity()}, {}),
      "test: the loss became inf in epoch 1; the model keeps the weights from before this epoch. A smaller "
      "learning rate may help.");
  CHECK(model.layer<0>().bias(0) == 0);
}
