// The harness itself: that it notices what it must notice.

#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "golden/golden.hpp"
#include "golden/losses.hpp"
#include "rnnts/losses/huber.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/losses/pinball.hpp"
#include "support/catch.hpp"

namespace {

using golden::Array;
using golden::Case;
using golden::LayerDescription;
using golden::Report;

Report report() { return Report({1e-10, 1e-10}); }

std::string problems(const Report& report) {
  std::string text;
  for (const auto& problem : report.problems) text += problem + "\n";
  return text;
}

/// As rnn5_dense_sigmoid_20_b1 has them.
std::vector<LayerDescription> rnn5_dense() {
  return {{.type = "SimpleRNN",
           .name = "simple_rnn",
           .default_activation = "tanh",
           .units = 5,
           .activation = "tanh",
           .use_bias = true,
           .has_state = true},
          {.type = "Dense",
           .name = "dense",
           .default_activation = "linear",
           .units = 1,
           .activation = "sigmoid",
           .use_bias = true}};
}

golden::Weights rnn5_dense_weights() {
  return {{"0.simple_rnn.kernel", {{1, 5}, {}}},
          {"0.simple_rnn.recurrent_kernel", {{5, 5}, {}}},
          {"0.simple_rnn.bias", {{5}, {}}},
          {"1.dense.kernel", {{5, 1}, {}}},
          {"1.dense.bias", {{1}, {}}}};
}

TEST_CASE("golden harness: numbers are compared relative to what is expected, but at least to 1") {
  Report r = report();
  r.compare("a", 200.0, 200.0 + 1e-8, 1e-10);
  r.compare("b", 0.001, 0.001 + 0.5e-10, 1e-10);
  CHECK(r.problems.empty());
  CHECK(r.compared == 2);
  CHECK(r.largest_error == Approx(0.5e-10).epsilon(1e-3));
  r.compare("c", 0.001, 0.001 + 2e-10, 1e-10);
  CHECK_THAT(problems(r), ContainsSubstring("c: expected 0.001") && ContainsSubstring("the error 2e-10 is above"));
  CHECK(r.where == "c");
}

TEST_CASE("golden harness: NaN, infinity and another shape are problems") {
  for (const double found : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Report r = report();
    r.compare("output", 1.0, found, 1e-10);
    CHECK(r.problems.size() == 1);
    CHECK(r.largest_error == std::numeric_limits<double>::infinity());
  }
  Report r = report();
  r.compare("output", Array{{1, 2}, {1, 2}}, Array{{2, 1}, {1, 2}}, 1e-10);
  CHECK_THAT(problems(r), ContainsSubstring("output: expected the shape (1, 2), found (2, 1)"));
}

TEST_CASE("golden harness: a value that no test takes is left over") {
  Case c("keras_loss_mse");
  CHECK(c.number("expected/value") == 49.5);
  CHECK(c.array("y_true").shape == std::vector<std::size_t>{2, 3});
  CHECK(c.left_over() == std::vector<std::string>{"kind", "loss/type", "source", "tolerance", "y_pred"});
  CHECK_THROWS_WITH(c.array("expected/gradients"), ContainsSubstring("the file has no expected/gradients"));
  CHECK_THROWS_WITH(c.text("tolerance"), ContainsSubstring("tolerance is of another type"));
  CHECK_THROWS_WITH(Case("no_such_case"), ContainsSubstring("no_such_case.json"));
}

TEST_CASE("golden harness: all weights of the file are set") {
  Case c("rnn5_dense_sigmoid_20_b1");
  Report r = report();
  std::set<std::string> names;
  golden::set_weights(c, r, rnn5_dense(), rnn5_dense_weights(), [&](const std::string& name, const auto& values) {
    names.insert(name);
    CHECK(!values.empty());
  });
  CHECK(problems(r) == "");
  CHECK(names == std::set<std::string>{"0.simple_rnn.bias", "0.simple_rnn.kernel", "0.simple_rnn.recurrent_kernel",
                                       "1.dense.bias", "1.dense.kernel"});
}

TEST_CASE("golden harness: another model than that of the file is a problem") {
  auto layers = rnn5_dense();
  const auto [change, message] = GENERATE_REF(table<void (*)(std::vector<LayerDescription>&), std::string>({
      {[](auto& l) { l.pop_back(); }, "number of layers is 2 in the file, but 1 in the test"},
      {[](auto& l) { l[0].type = "Flatten"; }, "layers/0/type is SimpleRNN in the file, but Flatten in the test"},
      {[](auto& l) { l[0].units = 6; }, "layers/0/units is 5 in the file, but 6 in the test"},
      {[](auto& l) { l[0].activation = "relu"; }, "layers/0/activation is tanh in the file, but relu in the test"},
      {[](auto& l) { l[1].activation = "tanh"; }, "layers/1/activation is sigmoid in the file, but tanh in the test"},
      {[](auto& l) { l[1].use_bias = false; }, "layers/1/use_bias is true in the file, but false in the test"},
      {[](auto& l) { l[0].return_sequences = true; },
       "layers/0/return_sequences is false in the file, but true in the test"},
  }));
  change(layers);
  Case c("rnn5_dense_sigmoid_20_b1");
  Report r = report();
  golden::check_layers(c, r, layers);
  CHECK(problems(r) == message + "\n");
}

TEST_CASE("golden harness: so is another option, and one that the file leaves at its default") {
  Case c("layer_normalization_epsilon");
  Report r = report();
  golden::check_layers(c, r,
                       {{.type = "LayerNormalization",
                         .options = {{{"epsilon", 0.2, 1e-3}, {"center", true, true}, {"scale", false, true}}}},
                        {.type = "Dense",
                         .default_activation = "linear",
                         .units = 2,
                         .activation = "linear",
                         .use_bias = true,
                         .options = {{{"padding", std::string_view("causal"), std::string_view("valid")}}}}});
  CHECK(problems(r) ==
        "layers/0/epsilon is 0.1 in the file, but 0.2 in the test\n"
        "layers/0/center is false in the file, but true in the test\n"
        "layers/0/scale is true in the file, but false in the test\n"
        "layers/1/padding is valid in the file, but causal in the test\n");
}

constexpr LayerDescription gru4 = {.type = "GRU",
                                   .name = "gru",
                                   .default_activation = "tanh",
                                   .units = 4,
                                   .activation = "tanh",
                                   .recurrent_activation = "sigmoid",
                                   .use_bias = true,
                                   .return_sequences = true,
                                   .has_state = true};

/// As gru_bidirectional_ave has them.
std::vector<LayerDescription> bidirectional_dense(const LayerDescription& wrapped) {
  return {{.type = "Bidirectional", .name = "bidirectional", .merge = "ave", .wrapped = &wrapped},
          {.type = "Dense",
           .name = "dense",
           .default_activation = "linear",
           .units = 2,
           .activation = "linear",
           .use_bias = true}};
}

TEST_CASE("golden harness: another merge or wrapped layer than that of the file is a problem") {
  Case c("gru_bidirectional_ave");
  LayerDescription wrapped = gru4;
  auto layers = bidirectional_dense(wrapped);
  Report right = report();
  golden::check_layers(c, right, layers);
  CHECK(problems(right) == "");
  layers[0].merge = "sum";
  wrapped.units = 3;
  wrapped.use_bias = false;
  wrapped.return_sequences = false;
  wrapped.reset_after = false;
  Report wrong = report();
  golden::check_layers(c, wrong, layers);
  CHECK(problems(wrong) ==
        "layers/0/merge is ave in the file, but sum in the test\n"
        "layers/0/layer/units is 4 in the file, but 3 in the test\n"
        "layers/0/layer/use_bias is true in the file, but false in the test\n"
        "layers/0/layer/return_sequences is true in the file, but false in the test\n"
        "layers/0/layer/reset_after is true in the file, but false in the test\n");
}

TEST_CASE("golden harness: the weights of wrapped layers are set and compared by their whole names") {
  Case c("gru_bidirectional_ave");
  Report r = report();
  std::set<std::string> names;
  golden::set_weights(c, r, bidirectional_dense(gru4), {{"0.bidirectional.forward.kernel", {{2, 12}, {}}}},
                      [&](const std::string& name, const auto&) { names.insert(name); });
  CHECK(names == std::set<std::string>{"0.bidirectional.backward.bias", "0.bidirectional.backward.kernel",
                                       "0.bidirectional.backward.recurrent_kernel", "0.bidirectional.forward.bias",
                                       "0.bidirectional.forward.kernel", "0.bidirectional.forward.recurrent_kernel",
                                       "1.dense.bias", "1.dense.kernel"});
  const Array forward = c.array("expected/gradients/0.forward.kernel");
  golden::compare_weights(c, r, "expected/gradients", {{"0.bidirectional.forward.kernel", forward}});
  CHECK(problems(r) == "");
  golden::compare_weights(c, r, "expected/gradients", {{"0.bidirectional.backward.kernel", forward}});
  CHECK_THAT(problems(r), StartsWith("expected/gradients/0.backward.kernel[0]: expected "));
}

TEST_CASE("golden harness: initial states are found") {
  CHECK(golden::initial_state_path("0.h") == "layers/0/initial_state/h");
  CHECK(golden::initial_state_path("12.backward.c") == "layers/12/initial_state/backward/c");
  CHECK(golden::has_initial_state(Case("lstm_initial_state")));
  CHECK_FALSE(golden::has_initial_state(Case("lstm_stacked")));
}

TEST_CASE("golden harness: a loss has the options of the file, and is of its type") {
  Report r = report();
  Case huber("keras_loss_huber_delta"), pinball("loss_pinball_01");
  CHECK(golden::read_loss<rnnts::Huber>(huber, r).delta == 0.8);
  CHECK(golden::read_loss<rnnts::Pinball>(pinball, r).quantile == 0.1);
  CHECK(problems(r) == "");
  golden::read_loss<rnnts::MeanSquaredError>(huber, r);
  CHECK(problems(r) == "loss/type is huber in the file, but mse in the test\n");
}

TEST_CASE("golden harness: sample weights are those of rows, of samples or of all") {
  Case none("keras_loss_mse"), of_samples("keras_loss_mse_sample_weight");
  CHECK(golden::row_weights(none, {2, 3}).empty());
  CHECK(golden::row_weights(of_samples, {2, 3}) == std::vector<double>{1.2, 3.4});
  CHECK(golden::row_weights(of_samples, {2, 2, 3}) == std::vector<double>{1.2, 1.2, 3.4, 3.4});
  CHECK_THROWS_WITH(golden::row_weights(of_samples, {3, 3}), "sample_weight has the shape (2), but y_pred (3, 3)");
  CHECK_THROWS_WITH(golden::row_weights(of_samples, {2}), "sample_weight has the shape (2), but y_pred (2)");
}

TEST_CASE("golden harness: a weight that the file does not set, or in another shape, is a problem") {
  Case c("rnn5_dense_sigmoid_20_b1");
  auto weights = rnn5_dense_weights();
  weights["1.dense.kernel"].shape = {1, 5};
  weights["1.dense.scale"] = {{1}, {}};
  Report r = report();
  golden::set_weights(c, r, rnn5_dense(), weights, [](const auto&, const auto&) {});
  CHECK(problems(r) ==
        "1.dense.kernel has the shape (5, 1) in the file, but (1, 5) in the model\n"
        "the file does not set the weight 1.dense.scale\n");
}

TEST_CASE("golden harness: batches are taken apart and put together in the same order") {
  const Array batch{{2, 3, 2}, {0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121}};
  const auto values = golden::time_major(batch, {1, 0});
  CHECK(values == std::vector<double>{100, 101, 0, 1, 110, 111, 10, 11, 120, 121, 20, 21});
  CHECK(golden::batch_major(golden::time_major(batch, {0, 1}), batch.shape).data == batch.data);
  const Array vectors{{2, 2}, {0, 1, 10, 11}};
  CHECK(golden::time_major(vectors, {0, 1}) == vectors.data);
}

}  // namespace
