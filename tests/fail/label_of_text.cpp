// The label is text, whose character codes are numbers to C++.
// expect further down: Windows and labels are numbers, and this is text: its character codes would be taken for values.
#include <string>
#include <utility>

#include <rnnts/rnnts.hpp>

void train(rnnts::Sequential<float, rnnts::Input<1>, rnnts::SimpleRNN<5>, rnnts::Dense<1>>& model) {
  const std::vector<std::pair<std::vector<float>, std::string>> samples{{{1, 2, 3}, "4"}};
  fit(model, samples, rnnts::MeanSquaredError{}, rnnts::Adam{});
}
