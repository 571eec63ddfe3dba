#include "rnnts/model/epoch_loop.hpp"

#include <span>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// What an `EpochLoop` refers to.
struct State {
  History history = {};
  std::vector<double> weights = {};
};

/// Notes what it is called for. Its one weight is 1 more after each epoch.
struct Loop final : State, detail::EpochLoop<double> {
  explicit Loop(std::size_t epochs, bool has_validation = true)
      : EpochLoop("test", epochs, false, 1, has_validation, history, weights) {}

  void for_each_tensor(detail::FunctionRef<void(std::span<double>)> visit) override { visit(std::span(&weight, 1)); }
  double train(detail::AfterBatch after_batch) override {
    calls += "train ";
    weight += 1;
    after_batch(weight, weight);
    return weight;
  }
  double validate() override {
    calls += "validate ";
    if (weight == fails_at) throw DataError("label 5: is bad");
    return 2 * weight;
  }
  void read_validation() override {
    calls += "read ";
    if (fails_at == 0) throw DataError("label 5: is bad");
    if (fails_at < 0) throw ShapeError("label 6: is bad");
  }
  void note() override { calls += "note "; }
  void train_begin() override { calls += "begin "; }
  bool epoch_end() override {
    calls += "| ";
    return weight == stops_at;
  }
  void train_end() override { calls += "end"; }

  double weight = 0, stops_at = 1e9, fails_at = 1e9;
  std::string calls = {};
};

}  // namespace

TEST_CASE("epochs follow each other until all are done or one is the last") {
  Loop validated(2);
  CHECK(validated.run().val_loss == std::vector<double>{2, 4});
  CHECK(validated.calls == "read begin train validate note | train validate note | end");
  Loop stopped(5, false);
  stopped.stops_at = 2;
  CHECK(stopped.run().loss == std::vector<double>{1, 2});
  CHECK(stopped.calls == "begin train note | train note | end");
}

TEST_CASE("validation data that cannot be used end a training before it begins, other errors the epoch they are in") {
  Loop bad_data(3), bad_shape(3), bad_later(3);
  bad_data.fails_at = 0;
  CHECK_THROWS_AS(bad_data.run(), DataError);
  CHECK_THROWS_WITH(bad_data.run(), "validation label 5: is bad");
  CHECK(bad_data.calls == "read read ");
  bad_shape.fails_at = -1;
  CHECK_THROWS_AS(bad_shape.run(), ShapeError);
  CHECK_THROWS_WITH(bad_shape.run(), "validation label 6: is bad");
  bad_later.fails_at = 2;
  CHECK_THROWS_WITH(bad_later.run(), "label 5: is bad");
  CHECK(bad_later.calls == "read begin train validate note | train validate ");
  CHECK(bad_later.weight == 1);
  CHECK(bad_later.history.loss == std::vector<double>{1});
}
