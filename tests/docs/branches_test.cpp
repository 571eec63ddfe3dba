// The code of docs/branches.md.
#include <rnnts/rnnts.hpp>

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("branches.md: a linear skip") {
  // [linear_skip]
  using Recurrent = Branch<GRU<8>, Dense<1>>;
  using Linear = Branch<Flatten, Dense<1>>;

  Sequential<float, Input<1, 13>, Add<Recurrent, Linear>> model{seed(7)};
  // [/linear_skip]
  // [names]
  std::string names;
  for (const auto& weight : model.weights()) names += weight.name + "\n";
  // [/names]
  CHECK(names ==
        "0.add.0.sequential.0.gru.kernel\n0.add.0.sequential.0.gru.recurrent_kernel\n0.add.0.sequential.0.gru.bias\n"
        "0.add.0.sequential.1.dense.kernel\n0.add.0.sequential.1.dense.bias\n"
        "0.add.1.sequential.1.dense.kernel\n0.add.1.sequential.1.dense.bias\n");
}

TEST_CASE("branches.md: residual") {
  // [residual]
  constexpr GRUOptions every_step{.return_sequences = true};

  Sequential<float, Input<2>, GRU<8, Tanh, Sigmoid, every_step>, Residual<GRU<8, Tanh, Sigmoid, every_step>>,
             Residual<LayerNormalization<>, Dense<8, ReLU>>, LastStep, Dense<1>>
      model{seed(7)};
  // [/residual]
  Stream stream(model);
  const std::vector<float> window{0.1f, 0.2f, 0.3f, 0.4f};
  stream.step(std::span(window).first<2>());
  const xt::xtensor<float, 2> tensor{{0.1f, 0.2f}, {0.3f, 0.4f}};
  CHECK(stream.step(std::span(window).last<2>())[0] == Approx(model.predict(tensor)(0)).epsilon(1e-5));
}
