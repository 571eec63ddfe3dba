// Nine nets in one file, each trained, judged and asked: what scripts/compile_times takes for a program with many nets.
#include <rnnts/rnnts.hpp>

#include <cmath>
#include <iostream>
#include <vector>

namespace {

using namespace rnnts;

template <class... Layers> void try_net(const std::vector<float>& train, const std::vector<float>& test) {
  const auto windows = views::window(20);
  Sequential<float, Input<1>, Layers...> model{seed(7)};
  fit(model, train | windows, MeanSquaredError{}, Adam{}, {.epochs = 10, .verbose = false});
  std::cout << model.summary() << evaluate(model, test | windows).text() << model.predict(test | windows);
}

}  // namespace

int main() {
  std::vector<float> train, test;
  for (int t = 0; t < 500; ++t) (t < 400 ? train : test).push_back(std::sin(0.3F * static_cast<float>(t)));
  try_net<SimpleRNN<4>, Dense<1>>(train, test);
  try_net<SimpleRNN<8>, Dense<1>>(train, test);
  try_net<SimpleRNN<16>, Dense<1>>(train, test);
  try_net<LSTM<4>, Dense<1>>(train, test);
  try_net<LSTM<8>, Dense<1>>(train, test);
  try_net<LSTM<16>, Dense<1>>(train, test);
  try_net<GRU<4>, Dense<1>>(train, test);
  try_net<GRU<8>, Dense<1>>(train, test);
  try_net<GRU<16>, Dense<1>>(train, test);
}
