// The program on the first page. It reads melbourne_temperatures.csv in the folder that it is run in.

// [quickstart]
#include <rnnts/rnnts.hpp>

#include <iostream>

using namespace rnnts;

int main() {
  const auto minima = read_csv<double>("melbourne_temperatures.csv", "minimum");  // degrees C, day by day
  const auto [train, test] = split(minima, 0.7);                                  // in time

  StandardScaler<double> scaler;
  const auto scaled_train = scaler.fit_transform(train), scaled_test = scaler.transform(test);
  const auto windows = views::window(20);  // 20 days in, the next one is the label

  Sequential<double, Input<1>, SimpleRNN<5>, Dense<1>> model{seed(7)};
  std::cout << model.summary() << '\n';
  fit(model, scaled_train | windows, MeanAbsoluteError{}, Adam{}, {.epochs = 50, .batch_size = 32});

  std::cout << evaluate(model, scaled_test | windows,
                        {.training_series = scaled_train, .inverse_transform = scaler}).text();

  const auto next_day = model.predict(std::span(scaled_test).last(20));
  std::cout << "The day after the last one: " << scaler.inverse_transform(next_day(0)) << " degrees\n";
}
// [/quickstart]
