// Sines: SimpleRNN, LSTM and GRU of about the same number of weights on the two simplest series there are.
//
// The first is a sine, the second the mean of two sines whose periods have no common multiple, so that it never repeats
// itself. Both obey a linear recurrence exactly, and so a linear regression on four values forecasts them better than
// any net. The nets are close to each other one step ahead; how long their repeated predictions stay on the curve
// depends on the seed more than on the kind of net.

#include <rnnts/rnnts.hpp>

#include <xtensor-blas/xlinalg.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <iterator>
#include <numbers>
#include <numeric>
#include <ranges>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/report.hpp"
#include "support/table.hpp"

using namespace rnnts;

namespace {

using Values = std::span<const double>;

constexpr std::size_t look_back = 40;  // steps in a window
constexpr std::size_t steps = 1000;    // of a series

// [series]
std::vector<double> sine(double period) {
  std::vector<double> values;
  for (std::size_t t = 0; t < steps; ++t) {
    values.push_back(std::sin(2 * std::numbers::pi * static_cast<double>(t) / period));
  }
  return values;
}

std::vector<double> two_sines(double period, double other_period) {
  std::vector<double> values = sine(period);
  std::ranges::transform(values, sine(other_period), values.begin(), [](double a, double b) { return (a + b) / 2; });
  return values;
}
// [/series]

/// What comes of one way to forecast a series.
struct Run {
  examples::Result result{};
  std::vector<double> repeated{};  // for the whole test part, each forecast fed back as input
};

/// The values that have a whole window before them.
Values after_a_window(Values part) { return part.subspan(look_back); }

/// Judges forecasts of `after_a_window` of both parts, and repeated predictions of the whole test part, in thousandths.
void judge(Run& run, Values series, const std::vector<double>& train_forecasts,
           const std::vector<double>& test_forecasts) {
  const auto [train, test] = split(series, 0.7);
  run.result.train_mae = 1000 * mean_absolute_error(after_a_window(train), train_forecasts);
  run.result.test_mae = 1000 * mean_absolute_error(after_a_window(test), test_forecasts);
  run.result.scores = {{"repeated_mae", 1000 * mean_absolute_error(test, run.repeated)}};
}

Run repeat_last_value(Values series) {
  const auto [train, test] = split(series, 0.7);
  const auto values_before = [](Values part) {
    const Values before = part.subspan(look_back - 1, part.size() - look_back);
    return std::vector<double>(before.begin(), before.end());
  };
  Run run{.repeated = std::vector<double>(test.size(), train.back())};
  judge(run, series, values_before(train), values_before(test));
  return run;
}

// [linear_recurrence]
/// Forecasts by c[0] x[t-4] + … + c[3] x[t-1] with the least squared error. A sum of K sines obeys such a recurrence of
/// 2 K values exactly: sin(w t) = 2 cos(w) sin(w (t-1)) - sin(w (t-2)).
Run regress(Values series) {
  constexpr std::size_t order = 4;
  const auto [train, test] = split(series, 0.7);
  xt::xtensor<double, 2> inputs = xt::zeros<double>({train.size() - order, order});
  xt::xtensor<double, 1> labels = xt::zeros<double>({train.size() - order});
  std::size_t row = 0;
  for (const auto& [window, label] : train | views::window(order)) {
    std::ranges::copy(window, &inputs(row, 0));
    labels(row++) = label;
  }
  const auto coefficients = std::get<0>(xt::linalg::lstsq(inputs, labels));

  const auto next = [&](Values earlier) {
    const Values last = earlier.last(order);
    return std::inner_product(last.begin(), last.end(), coefficients.begin(), 0.0);
  };
  const auto one_step_ahead = [&](Values part) {
    std::vector<double> forecasts;
    for (std::size_t t = look_back; t < part.size(); ++t) forecasts.push_back(next(part.first(t)));
    return forecasts;
  };
  Run run{.result = {.parameters = order}};
  std::vector<double> known(train.begin(), train.end());
  for (std::size_t k = 0; k < test.size(); ++k) known.push_back(next(known));
  run.repeated.assign(known.end() - static_cast<std::ptrdiff_t>(test.size()), known.end());
  judge(run, series, one_step_ahead(train), one_step_ahead(test));
  return run;
}
// [/linear_recurrence]

/// Trains a recurrent layer and Dense(1), with the losses in `log` for TensorBoard; the last fifth of the training part
/// decides how long.
template <class Recurrent>
Run train_net(const Recurrent& recurrent, Values series, const std::filesystem::path& log, std::size_t epochs,
              Seed seed) {
  // [fit]
  const auto [train, test] = split(series, 0.7);
  const auto [fitted, validation] = split(train, 0.8);
  const auto window = views::window(look_back);

  auto model = sequential<float>(Input<1>{}, recurrent, Dense<1>{}, seed);
  const History history =
      fit(model, fitted | window, MeanSquaredError{}, Adam{.learning_rate = 3e-3},
          {.epochs = epochs,
           .batch_size = 16,
           .seed = seed,
           .validation = validation | window,
           .callbacks = {EarlyStopping{.patience = 30}, TensorBoard(log), CSVLogger{log / "losses.csv"}},
           .verbose = false});

  const std::vector<float> repeated = forecast(model, train.last(look_back), test.size());
  // [/fit]

  const auto one_step_ahead = [&](Values part) {
    const auto predicted = model.predict(part | window);
    return std::vector<double>(predicted.begin(), predicted.end());
  };
  Run run{.result = {.parameters = model.parameter_count(),
                     .seed = seed.value,
                     .seconds = history.seconds,
                     .losses = history.loss,
                     .val_losses = history.val_loss},
          .repeated = {repeated.begin(), repeated.end()}};
  judge(run, series, one_step_ahead(train), one_step_ahead(test));
  return run;
}

/// All forecasts of one series, in the report and in a plot.
class Study {
 public:
  Study(std::string name, std::string title, std::vector<double> series, const examples::Options& options,
        examples::Report& report)
      : name_(std::move(name)),
        title_(std::move(title)),
        series_(std::move(series)),
        options_(options),
        report_(report),
        predictions_(
            title_ + ": repeated predictions from the end of the training part on, and their MAE in thousandths",
            "step", "value, of each net 2.5 below the one before"),
        errors_(title_ + ": errors of the repeated predictions, and their MAE in thousandths", "step",
                "prediction minus true value") {}

