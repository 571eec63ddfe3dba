// One net in nine sizes that are chosen when the program runs, each trained, judged and asked: what
// scripts/compile_times takes for a program that searches over sizes. Beside it, nine_nets.cpp does the same with nine
// types.
#include <rnnts/rnnts.hpp>

#include <cmath>
#include <cstddef>
#include <iostream>
#include <vector>

namespace {

using namespace rnnts;

void try_net(std::size_t units, const std::vector<float>& train, const std::vector<float>& test) {
  const auto windows = views::window(20);
  auto model = sequential<float>(Input(1), GRU(units), Dense(1), seed(7));
  fit(model, train | windows, MeanSquaredError{}, Adam{}, {.epochs = 10, .verbose = false});
  std::cout << model.summary() << evaluate(model, test | windows).text() << model.predict(test | windows);
}

}  // namespace

int main() {
  std::vector<float> train, test;
  for (int t = 0; t < 500; ++t) (t < 400 ? train : test).push_back(std::sin(0.3F * static_cast<float>(t)));
  for (std::size_t units = 4; units <= 20; units += 2) try_net(units, train, test);
}
