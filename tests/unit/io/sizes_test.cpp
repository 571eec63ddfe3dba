#include "rnnts/io/sizes.hpp"

#include <fstream>
#include <string>
#include <string_view>

#include "folder.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/cycle.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/embedding.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/global_max_pooling1d.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/last_step.hpp"
#include "rnnts/layers/last_steps.hpp"
#include "rnnts/layers/layer_normalization.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/layers/slstm.hpp"
#include "rnnts/model/sequential.hpp"
#include "support/catch.hpp"
#include "support/dynamic_form.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<>, GRU<>, Dense<>>;

/// A file of this net, as `load` of another net sees it.
template <class Other> void check_refused(const Net& net, const std::string& message) {
  const Folder folder("rnnts_sizes_test");
  save(net, folder / "net.rnnts");
  CHECK_THROWS_MATCHES(load<Other>(folder / "net.rnnts"), FileError, Message(folder / "net.rnnts" + ": " + message));
}

/// The static and the dynamic form of a net read each other's files.
template <class Input, class... Layers> void check_both_ways() {
  const Folder folder("rnnts_sizes_test");
  using Static = Sequential<double, Input, Layers...>;
  using Chosen = Sequential<double, Dynamic<Input>, Dynamic<Layers>...>;
  const Static one{seed(3)};
  save(one, folder / "static.rnnts");
  const auto other = load<Chosen>(folder / "static.rnnts");
  CHECK(other.summary() == one.summary());
  save(other, folder / "dynamic.rnnts");
  CHECK(content_of(folder / "dynamic.rnnts") == content_of(folder / "static.rnnts"));
  CHECK(to_bytes(load<Static>(folder / "dynamic.rnnts")) == to_bytes(one));
}

}  // namespace

TEST_CASE("numbers are found in the line that begins with a name") {
  const std::string text = "input (steps, 3)\n0.gru (8): activation tanh\n0.gru.kernel: float (3, 24)\nb: float ()";
  CHECK(detail::numbers_in_line(text, "input ") == std::vector<std::size_t>{3});
  CHECK(detail::numbers_in_line(text, "0.gru.kernel:") == std::vector<std::size_t>{3, 24});
  CHECK(detail::numbers_in_line(text, "0.gru.kern:").empty());
  CHECK(detail::numbers_in_line(text, "b:").empty());
  CHECK(detail::numbers_in_line("", "b:").empty());
}

TEST_CASE("a file goes both ways between nets whose sizes are known and chosen") {
  check_both_ways<Input<3>, GRU<5>, Dense<2>>();
  check_both_ways<Input<2>, LSTM<4, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>, SLSTM<3>, Dense<1>>();
  check_both_ways<Input<2>, Conv1D<4, 3>, LayerNormalization<>, Bidirectional<SimpleRNN<3>>, Dense<2, Softmax>>();
  check_both_ways<Input<2>, Concatenate<GRU<3>, Branch<LastStep, Dense<2>>>, Dense<1>>();
  check_both_ways<Input<2>, Add<GRU<3>, Branch<GlobalMaxPooling1D, Dense<3>>>, Dense<1>>();
  check_both_ways<Input<2>, Embedding<7, 3>, GRU<5>, Dense<1>>();
  check_both_ways<Input<3>, Cycle<Period{.steps = 5, .series = 2, .quantiles = 3}, GRU<4>, Dense<6>>>();
  check_both_ways<Input<3>, Cycle<Period{.steps = 5}, Add<GRU<4>, Branch<LastStep, Dense<4>>>>>();
  check_both_ways<Input<2>, Concatenate<Branch<Concatenate<GRU<3>>>>>();  // one of one of one
  check_both_ways<Input<2>, LastSteps<7>, Add<Branch<LastSteps<4>, Flatten>, Branch<LastSteps<3>, GRU<8>>>, Dense<1>>();
}

TEST_CASE("the steps of a file are those of LastSteps in their order or refused") {
  using Mixed = Sequential<float, Input<2>, LastSteps<>, LastSteps<3>, LastSteps<>>;
  const Folder folder("rnnts_sizes_test");
  const std::string path = folder / "net.rnnts", refused = path + ": does not fit the model: ";
  save(Mixed{Input<2>{}, LastSteps(5), LastSteps<3>{}, LastSteps(2)}, path);
  const auto loaded = load<Mixed>(path);
  CHECK(loaded.layer<0>().steps == 5);
  CHECK(loaded.layer<2>().steps == 2);
  CHECK_THROWS_WITH(
      (load<Sequential<float, Input<2>, LastSteps<>, LastSteps<4>, LastSteps<>>>(path)),
      refused + "expected \"1.last_steps (steps, 2): steps 4\", found \"1.last_steps (steps, 2): steps 3\"");
  CHECK_THROWS_WITH((load<Sequential<float, Input<2>, LastSteps<>, LastSteps<>, LastSteps<>, LastSteps<>>>(path)),
                    refused + "3.last_steps: expected from 1 to 268435456 steps, found 0");
  CHECK_THROWS_WITH((load<Sequential<float, Input<2, 4>, LastSteps<>, LastSteps<>, LastSteps<>>>(path)),
                    refused + "last_steps: expected at least 5 steps, found 4");
}

