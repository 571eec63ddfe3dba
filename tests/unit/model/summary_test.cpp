#include "rnnts/model/summary.hpp"

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/model/sequential.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a summary lists layers, output shapes and parameter counts") {
  const Sequential<float, Input<2>, SimpleRNN<5, Tanh, SimpleRNNOptions{.return_sequences = true}>, SimpleRNN<3>,
                   Dense<1, Sigmoid>>
      model;
  CHECK(model.summary() ==
        "Layer            Output shape  Parameters\n"
        "-----------------------------------------\n"
        "input         (None, None, 2)           0\n"
        "0.simple_rnn  (None, None, 5)          40\n"
        "1.simple_rnn        (None, 3)          27\n"
        "2.dense             (None, 1)           4\n"
        "Total parameters: 71 (284 bytes)\n");
}

TEST_CASE("a known number of steps is shown") {
  const Sequential<double, Input<1, 20>, Flatten, Dense<1>> model;
  CHECK_THAT(model.summary(), ContainsSubstring("(None, 20, 1)"));
  CHECK_THAT(model.summary(), ContainsSubstring("Total parameters: 21 (168 bytes)"));
  CHECK(model.parameter_count() == 21);
}
