#include "rnnts/model/model_checkpoint.hpp"

#include <type_traits>
#include <vector>

#include "support/catch.hpp"
#include "support/scripted_training.hpp"

using namespace rnnts;
using Net = ScriptedTraining::Net;

TEST_CASE("ModelCheckpoint shows the model whenever it is better than before") {
  std::vector<float> saved;
  ModelCheckpoint checkpoint{.save = [&](const Net& model) { saved.push_back(model.layer<0>().bias(0)); }};
  ScriptedTraining training{.losses = {1, 2, 3, 4, 5}, .val_losses = {5, 3, 3, 4, 2}};
  training.run(checkpoint);
  CHECK(saved == std::vector<float>{1, 2, 5});
  CHECK(checkpoint.best == 2);
  CHECK(checkpoint.saved_epoch == 5);
  CHECK(training.bias() == 5);
}

TEST_CASE("ModelCheckpoint keeps the best model, in one line") {
  Net best;
  ModelCheckpoint checkpoint{[&](const Net& model) { best = model; }, Monitor::loss};
  ScriptedTraining training{.losses = {4, 2, 3}};
  training.run(checkpoint);
  CHECK(best.layer<0>().bias(0) == 2);
}

TEST_CASE("ModelCheckpoint shows the model after each epoch if it is told so, and then needs no validation") {
  std::size_t calls = 0;
  ModelCheckpoint checkpoint{.save =
                                 [&](auto& model) {
                                   STATIC_REQUIRE(std::is_const_v<std::remove_reference_t<decltype(model)>>);
                                   ++calls;
                                 },
                             .save_best_only = false};
  ScriptedTraining training{.losses = {1, 2, 3}};
  training.run(checkpoint);
  CHECK(calls == 3);
  CHECK(checkpoint.saved_epoch == 3);
}

TEST_CASE("ModelCheckpoint begins anew with a new training, and goes on with one that goes on") {
  std::size_t calls = 0;
  ModelCheckpoint checkpoint{.save = [&](const Net&) { ++calls; }, .monitor = Monitor::loss};
  ScriptedTraining{.losses = {2}}.run(checkpoint);
  ScriptedTraining{.losses = {4}}.run(checkpoint);
  CHECK(calls == 2);
  ScriptedTraining{.losses = {4, 5, 3}, .epochs_done = 1}.run(checkpoint);
  CHECK(calls == 3);
  CHECK(checkpoint.saved_epoch == 3);
}

TEST_CASE("ModelCheckpoint without validation is refused before the training") {
  ModelCheckpoint checkpoint{[](const Net&) {}};
  ScriptedTraining training{.losses = {1}};
  CHECK_THROWS_AS(training.run(checkpoint), ArgumentError);
  CHECK_THROWS_WITH(training.run(checkpoint),
                    "ModelCheckpoint: expected validation windows, because val_loss is monitored, found none; give fit "
                    "some, or monitor the loss: .monitor = Monitor::loss");
}