TEST_CASE("a net takes the sizes of a file, but those that the compiler knows are checked") {
  const Net net{Input(3), GRU(8), Dense(2), seed(7)};
  const Folder folder("rnnts_sizes_test");
  save(net, folder / "net.rnnts");
  const auto mixed = load<Sequential<float, Input<3>, GRU<>, Dense<2>>>(folder / "net.rnnts");
  CHECK(mixed.layer<0>().kernel(2, 23) == net.layer<0>().kernel(2, 23));
  check_refused<Sequential<float, Input<3>, GRU<>, Dense<4>>>(
      net,
      "does not fit the model: expected \"1.dense (4): activation linear\", found \"1.dense (2): activation linear\"");
  check_refused<Sequential<float, Input<2>, GRU<>, Dense<>>>(
      net, "does not fit the model: expected \"input (steps, 2)\", found \"input (steps, 3)\"");
  check_refused<Sequential<float, Input<>, LSTM<>, Dense<>>>(
      net, "does not fit the model: expected the weight \"0.lstm.kernel\" of 2 extents, found none");
  check_refused<Sequential<float, Input<>, GRU<dynamic, ReLU>, Dense<>>>(
      net,
      "does not fit the model: expected \"0.gru (8): activation relu, recurrent_activation sigmoid, reset_after\", "
      "found "
      "\"0.gru (8): activation tanh, recurrent_activation sigmoid, reset_after\"");
  check_refused<Sequential<double, Input<>, GRU<>, Dense<>>>(
      net, "damaged: expected sizes of as many numbers as the file has");
}

TEST_CASE("files that say other sizes than they have, or are cut off, are refused") {
  const Folder folder("rnnts_sizes_test");
  const std::string path = folder / "net.rnnts";
  save(Net{Input(3), GRU(8), Dense(2), seed(7)}, path);
  const std::string whole = content_of(path);
  const auto check = [&](const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
    CHECK_THROWS_AS(load<Net>(path), FileError);
  };
  for (std::size_t size = 0; size < whole.size(); ++size) check(whole.substr(0, size));
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    check(damaged);
  }
  const auto with = [&](const std::string& before, const std::string& after) {
    std::string changed = whole;
    changed.replace(changed.find(before), before.size(), after);
    return changed;
  };
  check(with("kernel: float (3, 24)", "kernel: float (9, 99)"));
  check(with("input (steps, 3)", "input (steps, 9)"));
  CHECK_THROWS_WITH(load<Net>(path),
                    path + ": does not fit the model: 0.gru: expected a kernel for 9 inputs, found one for 3");
  check(with("input (steps, 3)", "input (steps, 0)"));
}

TEST_CASE("weights for other inputs are refused in branches too") {
  const Folder folder("rnnts_sizes_test");
  const std::string path = folder / "net.rnnts", refused = path + ": does not fit the model: ";
  const auto pretend = [&] {  // that there are 9 inputs
    std::string content = content_of(path);
    const std::string_view before = "input (steps, 2)";
    content.replace(content.find(before), before.size(), "input (steps, 9)");
    std::ofstream(path, std::ios::binary) << content;
  };
  using Branched = Sequential<float, Input<>, Concatenate<GRU<>, Branch<LastStep, Add<Dense<>, Dense<>>>>>;
  save(Branched{Input(2), Concatenate(GRU(3), Branch(LastStep(), Add(Dense(4), Dense(4)))), seed(1)}, path);
  CHECK(load<Branched>(path).output_shape().features == 7);
  pretend();
  CHECK_THROWS_WITH(load<Branched>(path),
                    refused + "0.concatenate.0.gru: expected a kernel for 9 inputs, found one for 2");

  using Last = Sequential<float, Input<>, Concatenate<Branch<LastStep, Add<Dense<>, Dense<>>>>>;
  save(Last{Input(2), Concatenate(Branch(LastStep(), Add(Dense(4), Dense(4)))), seed(1)}, path);
  pretend();
  CHECK_THROWS_WITH(load<Last>(path), refused +
                                          "0.concatenate.0.sequential.1.add.0.dense: expected a kernel for "
                                          "9 inputs, found one for 2");

  using Normalized = Sequential<float, Input<>, LayerNormalization<>, GRU<>>;
  save(Normalized{Input(2), LayerNormalization(), GRU(3), seed(1)}, path);
  pretend();
  CHECK_THROWS_WITH(load<Normalized>(path),
                    refused + "0.layer_normalization: expected a gamma for 9 inputs, found one for 2");

  using Cyclic = Sequential<float, Input<>, Cycle<chosen_period, GRU<>>>;
  save(Cyclic{Input(2), Cycle(Period{.steps = 5}, GRU(3)), seed(1)}, path);
  CHECK(load<Cyclic>(path).layer<0>().cycle.extents()[1] == 5);
  pretend();
  CHECK_THROWS_WITH(load<Cyclic>(path),
                    refused + "0.cycle.layers.0.gru: expected a kernel for 8 inputs, found one for 1");
}
