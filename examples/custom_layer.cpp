// A layer of one's own: exponential smoothing, whose speed is learnt.
//
// A layer is a struct that says what its weights are, computes its output, and passes gradients back. With that
// it stands in a Sequential like any other, gradcheck() tests it, and fit() trains it.

#include <rnnts/rnnts.hpp>
#include <rnnts/series/dates.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/report.hpp"

namespace {

// [layer]
/// h[t] = h[t-1] + a (x[t] - h[t-1]) with a = sigmoid(speed), h[0] = x[0]: N moving averages of one series, each
/// with a speed of its own.   x: (T,B,1)   speed: (N)   h: (T,B,N)   y = h[T-1]: (1,B,N)
template <std::size_t N> struct ExponentialSmoothing {
  template <rnnts::Scalar T, rnnts::Shape Input> struct Layer {
    static_assert(Input.is_sequence && Input.features == 1, "ExponentialSmoothing takes one number per step.");

    using scalar = T;
    static constexpr std::string_view name = "exponential_smoothing";
    static constexpr rnnts::Shape input = Input, output = rnnts::vector_shape(N);

    struct Parameters {
      rnnts::Tensor<T, N> speed;

      static constexpr auto fields() {
        return std::tuple{rnnts::Field{"speed", &Parameters::speed, rnnts::random_uniform(-3, 3)}};
      }
    };

    struct Tape {
      rnnts::SequenceBuffer<T, N> h;
    };

    using Workspace = rnnts::Nothing;

    static void forward(const Parameters& p, rnnts::Sequence<const T, 1> x, Tape& tape, rnnts::Sequence<T, N> y) {
      const auto h = tape.h.resize(x.steps, x.batch);
      for (std::size_t b = 0; b < x.batch; ++b) {
        for (std::size_t n = 0; n < N; ++n) {
          h[0][b][n] = x[0][b][0];
          for (std::size_t t = 1; t < x.steps; ++t) {
            h[t][b][n] = h[t - 1][b][n] + sigmoid(p.speed(n)) * (x[t][b][0] - h[t - 1][b][n]);
          }
        }
      }
      std::ranges::copy(h[x.steps - 1], y.data);
    }

    static void backward(const Parameters& p, rnnts::Sequence<const T, 1> x, const Tape& tape,
                         rnnts::Sequence<const T, N>, rnnts::Sequence<const T, N> dy, Workspace&, Parameters& dp,
                         rnnts::Sequence<T, 1> dx) {
      const auto h = tape.h.view();
      if (!dx.empty()) std::ranges::fill(dx.rows(), T(0));
      for (std::size_t b = 0; b < x.batch; ++b) {
        for (std::size_t n = 0; n < N; ++n) {
          const T a = sigmoid(p.speed(n));
          T dh = dy[0][b][n];
          for (std::size_t t = x.steps; t-- > 1; dh *= 1 - a) {
            dp.speed(n) += dh * (x[t][b][0] - h[t - 1][b][n]) * a * (1 - a);
            if (!dx.empty()) dx[t][b][0] += dh * a;
          }
          if (!dx.empty()) dx[0][b][0] += dh;
        }
      }
    }

    static T sigmoid(T z) { return 1 / (1 + std::exp(-z)); }
  };
};
// [/layer]

}  // namespace

using namespace rnnts;

int main(int argc, char** argv) try {
  const examples::CommandLine command_line{
      .example = "custom_layer",
      .description = "Checks a layer that was written outside of the library, and trains a net with it.",
      .data_file = "melbourne_temperatures.csv"};
  const examples::Options options = command_line.parse(argc, argv);

  // [gradcheck]
  const GradcheckResult checked = gradcheck<ExponentialSmoothing<3>, Input<1>>({.seed = seed(options.seed)});
  std::cout << "ExponentialSmoothing: " << checked.message() << '\n';
  if (!checked) return 1;
  // [/gradcheck]

  constexpr std::size_t look_back = 20;
  const std::vector<float> minima = read_csv<float>(options.data, "minimum");
  const auto dates = read_csv_dates(options.data, "date");
  const auto [train, test] = split(minima, 0.7);
  StandardScaler<float> scaler;
  const std::vector<float> scaled_train = scaler.fit_transform(train), scaled_test = scaler.transform(test);
  const auto train_windows = scaled_train | views::window(look_back);
  const auto test_windows = scaled_test | views::window(look_back);

  // [train]
  Sequential<float, Input<1>, ExponentialSmoothing<3>, Dense<1>> model{seed(options.seed)};
  const History history =
      fit(model, train_windows, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
          {.epochs = options.epochs_or(50), .batch_size = 32, .seed = seed(options.seed), .verbose = false});
  // [/train]

  std::cout << '\n' << model.summary() << "\nWeight of the newest value in each moving average:";
  for (const float speed : model.layer<0>().speed) {
    std::cout << ' ' << std::setprecision(2) << 1 / (1 + std::exp(-speed));
  }
  std::cout << "\n\n";

  const EvaluateOptions<float> in_degrees{
      .inverse_transform = [&](double value) { return scaler.inverse_transform(static_cast<float>(value)); }};
  const Evaluation on_test = evaluate(model, test_windows, in_degrees);
  std::cout << on_test.verdict() << '\n';

  examples::Report report("daily minimum temperatures in Melbourne, 1981 to 1990", "degrees Celsius",
                          {{"training_part", "the first 70 % in time; the rest is the test part"},
                           {"windows", "20 days, the next one is the label"},
                           {"scaling", "to mean 0 and standard deviation 1, fitted to the training part"},
                           {"optimizer", "Adam, learning rate 1e-2; loss: mean squared error"}});
  const examples::Result result{.name = "exponential_smoothing_3_dense",
                                .parameters = model.parameter_count(),
                                .seed = options.seed,
                                .train_mae = evaluate(model, train_windows, in_degrees).model.mae,
                                .test_mae = on_test.model.mae,
                                .seconds = history.seconds,
                                .losses = history.loss};
  report.add(result);

  const auto predicted = model.predict(test_windows);
  const auto forecasts = scaler.inverse_transform(std::span(predicted.data(), predicted.size()));
  const std::size_t days = std::min<std::size_t>(forecasts.size(), 200);
  examples::Plot(examples::with_error("Exponential smoothing: last days of the test part, one step ahead", result, 2),
                 "date", "minimum temperature (°C)")
      .dates_as("%b %Y")
      .line("measured", examples::colour::blue, std::span(dates).last(days), test.last(days))
      .line("forecast", examples::colour::vermilion, std::span(dates).last(days), std::span(forecasts).last(days))
      .save(options.out / "forecast.png");

  report.plot_losses("losses.png", "mean squared error of scaled degrees", {"exponential_smoothing_3_dense"});
  report.print_table();
  report.write(options.out);
} catch (const std::exception& error) {
  std::cerr << "custom_layer: " << error.what() << '\n';
  return 1;
}