  void run() {
    add("persistence", repeat_last_value(series_));
    add("linear_recurrence_4", regress(series_));
    // [nets]
    if (const auto units = options_.units) {
      train_all(SimpleRNN(*units), LSTM(*units), GRU(*units));
    } else {
      train_all(SimpleRNN<17>{}, LSTM<8>{}, GRU<9>{});  // 341, 329 and 334 weights with the Dense(1) behind them
    }
    // [/nets]
    predictions_.save(options_.out / (name_ + "_repeated.png"));
    errors_.save(options_.out / (name_ + "_errors.png"));
  }

 private:
  void add(const std::string& model, Run run) {
    run.result.name = name_ + "_" + model;
    report_.add(std::move(run.result));
  }

  void train_all(const auto& simple_rnn, const auto& lstm, const auto& gru) {
    report_.plot_losses(
        name_ + "_losses.png", "mean squared error",
        {train("simple_rnn", "SimpleRNN", simple_rnn, examples::colour::orange),
         train("lstm", "LSTM", lstm, examples::colour::green), train("gru", "GRU", gru, examples::colour::vermilion)});
  }

  /// Returns the name in the report.
  std::string train(const std::string& kind, const std::string& title, const auto& recurrent, const char* colour) {
    const std::string units = std::to_string(recurrent.units), model = kind + "_" + units;
    for (std::size_t k = 0; k < options_.seeds; ++k) {
      const Seed seed{options_.seed + k};
      const auto log = options_.log / (name_ + "_" + model + "_seed_" + std::to_string(seed.value));
      std::cerr << "training " << log.filename().string() << '\n';
      std::filesystem::remove_all(log);  // or the losses of an earlier run would be drawn into the same plot
      std::filesystem::create_directories(log);
      Run run = train_net(recurrent, series_, log, options_.epochs_or(120), seed);
      if (k == 0)
        draw(title + "(" + units + "), " + examples::with_digits(run.result.scores.front().second, 1), colour, run);
      add(model, std::move(run));
    }
    return name_ + "_" + model;
  }

  static std::vector<std::size_t> test_steps() {
    std::vector<std::size_t> numbers(steps);
    std::iota(numbers.begin(), numbers.end(), std::size_t{0});
    const auto test = split(numbers, 0.7).test;
    return {test.begin(), test.end()};
  }

  Values test() const { return split(Values(series_), 0.7).test; }

  void draw(const std::string& label, const char* colour, const Run& run) {
    std::vector<double> errors;
    std::ranges::transform(run.repeated, test(), std::back_inserter(errors), std::minus{});
    // One below the other, since good predictions hide each other.
    const auto shifted = [this](double value) { return value - 2.5 * static_cast<double>(nets_drawn_); };
    predictions_
        .line(nets_drawn_ == 0 ? "true values" : "", examples::colour::grey, test_steps(),
              test() | std::views::transform(shifted), "lw 7")
        .line(label, colour, test_steps(), run.repeated | std::views::transform(shifted));
    ++nets_drawn_;
    errors_.line(label, colour, test_steps(), errors);
  }

  std::string name_, title_;
  std::vector<double> series_;
  const examples::Options& options_;
  examples::Report& report_;
  examples::Plot predictions_, errors_;
  std::size_t nets_drawn_ = 0;
};

}  // namespace

int main(int argc, char** argv) try {
  const examples::CommandLine command_line{
      .example = "sines",
      .description = "Compares SimpleRNN, LSTM and GRU on a sine and on the mean of two.",
      .seeds = 3,
      .writes_log = true,
      .sized_layers = "the SimpleRNN, LSTM and GRU"};
  const examples::Options options = command_line.parse(argc, argv);

  examples::Report report(
      "sine: of period 25; two_sines: the mean of one of period 25 and one of period 25 times the golden ratio; 1000 "
      "steps",
      "thousandths of a series between -1 and 1",
      {{"training_part", "the first 70 % in time; the rest is the test part"},
       {"windows", "40 steps, the next one is the label; windows do not reach across the parts"},
       {"optimizer", "Adam, learning rate 3e-3, batches of 16; loss: mean squared error"},
       {"choices", "the weights of the epoch with the lowest loss in the last fifth of the training part"},
       {"errors",
        "mean absolute errors one step ahead; repeated_mae: of 300 repeated predictions, the whole test part"}});
  Study("sine", "A sine", sine(25), options, report).run();
  Study("two_sines", "Two sines", two_sines(25, 25 * std::numbers::phi), options, report).run();

  report.print_table("one step ahead, and of repeated predictions");
  report.print_verdicts("sine_");
  report.print_verdicts("two_sines_");
  report.write(options.out);
  std::cout << "The losses are in " << options.log.string() << ": tensorboard --logdir " << options.log.string()
            << '\n';
} catch (const std::exception& error) {
  std::cerr << "sines: " << error.what() << '\n';
  return 1;
}
