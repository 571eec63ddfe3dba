// expect: evaluate does not take these options: a name is misspelt or a value of another type. In their order they are season, training_series, label_column, inverse_transform.
#include <rnnts/rnnts.hpp>

int main() {
  using namespace rnnts;
  const std::vector<float> series(20);
  const Sequential<float, Input<1>, SimpleRNN<2>, Dense<1>> model;
  evaluate(model, series | views::window(3), {.seasonn = 12});
}
