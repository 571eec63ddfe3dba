#include "rnnts/model/epoch_loop.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "rnnts/optimizers/sgd.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// Two batches, of three samples and of one, whose label is that number. Notes what it is asked for.
struct TwoBatches final : detail::BatchSource<double, 1, 1> {
  TwoBatches(std::string its_name, std::string& its_calls) : name(std::move(its_name)), calls(its_calls) {}

  void begin(Random* random) override {
    calls += name + (random == nullptr ? ": " : " shuffled: ");
    done = 0;
  }
  const detail::Batch<double, 1, 1>* next() override {
    if (fails == 1) throw DataError("label 5: is bad");
    if (fails == 2) throw ShapeError("label 6: is bad");
    if (++done > 2) return nullptr;
    batch.count = batch.x.batch = done == 1 ? 3 : 1;
    return &batch;
  }
  bool carries_state() const override { return carries; }

  std::string name;
  std::string& calls;
  int fails = 0, done = 0;
  bool carries = false;
  detail::Batch<double, 1, 1> batch;
};

/// Notes what it is called for. Its one weight is 1 more after each step, and the loss is the weight.
struct Loop final : detail::AnyTrainer<double, 1, 1> {
  explicit Loop(std::size_t epochs_asked_for, bool has_validation = true, bool shuffle = true)
      : epochs(epochs_asked_for), data{"test", training, 2, has_validation ? &validation : nullptr, shuffle} {}

  History run() {
    detail::EpochLoop loop(data, *this, optimizer, optimizer_state, state, epochs, false, seed(1));
    return loop.run([&](const detail::Moment& moment) { return call_callbacks(moment); });
  }

  double step(X x, Y, Random*, std::span<const double>) override {
    calls += std::to_string(x.batch) + " ";
    return weight += 1;
  }
  double forward(X x, Y, Random*, std::span<const double>) override {
    calls += std::to_string(x.batch) + " ";
    if (weight == fails_at) throw DataError("label 5: is bad");
    return x.batch == 3 ? 10 * weight : 0;
  }
  detail::Tensors<double> weights() override { return tensors; }
  void carry_states_over() override { calls += "over "; }
  void reset_states() override { calls += "reset "; }

  bool call_callbacks(const detail::Moment& moment) {
    using Kind = detail::Moment::Kind;
    calls += moment.kind == Kind::train_begin ? "begin " : moment.kind == Kind::epoch_end ? "| " : "end";
    if (moment.kind != Kind::epoch_end) return false;
    *moment.learning_rate = 1 / weight;
    if (weight == throws_at) throw std::runtime_error("a callback");
    return weight == stops_at;
  }

  std::string calls;
  TwoBatches training{"train", calls}, validation{"validate", calls};
  std::size_t epochs;
  detail::TrainingData<double, 1, 1> data;
  SGD optimizer;
  SGD::Memory<double> optimizer_state;
  detail::AnyTrainingState<double, SGD, SGD::Memory<double>> state;
  double weight = 0, stops_at = 1e9, fails_at = 1e9, throws_at = 1e9;
  std::array<std::span<double>, 1> tensors{std::span(&weight, 1)};
};

}  // namespace

TEST_CASE("epochs follow each other until all are done or one is the last") {
  Loop validated(2);
  validated.run();
  CHECK(validated.calls ==
        "validate: begin train shuffled: 3 1 validate: 3 1 | train shuffled: 3 1 validate: 3 1 | end");
  Loop stopped(5, false, false);
  stopped.stops_at = 4;
  CHECK(stopped.run().loss.size() == 2);
  CHECK(stopped.calls == "begin train: 3 1 | train: 3 1 | end");
}

TEST_CASE("a loss is the mean over the samples of all batches") {
  Loop loop(1);
  const History history = loop.run();
  CHECK(history.loss == std::vector<double>{(3 * 1 + 1 * 2) / 4.});
  CHECK(history.val_loss == std::vector<double>{3 * 20 / 4.});
}

TEST_CASE("where a source carries states, they go from batch to batch, and each pass begins without") {
  Loop loop(1);
  loop.training.carries = true;
  loop.run();
  CHECK(loop.calls == "validate: begin reset train shuffled: 3 over 1 over reset validate: 3 1 | end");
}

TEST_CASE("validation data that cannot be used end a training before it begins, other errors the epoch they are in") {
  Loop bad_data(3), bad_shape(3), bad_later(3);
  bad_data.validation.fails = 1;
  CHECK_THROWS_AS(bad_data.run(), DataError);
  CHECK_THROWS_WITH(bad_data.run(), "validation label 5: is bad");
  CHECK(bad_data.calls == "validate: validate: ");
  bad_shape.validation.fails = 2;
  CHECK_THROWS_AS(bad_shape.run(), ShapeError);
  CHECK_THROWS_WITH(bad_shape.run(), "validation label 6: is bad");
  bad_later.fails_at = 4;
  CHECK_THROWS_WITH(bad_later.run(), "label 5: is bad");
  CHECK(bad_later.calls == "validate: begin train shuffled: 3 1 validate: 3 1 | train shuffled: 3 1 validate: 3 ");
  CHECK(bad_later.weight == 2);
  CHECK(bad_later.state.history.loss.size() == 1);
}

TEST_CASE("after each epoch the state has the optimizer as callbacks leave it, also where one throws") {
  Loop loop(3);
  loop.throws_at = 4;
  loop.optimizer_state.updates = 7;
  CHECK_THROWS_WITH(loop.run(), "a callback");
  CHECK(loop.state.epochs_done() == 2);
  CHECK(loop.state.optimizer.learning_rate(0) == 0.25);
  CHECK(loop.state.optimizer_state.updates == 7);
}
