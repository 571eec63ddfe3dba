// The harness itself: that it notices what it must notice.

#include <limits>
#include <set>
#include <string>
#include <string_view>

#include "golden/golden.hpp"
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
