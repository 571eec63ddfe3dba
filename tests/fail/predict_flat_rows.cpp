// A model of two features needs rows of two numbers.
// expect: predict takes a window, which is a range of numbers for Input<1> and else of rows of as many numbers
#include <rnnts/rnnts.hpp>

auto predict(const rnnts::Sequential<float, rnnts::Input<2>, rnnts::SimpleRNN<5>>& model, std::vector<float>& window) {
  return model.predict(window);
}
