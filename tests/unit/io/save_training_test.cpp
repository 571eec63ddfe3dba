#include "rnnts/io/save_training.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "rnnts/io/crc32c.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/optimizers/nadam.hpp"
#include "rnnts/optimizers/schedules.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"
#include "unit/io/folder.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, SimpleRNN<4>, Dropout<0.3>, Dense<1>>;

std::vector<float> weights_of(const Net& model) {
  std::vector<float> all;
  for (const auto& weight : model.weights()) all.insert(all.end(), weight.values.begin(), weight.values.end());
  return all;
}

/// Shuffled, and with random numbers of Dropout.
template <class O> void train(Net& model, TrainingState<Net, O>& state, const O& optimizer, std::size_t epochs) {
  std::vector<float> series;
  for (int t = 0; t < 40; ++t) series.push_back(std::sin(0.3f * static_cast<float>(t)));
  const auto windows = series | views::window(5);
  const FitOptions<Net> options{
      .epochs = epochs, .batch_size = 8, .seed = seed(3), .validation = windows, .verbose = false};
  fit(model, windows, MeanSquaredError{}, optimizer, options, state);
}

void write(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

/// What loading says; model and state must stay as they were.
template <class O> std::string refusal(const std::string& path, TrainingState<Net, O> state) {
  Net model{seed(9)};
  const auto before = weights_of(model);
  const auto losses = state.history.loss;
  const auto memory = state.optimizer_state.updates;
  const Random random = state.random;
  std::string said = "loaded";
  try {
    load(model, state, path);
    return said;
  } catch (const FileError& error) {
    said = error.what();
  }
  CHECK(weights_of(model) == before);
  CHECK(state.history.loss == losses);
  CHECK(state.optimizer_state.updates == memory);
  CHECK(state.random == random);
  return said.substr(path.size() + 2);
}

/// A training with Adam, saved after two epochs.
struct Saved {
  Folder folder{"save_training_test"};
  std::string path = folder / "training.rnnts";
  Net model{seed(7)};
  TrainingState<Net, Adam> state;

  Saved() {
    train(model, state, Adam{}, 2);
    save(model, state, path);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("three epochs, a file, and two epochs are five epochs, to the last bit", "", Adam, SGD, Nadam) {
  TestType optimizer{.learning_rate = 1e-2};
  if constexpr (requires { optimizer.momentum; }) optimizer.momentum = 0.9;
  if constexpr (requires { optimizer.amsgrad; }) optimizer.amsgrad = true;
  Net through{seed(7)};
  TrainingState<Net, TestType> state_through;
  train(through, state_through, optimizer, 5);

  const Folder folder("save_training_test");
  const std::string path = folder / "training.rnnts";
  {
    Net model{seed(7)};
    TrainingState<Net, TestType> state;
    train(model, state, optimizer, 3);
    save(model, state, path);
  }
  Net model{seed(1)};
  TrainingState<Net, TestType> state;
  state.optimizer = optimizer;
  load(model, state, path);
  CHECK(state.epochs_done() == 3);
  train(model, state, optimizer, 5);
  CHECK(weights_of(model) == weights_of(through));
  CHECK(state.history.loss == state_through.history.loss);
  CHECK(state.history.val_loss == state_through.history.val_loss);
  CHECK(state.random == state_through.random);
}

TEST_CASE("what callbacks have done to learning rate and weights is in the file, and the schedule is the program's") {
  Saved saved;
  const CosineDecay schedule{.initial_learning_rate = 1e-2, .decay_steps = 100};
  saved.state.optimizer.learning_rate = schedule;
  saved.state.optimizer.learning_rate.scale(0.3);
  saved.state.weights.assign(saved.model.parameter_count(), 0.5f);
  save(saved.model, saved.state, saved.path);

  Net model;
  TrainingState<Net, Adam> state;
  CHECK_THAT(refusal(saved.path, state), StartsWith("does not fit the model: expected \"optimizer: no schedule,"));
  state.optimizer.learning_rate = schedule;
  load(model, state, saved.path);
  CHECK(state.optimizer.learning_rate(50) == saved.state.optimizer.learning_rate(50));
  CHECK(state.weights == saved.state.weights);
  CHECK(state.history.seconds == saved.state.history.seconds);
}

TEST_CASE("a state before its first epoch is saved too") {
  const Folder folder("save_training_test");
  TrainingState<Net, Adam> state;
  save(Net{seed(7)}, state, folder / "new.rnnts");
  Saved other;
  load(other.model, other.state, folder / "new.rnnts");
  CHECK(other.state.epochs_done() == 0);
  CHECK(other.state.optimizer_state.m.empty());
}

TEST_CASE("another optimizer, other options, another kind of file are refused") {
  Saved saved;
  CHECK_THAT(refusal(saved.path, TrainingState<Net, Nadam>{}),
             StartsWith("does not fit the model: expected \"optimizer:"));
  TrainingState<Net, Adam> decaying;
  decaying.optimizer.weight_decay = 0.1;
  CHECK_THAT(refusal(saved.path, decaying),
             StartsWith("does not fit the model: expected \"optimizer:") && ContainsSubstring("weight_decay 0.1,"));
  Net model;
  CHECK_THROWS_AS(load(model, saved.path), FileError);  // a file with more than a model
  save(saved.model, saved.path);
  CHECK_THAT(refusal(saved.path, saved.state), ContainsSubstring(", found nothing"));

  Sequential<float, Input<1>, SimpleRNN<3>, Dropout<0.3>, Dense<1>> smaller;
  TrainingState<decltype(smaller), Adam> its_state;
  save(saved.model, saved.state, saved.path);
  CHECK_THROWS_MATCHES(load(smaller, its_state, saved.path), FileError,
                       Message(saved.path + ": does not fit the model: expected \"0.simple_rnn (3): activation tanh\", "
                                            "found \"0.simple_rnn (4): activation tanh\""));
}

TEST_CASE("a training file that is truncated or damaged is refused, whatever its checksum says") {
  Saved saved;
  const std::string content = content_of(saved.path), bad = saved.folder / "bad.rnnts";
  for (std::size_t size = 0; size < content.size(); size += 13) {
    write(bad, content.substr(0, size));
    CHECK(refusal(bad, saved.state) != "loaded");
  }
  const std::size_t text = detail::read_little_endian<std::uint32_t>(content, 20) + detail::model_header;
  for (std::size_t at = 0; at < text; ++at) {
    std::string flipped = content.substr(0, content.size() - detail::model_checksum);
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 7));
    detail::append_little_endian(flipped, detail::crc32c(flipped));
    write(bad, flipped);
    CHECK(refusal(bad, saved.state) != "loaded");
  }
  std::string damaged = content;
  damaged[text + 5] = static_cast<char>(damaged[text + 5] ^ 1);
  write(bad, damaged);
  CHECK_THAT(refusal(bad, saved.state), StartsWith("damaged: expected the checksum"));
}

TEST_CASE("losses of other epochs, and numbers that are not finite, are refused") {
  Saved saved;
  saved.state.history.val_loss.pop_back();
  save(saved.model, saved.state, saved.path);
  CHECK(refusal(saved.path, saved.state) == "history.val_loss: expected 0 or 2 numbers, found 1");

  saved.state.history.val_loss.push_back(std::numeric_limits<double>::infinity());
  CHECK_THROWS_MATCHES(
      save(saved.model, saved.state, saved.path), FileError,
      Message(saved.path + ": history.val_loss: expected finite numbers, found inf; others are allowed "
                           "by SaveOptions::allow_non_finite"));
  save(saved.model, saved.state, saved.path, {.allow_non_finite = true});
  CHECK(refusal(saved.path, saved.state) ==
        "history.val_loss: expected finite numbers, found inf; others are allowed by "
        "LoadOptions::allow_non_finite");
  load(saved.model, saved.state, saved.path, {.allow_non_finite = true});
}

TEST_CASE("random numbers that this standard library does not write are refused") {
  Random random(seed(5));
  for (int k = 0; k < 400; ++k) random.uniform();
  auto words = detail::words_of(random);
  CHECK(detail::random_of(words, "file") == random);
  words.push_back(1);
  CHECK_THROWS_AS(detail::random_of(words, "file"), FileError);
  words.pop_back();
  if (words.size() > std::mt19937_64::state_size) {  // with where it is in the end
    words.back() = 1000;
    CHECK_THROWS_AS(detail::random_of(words, "file"), FileError);
  }
}
