// A series is no range of windows.
// expect: fit takes a range of (window, label) pairs, as series | views::window(look_back) is.
#include <rnnts/rnnts.hpp>

void train(rnnts::Sequential<float, rnnts::Input<1>, rnnts::SimpleRNN<5>>& model, std::vector<float>& series) {
  rnnts::fit(model, series, rnnts::MeanSquaredError{}, rnnts::Adam{});
}
