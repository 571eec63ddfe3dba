// What goes on inside a SimpleRNN, step by step.
//
// First with one unit and weights that were picked by hand, so that every number can be checked with a pocket
// calculator; then with five units that were trained on airline passengers, whose states are drawn as a heat map.

#include <rnnts/rnnts.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/report.hpp"

using namespace rnnts;

namespace {

constexpr std::size_t look_back = 20;

// [trace]
/// One step of a SimpleRNN with N units.
template <std::size_t N> struct Step {
  float input;
  std::array<float, N> incoming;  ///< the state that the step starts from
  std::array<float, N> sum;       ///< input * kernel + incoming * recurrent_kernel + bias
  std::array<float, N> outgoing;  ///< tanh(sum): the output, and the state that the next step starts from
};

/// The steps of a model's first layer, a SimpleRNN of one input, through a series.
template <Model M> auto trace(const M& model, std::span<const float> series) {
  using Layer = typename M::template At<0>;
  constexpr std::size_t N = Layer::output.features;
  const auto& weights = model.template layer<0>();

  typename Layer::State state;
  std::vector<Step<N>> steps;
  for (const float input : series) {
    Step<N> step{.input = input, .incoming = {}, .sum = {}, .outgoing = {}};
    std::ranges::copy(state.states[0], step.incoming.begin());
    for (std::size_t n = 0; n < N; ++n) {
      step.sum[n] = input * weights.kernel(0, n) + weights.bias(n);
      for (std::size_t m = 0; m < N; ++m) step.sum[n] += step.incoming[m] * weights.recurrent_kernel(m, n);
    }
    Layer::step(weights, std::span<const float, 1>(&input, 1), state, step.outgoing);
    steps.push_back(step);
  }
  return steps;
}
// [/trace]

/// Both ways to the same number must agree, or this example would tell a fairy tale.
void require_equal(const std::string& what, float one, float other) {
  if (std::abs(one - other) < 1e-5F) return;
  throw std::runtime_error(what + ": " + std::to_string(one) + " is not " + std::to_string(other));
}

template <std::size_t N> void check(const std::vector<Step<N>>& steps) {
  for (const Step<N>& step : steps) {
    for (std::size_t n = 0; n < N; ++n) require_equal("tanh of the sum", std::tanh(step.sum[n]), step.outgoing[n]);
  }
}

template <std::size_t N> void print(const std::string& name, const std::array<float, N>& values) {
  std::cout << "  " << std::left << std::setw(16) << name << std::right;
  for (const float value : values) std::cout << std::setw(9) << value;
  std::cout << '\n';
}

/// One unit, with weights picked by hand.
void show_one_unit() {
  // [hand_picked]
  Sequential<float, Input<1>, SimpleRNN<1>> model;
  model.set_weight("0.simple_rnn.kernel", std::array{0.2});
  model.set_weight("0.simple_rnn.recurrent_kernel", std::array{0.12});
  model.set_weight("0.simple_rnn.bias", std::array{0.0});

  const std::vector<float> series{1, 2, 3, 4, 5};
  const auto steps = trace(model, series);
  // [/hand_picked]
  check(steps);
  require_equal("predict", model.predict(series)(0), steps.back().outgoing[0]);

  const auto& weights = model.layer<0>();
  std::cout << "SimpleRNN(1) with kernel " << weights.kernel(0, 0) << ", recurrent kernel "
            << weights.recurrent_kernel(0, 0) << ", bias " << weights.bias(0) << "\n\n"
            << "step   input  incoming state  weighted sum                                     outgoing state\n"
            << std::string(99, '-') << '\n';
  for (std::size_t t = 0; t < steps.size(); ++t) {
    const auto& [input, incoming, sum, outgoing] = steps[t];
    std::cout << std::setw(4) << t + 1 << std::setw(8) << input << std::setw(16) << incoming[0] << "  " << input
              << " * " << weights.kernel(0, 0) << " + " << incoming[0] << " * " << weights.recurrent_kernel(0, 0)
              << " + " << weights.bias(0) << " = " << sum[0] << "   tanh(" << sum[0] << ") = " << outgoing[0] << '\n';
  }
  std::cout << "\nThe last outgoing state is what predict() gives: " << model.predict(series)(0) << "\n\n";
}

/// All steps, as a table that other programs can read.
template <std::size_t N> void write_csv(const std::vector<Step<N>>& steps, const std::filesystem::path& path) {
  std::ofstream file(path);
  file << "step,unit,input,incoming,sum,outgoing\n";
  for (std::size_t t = 0; t < steps.size(); ++t) {
    for (std::size_t n = 0; n < N; ++n) {
      const auto& [input, incoming, sum, outgoing] = steps[t];
      file << t + 1 << ',' << n + 1 << ',' << input << ',' << incoming[n] << ',' << sum[n] << ',' << outgoing[n]
           << '\n';
    }
  }
  file.close();
  if (!file) throw FileError(path.string() + ": could not be written");
}

/// Five units and a Dense layer, trained on the airline passengers.
examples::Result show_trained_units(const examples::Options& options) {
  const std::vector<float> passengers = read_csv<float>(options.data, "passengers");
  const auto [train, test] = split(passengers, 0.7);
  MinMaxScaler<float> scaler;
  const std::vector<float> scaled_train = scaler.fit_transform(train), scaled_test = scaler.transform(test);
  const auto train_windows = scaled_train | views::window(look_back);

  Sequential<float, Input<1>, SimpleRNN<5>, Dense<1, Sigmoid>> model{seed(options.seed)};
  const History history =
      fit(model, train_windows, MeanSquaredError{}, Adam{.learning_rate = 1e-3},
          {.epochs = options.epochs_or(300), .batch_size = 1, .seed = seed(options.seed), .verbose = false});

  const auto window = std::span(scaled_train).last(look_back);
  const auto steps = trace(model, window);
  check(steps);
  write_csv(steps, options.out / "trace.csv");

  std::cout << "SimpleRNN(5), trained; the last three of " << look_back << " steps, one column per unit\n\n";
  for (std::size_t t = look_back - 3; t < look_back; ++t) {
    std::cout << "step " << t + 1 << ", input " << steps[t].input << '\n';
    print("incoming state", steps[t].incoming);
    print("weighted sum", steps[t].sum);
    print("outgoing state", steps[t].outgoing);
  }

  // The label is one number and the state is five: Dense makes the one out of the five.
  const auto& dense = model.layer<1>();
  float sum = dense.bias(0);
  for (std::size_t n = 0; n < dense.kernel.size(); ++n) sum += steps.back().outgoing[n] * dense.kernel(n, 0);
  const float forecast = 1 / (1 + std::exp(-sum));
  require_equal("predict", model.predict(window)(0), forecast);
  std::cout << "\nDense(1, sigmoid) makes one number of the last state: sigmoid(" << sum << ") = " << forecast
            << ", which is what predict() gives.\nIn passengers that is " << std::setprecision(1)
            << scaler.inverse_transform(forecast) << " thousand; " << test[0] << " thousand came.\n";

  const std::vector<float> scaled = scaler.transform(passengers);
  std::vector<std::vector<float>> states;
  for (const auto& step : trace(model, scaled)) states.emplace_back(step.outgoing.begin(), step.outgoing.end());
  examples::save_heat_map(options.out / "states.png", "State of SimpleRNN(5) while it reads the airline passengers",
                          "step (months from January 1949 on)", "unit", "outgoing state", states);

  const EvaluateOptions<float> in_passengers{.inverse_transform = [&](double value) {
    return static_cast<double>(scaler.inverse_transform(static_cast<float>(value)));
  }};
  return {.name = "simple_rnn_5_dense",
          .parameters = model.parameter_count(),
          .seed = options.seed,
          .train_mae = evaluate(model, train_windows, in_passengers).model.mae,
          .test_mae = evaluate(model, scaled_test | views::window(look_back), in_passengers).model.mae,
          .seconds = history.seconds,
          .losses = history.loss};
}

}  // namespace

int main(int argc, char** argv) try {
  const examples::CommandLine command_line{.example = "inside",
                                           .description = "Shows what goes on inside a SimpleRNN, step by step.",
                                           .data_file = "airline_passengers.csv"};
  const examples::Options options = command_line.parse(argc, argv);
  std::cout << std::fixed << std::setprecision(4);

  show_one_unit();

  examples::Report report("airline passengers, monthly, 1949-01 to 1960-12", "thousands of passengers",
                          {{"training_part", "the first 70 % in time; the rest is the test part"},
                           {"windows", "20 months, the next one is the label"},
                           {"scaling", "min-max to [0, 1], fitted to the training part"},
                           {"optimizer", "Adam, learning rate 1e-3; loss: mean squared error"}});
  report.add(show_trained_units(options));
  report.plot_losses("losses.png", "mean squared error of scaled passengers", {"simple_rnn_5_dense"});
  report.print_table();
  report.write(options.out);
} catch (const std::exception& error) {
  std::cerr << "inside: " << error.what() << '\n';
  return 1;
}
