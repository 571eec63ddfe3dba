// A window of text.
// expect further down: Windows and labels are numbers, and this is text: its character codes would be taken for values.
#include <string>

#include <rnnts/rnnts.hpp>

auto predict(const rnnts::Sequential<float, rnnts::Input<1>, rnnts::SimpleRNN<5>>& model, const std::string& text) {
  return model.predict(text);
}
