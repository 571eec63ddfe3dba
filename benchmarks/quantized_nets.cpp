// What weights of int8 and int16 do to nets that are trained as the examples train them: the error on the test part as
// a stream of each computes it, the largest difference of its forecasts to those of float, and the bytes of its
// weights. Prints the table of docs/small_devices.md. Takes a minute; the argument is the folder of the examples' data.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "rnnts/rnnts.hpp"
#include "rnnts/series/dates.hpp"

using namespace rnnts;

namespace {

constexpr std::size_t seeds = 3;

/// Of all seeds.
struct Errors {
  double mae = 0;         ///< the mean
  double difference = 0;  ///< to float, the largest
  std::size_t bytes = 0;
};

/// What a stream gives for the last step of each window, in the units of the series.
template <class Net>
std::vector<double> forecasts(const Net& net, const auto& windows, const std::function<double(double)>& in_units) {
  Stream stream(net);
  std::vector<double> all;
  for (const auto& [window, label] : windows) {
    stream.reset();
    double last = 0;
    for (const auto& step : window) last = static_cast<double>(stream.step(step)[0]);
    all.push_back(in_units(last));
  }
  return all;
}

/// Adds what one trained net does on these windows.
template <class Net>
void judge(std::array<Errors, 3>& errors, const Net& model, const auto& windows,
           const std::function<double(double)>& in_units) {
  std::vector<double> labels;
  for (const auto& [window, label] : windows) labels.push_back(in_units(static_cast<double>(label)));
  const auto of_float = forecasts(model, windows, in_units);
  const auto add = [&](Errors& to, const std::vector<double>& found, std::size_t bytes) {
    to.mae += mean_absolute_error(labels, found) / seeds;
    for (std::size_t k = 0; k < found.size(); ++k) {
      to.difference = std::max(to.difference, std::abs(found[k] - of_float[k]));
    }
    to.bytes = bytes;
  };
  const auto int16 = quantized<std::int16_t>(model);
  const auto int8 = quantized<std::int8_t>(model);
  add(errors[0], of_float, sizeof(typename Net::Parameters));
  add(errors[1], forecasts(int16, windows, in_units), sizeof int16);
  add(errors[2], forecasts(int8, windows, in_units), sizeof int8);
}

void print(const char* net, const std::array<Errors, 3>& errors) {
  std::printf("| %s | %.4g | %.4g | %.4g | %.2g | %.2g | %zu, %zu, %zu |\n", net, errors[0].mae, errors[1].mae,
              errors[2].mae, errors[1].difference, errors[2].difference, errors[0].bytes, errors[1].bytes,
              errors[2].bytes);
}

/// The tutorial's net on the airline series, as examples/airline.cpp trains it.
void airline(const std::string& folder) {
  const std::vector<float> passengers = read_csv<float>(folder + "/airline_passengers.csv", "passengers");
  const auto scaler = MinMaxScaler<float>(0, 1).fit(passengers);
  const std::vector<float> scaled = scaler.transform(passengers);
  const auto [train, test] = split(scaled, 0.7);
  std::array<Errors, 3> errors;
  for (std::size_t k = 1; k <= seeds; ++k) {
    Sequential<float, Input<1, 20>, SimpleRNN<5>, Dense<1, Sigmoid>> model{seed(k)};
    fit(model, train | views::window(20), MeanSquaredError{}, Adam{.learning_rate = 1e-3},
        {.epochs = 300, .batch_size = 1, .seed = seed(k), .verbose = false});
    judge(errors, model, test | views::window(20),
          [&](double value) { return static_cast<double>(scaler.inverse_transform(static_cast<float>(value))); });
  }
  print("airline: `SimpleRNN<5>`, thousands of passengers", errors);
}

/// A recurrent layer that is told the day of the year, as examples/weather.cpp trains it.
template <class Recurrent> void weather(const std::string& folder, const char* name, std::size_t epochs) {
  const std::string file = folder + "/melbourne_temperatures.csv";
  const std::vector<float> minima = read_csv<float>(file, "minimum");
  const auto dates = read_csv_dates(file, "date");
  const std::size_t days = split(minima, 0.7).train.size();
  StandardScaler<float> scaler;
  scaler.fit(std::span(minima).first(days));
  const std::vector<float> scaled = scaler.transform(minima);
  std::vector<std::array<float, 3>> rows;
  for (std::size_t day = 0; day < minima.size(); ++day) {
    const double angle = 2 * std::numbers::pi * day_of_year(dates[day]) / 365.25;
    rows.push_back({scaled[day], static_cast<float>(std::sin(angle)), static_cast<float>(std::cos(angle))});
  }
  const auto window = views::window(20, LabelColumn{0});
  const auto train = std::span<const std::array<float, 3>>(rows).first(days);
  const auto test = std::span<const std::array<float, 3>>(rows).subspan(days);
  const std::size_t batches = (days - 20 + 31) / 32;
  std::array<Errors, 3> errors;
  for (std::size_t k = 1; k <= seeds; ++k) {
    Sequential<float, Input<3>, Recurrent, Dense<1>> model{seed(k)};
    const CosineDecay rate{.initial_learning_rate = 2e-3, .decay_steps = epochs * batches};
    fit(model, train | window, MeanAbsoluteError{}, Adam{.learning_rate = rate},
        {.epochs = epochs, .batch_size = 32, .seed = seed(k), .verbose = false});
    judge(errors, model, test | window,
          [&](double value) { return static_cast<double>(scaler.inverse_transform(static_cast<float>(value))); });
  }
  print(name, errors);
}

/// A recurrent layer on two sines, as examples/sines.cpp trains it.
template <class Recurrent> void sines(const char* name) {
  constexpr double period = 25;
  std::vector<float> series;
  for (std::size_t t = 0; t < 1000; ++t) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(t) / period;
    series.push_back(static_cast<float>((std::sin(angle) + std::sin(angle / std::numbers::phi)) / 2));
  }
  const auto [train, test] = split(series, 0.7);
  const auto [fitted, validation] = split(train, 0.8);
  const auto window = views::window(40);
  std::array<Errors, 3> errors;
  for (std::size_t k = 1; k <= seeds; ++k) {
    Sequential<float, Input<1>, Recurrent, Dense<1>> model{seed(k)};
    fit(model, fitted | window, MeanSquaredError{}, Adam{.learning_rate = 3e-3},
        {.epochs = 120,
         .batch_size = 16,
         .seed = seed(k),
         .validation = validation | window,
         .callbacks = {EarlyStopping{.patience = 30}},
         .verbose = false});
    judge(errors, model, test | window, [](double value) { return 1000 * value; });
  }
  print(name, errors);
}

}  // namespace

int main(int count, char** values) {
  const std::string folder = count > 1 ? values[1] : "examples/data";
  std::puts("| net | float | int16 | int8 | int16 | int8 | bytes of weights |\n|---|---|---|---|---|---|---|");
  airline(folder);
  weather<SimpleRNN<16>>(folder, "weather: `SimpleRNN<16>`, °C", 10);
  weather<GRU<16>>(folder, "weather: `GRU<16>`, °C", 25);
  weather<LSTM<16>>(folder, "weather: `LSTM<16>`, °C", 25);
  sines<SimpleRNN<17>>("two sines: `SimpleRNN<17>`, thousandths");
  sines<GRU<9>>("two sines: `GRU<9>`, thousandths");
  sines<LSTM<8>>("two sines: `LSTM<8>`, thousandths");
}
