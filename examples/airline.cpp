// Airline passengers, 1949 to 1960: the path of a Keras tutorial on recurrent nets, and a step beyond it.
//
// Forecasts that need no model come first, so that the nets have something to beat. Then the tutorial's nets:
// a perceptron, SimpleRNN(1), SimpleRNN(5) with a Dense layer, and two of them with their inputs scrambled.
// They are given the series itself. The last nets are given its growth, and that makes the difference. Which of them,
// and how they are trained, the training part decides: --select shows how.

#include <rnnts/rnnts.hpp>
#include <rnnts/series/dates.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iostream>
#include <ranges>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/candidate.hpp"
#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/report.hpp"
#include "support/scramble.hpp"
#include "support/study.hpp"

using namespace rnnts;
using examples::Run;

namespace {

// [windows]
constexpr std::size_t look_back = 20;  // months in a window
constexpr double train_fraction = 0.7;

/// The series, and how the tutorial prepares it.
struct Airline {
  std::string file;
  std::vector<float> passengers = read_csv<float>(file, "passengers");  // thousands per month
  std::vector<std::chrono::year_month_day> months = read_csv_dates(file, "month");

  // The tutorial fits its scaler to the whole series. That is a leak: the scaler knows the extremes of the
  // test part. We do the same to get numbers that can be compared with the tutorial's.
  MinMaxScaler<float> whole_series_scaler = MinMaxScaler<float>(0, 1).fit(passengers);
  std::vector<float> scaled = whole_series_scaler.transform(passengers);

  auto train_windows() const { return split(scaled, train_fraction).train | views::window(look_back); }
  auto test_windows() const { return split(scaled, train_fraction).test | views::window(look_back); }
};
// [/windows]

using Passengers = std::span<const float>;  // of some months
using Candidate = examples::Candidate<Passengers>;

/// Forecasts the value of `lag` months ago.
template <std::size_t lag> Run repeat_earlier_value(Passengers train, Passengers test, Seed) {
  const auto earlier_values = [](Passengers part) {
    const Passengers earlier = part.subspan(look_back - lag, part.size() - look_back);
    return std::vector<float>(earlier.begin(), earlier.end());
  };
  Run run{.train_forecasts = earlier_values(train), .test_forecasts = earlier_values(test)};
  for (std::size_t k = 0; k < test.size(); ++k) {
    run.repeated_forecasts.push_back(train[train.size() - lag + k % lag]);
  }
  examples::judge(run, train, test);
  return run;
}

struct Training {
  std::size_t epochs;
  std::size_t batch_size;
  Seed seed;
};

/// Trains a net on the scaled series, and judges it.
template <Model Net> Run train_on_series(const Airline& data, const Training& training) {
  // [fit]
  Net model{training.seed};
  const History history =
      fit(model, data.train_windows(), MeanSquaredError{}, Adam{.learning_rate = 1e-3},
          {.epochs = training.epochs, .batch_size = training.batch_size, .seed = training.seed, .verbose = false});
  // [/fit]

  // [evaluate]
  const auto in_passengers = [&](double value) {
    return static_cast<double>(data.whole_series_scaler.inverse_transform(static_cast<float>(value)));
  };
  const EvaluateOptions<float> options{.season = 12, .inverse_transform = in_passengers};
  const Evaluation on_train = evaluate(model, data.train_windows(), options);
  const Evaluation on_test = evaluate(model, data.test_windows(), options);
  // [/evaluate]

  // [repeated_predictions]
  const auto [train, test] = split(data.scaled, train_fraction);
  const std::vector<float> repeated = forecast(model, train.last(look_back), test.size());
  // [/repeated_predictions]

  const auto forecasts = [&](const auto& windows) {
    const auto predicted = model.predict(windows);
    return data.whole_series_scaler.inverse_transform(std::span(predicted.data(), predicted.size()));
  };
  return {.result = {.parameters = model.parameter_count(),
                     .seed = training.seed.value,
                     .train_mae = on_train.model.mae,
                     .test_mae = on_test.model.mae,
                     .seconds = history.seconds,
                     .losses = history.loss},
          .train_forecasts = forecasts(data.train_windows()),
          .test_forecasts = forecasts(data.test_windows()),
          .repeated_forecasts = data.whole_series_scaler.inverse_transform(repeated),
          .verdict = on_test.beats_persistence() && on_test.beats_seasonal_naive() ? "" : on_test.verdict()};
}

/// What a net on growth is given, and how it is trained.
struct GrowthSetting {
  std::size_t lag;     ///< growth over so many months
  std::size_t window;  ///< months in a window
  std::size_t epochs;
  double weight_decay;

  std::string text() const {
    std::ostringstream text;
    text << "window of " << window << ", " << epochs << " epochs, weight decay " << weight_decay;
    return text.str();
  }

  bool operator==(const GrowthSetting&) const = default;
};

/// Trains a net on growth, and judges it in passengers.
template <Model Net> Run train_on_growth(const GrowthSetting& setting, Passengers train, Passengers test, Seed seed) {
  // [log_differences]
  StandardScaler<float> scaler;  // fitted to the training part alone
  const std::vector<float> growth = scaler.fit_transform(log_difference(train, setting.lag));
  const auto windows = growth | views::window(setting.window);

  constexpr std::size_t batch_size = 10;
  const std::size_t batches = (windows.size() + batch_size - 1) / batch_size;
  const CosineDecay learning_rate{.initial_learning_rate = 2e-3, .decay_steps = setting.epochs * batches};
  const AdamW adam{
      .learning_rate = learning_rate, .weight_decay = setting.weight_decay, .exclude_from_weight_decay = {"bias"}};

  Net model{seed};
  const History history = fit(model, windows, MeanSquaredError{}, adam,
                              {.epochs = setting.epochs, .batch_size = batch_size, .seed = seed, .verbose = false});

  // Growth becomes passengers again: x[t] = x[t - lag] exp(growth[t]).
  const std::vector<float> repeated = inverse_log_difference(
      scaler.inverse_transform(forecast(model, std::span(growth).last(setting.window), test.size())),
      train.last(setting.lag));
  // [/log_differences]

  const auto forecasts = [&](Passengers part) {
    // Only the windows that end before the same months as those of the other nets.
    const std::vector<float> part_growth = scaler.transform(log_difference(part, setting.lag));
    const auto predicted = model.predict(part_growth | views::window(setting.window) |
                                         std::views::drop(look_back - setting.lag - setting.window));
    std::vector<float> values;
    for (std::size_t t = look_back; t < part.size(); ++t) {
      const float change = scaler.inverse_transform(predicted(t - look_back, 0));
      values.push_back(inverse_log_difference(change, part[t - setting.lag]));
    }
    return values;
  };
  Run run{.result = {.parameters = model.parameter_count(),
                     .seed = seed.value,
                     .seconds = history.seconds,
                     .losses = history.loss},
          .train_forecasts = forecasts(train),
          .test_forecasts = forecasts(test),
          .repeated_forecasts = {repeated.begin() + static_cast<std::ptrdiff_t>(setting.lag), repeated.end()}};
  examples::judge(run, train, test);
  return run;
}

/// One net on growth with each way to train it. `best` is the one that --select finds best.
template <Model Net>
void add_nets(std::vector<Candidate>& candidates, const std::string& name, const std::string& title,
              const std::vector<std::size_t>& windows, const GrowthSetting& best, const examples::Options& options) {
  for (const std::size_t window : windows) {
    for (const std::size_t epochs : {50u, 150u, 400u, 1000u}) {
      for (const double weight_decay : {0.0, 1.0, 3.0}) {
        GrowthSetting setting{best.lag, window, epochs, weight_decay};
        Candidate candidate{
            .name = name, .title = title, .run = {}, .setting = setting.text(), .is_default = setting == best};
        setting.epochs = options.epochs_or(epochs);
        candidate.run = [setting](Passengers train, Passengers test, Seed seed) {
          return train_on_growth<Net>(setting, train, test, seed);
        };
        candidate.can_be_chosen = name != "log_difference_linear";  // it is there to be compared with
        candidates.push_back(std::move(candidate));
      }
    }
  }
}

// [nets_on_growth]
using Linear = Sequential<float, Input<1, 13>, Flatten, Dense<1>>;
using GRU8Skip = Sequential<float, Input<1, 13>, Add<Branch<GRU<8>, Dense<1>>, Branch<Flatten, Dense<1>>>>;
template <std::size_t Units> using SimpleRNNDense = Sequential<float, Input<1>, SimpleRNN<Units>, Dense<1>>;

/// What is compared on the training part.
std::vector<Candidate> nets_on_growth(const examples::Options& options) {
  std::vector<Candidate> all;
  add_nets<Linear>(all, "log_difference_linear", "Growth over a month: Flatten, Dense(1)", {13},
                   {.lag = 1, .window = 13, .epochs = 1000, .weight_decay = 0}, options);
  add_nets<SimpleRNNDense<32>>(all, "log_difference_simple_rnn_32", "Growth over a month: SimpleRNN(32), Dense(1)",
                               {13, 19}, {.lag = 1, .window = 13, .epochs = 50, .weight_decay = 0}, options);
  add_nets<GRU8Skip>(all, "log_difference_gru_8_skip", "Growth over a month: GRU(8), Dense(1), and a linear skip", {13},
                     {.lag = 1, .window = 13, .epochs = 1000, .weight_decay = 1}, options);
  add_nets<SimpleRNNDense<4>>(all, "log_difference_12_simple_rnn_4", "Growth over a year: SimpleRNN(4), Dense(1)",
                              {2, 4, 8}, {.lag = 12, .window = 2, .epochs = 1000, .weight_decay = 1}, options);
  return all;
}
// [/nets_on_growth]

void draw(const Airline& data, const Run& run, const std::string& title, const std::filesystem::path& file) {
  // [plot]
  const auto [train, test] = split(data.passengers, train_fraction);
  const auto [train_months, test_months] = split(data.months, train_fraction);
  const std::string too_early = "too early for a window of " + std::to_string(look_back) + " months";
  examples::Plot(examples::with_error(title, run.result, 1), "month", "passengers (thousands)")
      .dates_as("%Y")
      .shade(too_early, train_months.front(), train_months[look_back])
      .shade(too_early, test_months.front(), test_months[look_back])
      .line("training part", examples::colour::black, train_months, train)
      .line("test part", examples::colour::blue, test_months, test)
      .line("one step ahead", examples::colour::vermilion, train_months.subspan(look_back), run.train_forecasts)
      .line("", examples::colour::vermilion, test_months.subspan(look_back), run.test_forecasts)
      .line("repeated predictions", examples::colour::green, test_months, run.repeated_forecasts,
            "lw 2 dashtype (8, 5)")
      .save(file);
  // [/plot]
}

examples::Report empty_report() {
  examples::Report report(
      "airline passengers, monthly, 1949-01 to 1960-12", "thousands of passengers",
      {{"training_part", "the first 70 % in time, 100 months; the rest is the test part"},
       {"windows", "20 months, the next one is the label; windows do not reach across the two parts"},
       {"scaling", "min-max to [0, 1] over the whole series, as in the tutorial, which is a leak"},
       {"scaling_of_log_differences", "to mean 0 and standard deviation 1, fitted to the training part"},
       {"optimizer",
        "Adam, learning rate 1e-3; log_difference_*: AdamW, cosine decay from 2e-3; loss: mean squared error"},
       {"validation",
        "val_mae: the mean error of the same model trained on the first 64, 76 and 88 months and judged on the 12 "
        "months after them"},
       {"choice",
        "epochs and weight decay of log_difference_* were chosen by the lowest val_mae over five seeds (--select); "
        "chosen is the recurrent net with the lowest val_mae over the seeds of this run; the test part is not "
        "looked at for it"},
       {"errors", "mean absolute errors one step ahead, in thousands of passengers, of the same months"}});
  report.plot_losses("losses.png", "mean squared error of scaled passengers",
                     {"perceptron", "simple_rnn_1", "simple_rnn_5_dense", "simple_rnn_5_dense_scrambled"});
  report.plot_losses("losses_of_growth.png", "mean squared error of scaled growth",
                     {"log_difference_linear", "log_difference_simple_rnn_32", "log_difference_gru_8_skip",
                      "log_difference_12_simple_rnn_4"});
  return report;
}

// [scramble]
/// One fixed random order of the 20 months, for training and test alike.
constexpr std::array<std::size_t, look_back> order{13, 2,  17, 8, 0,  19, 5, 11, 15, 3,
                                                   9,  18, 6,  1, 14, 10, 4, 16, 12, 7};

using ScrambledPerceptron = Sequential<float, Input<1, look_back>, examples::Scramble<order>, Flatten, Dense<1>>;
using ScrambledSimpleRNN5Dense =
    Sequential<float, Input<1, look_back>, examples::Scramble<order>, SimpleRNN<5>, Dense<1, Sigmoid>>;
// [/scramble]

}  // namespace

int main(int argc, char** argv) try {
  const examples::CommandLine command_line{
      .example = "airline",
      .description = "Forecasts the number of airline passengers with the nets of a Keras tutorial, and better ones.",
      .data_file = "airline_passengers.csv",
      .seeds = 10,
      .compares_models = true};
  const examples::Options options = command_line.parse(argc, argv);

  const Airline data{.file = options.data};
  if (data.test_windows().empty()) throw DataError(options.data + ": the test part is shorter than a window");

  // [select]
  const Split<Passengers> parts = split(data.passengers, train_fraction);
  const auto folds = examples::rolling_origin(parts.train, 3, 12, look_back);
  const auto candidates = nets_on_growth(options);
  if (options.select) {
    examples::select(candidates, folds, options);
    return 0;
  }
  // [/select]

  examples::Study<Passengers> study(parts, folds, options, empty_report(),
                                    [&](const Run& run, const std::string& name, const std::string& title) {
                                      draw(data, run, title, options.out / (name + ".png"));
                                    });
  study.add({.name = "persistence", .title = "Repeating the last value", .run = repeat_earlier_value<1>});
  study.add({.name = "seasonal_naive", .title = "Repeating the value of a year ago", .run = repeat_earlier_value<12>});

  // [perceptron]
  using Perceptron = Sequential<float, Input<1, look_back>, Flatten, Dense<1>>;
  study.add("perceptron", "Perceptron: Flatten, Dense(1)", [&](Seed seed) {
    return train_on_series<Perceptron>(data, {.epochs = options.epochs_or(1000), .batch_size = 10, .seed = seed});
  });
  // [/perceptron]

  // [simple_rnn_1]
  using SimpleRNN1 = Sequential<float, Input<1, look_back>, SimpleRNN<1>>;
  study.add("simple_rnn_1", "SimpleRNN(1)", [&](Seed seed) {
    return train_on_series<SimpleRNN1>(data, {.epochs = options.epochs_or(300), .batch_size = 1, .seed = seed});
  });
  // [/simple_rnn_1]

  // [simple_rnn_5_dense]
  using SimpleRNN5Dense = Sequential<float, Input<1, look_back>, SimpleRNN<5>, Dense<1, Sigmoid>>;
  study.add("simple_rnn_5_dense", "SimpleRNN(5), Dense(1, sigmoid)", [&](Seed seed) {
    return train_on_series<SimpleRNN5Dense>(data, {.epochs = options.epochs_or(300), .batch_size = 1, .seed = seed});
  });
  // [/simple_rnn_5_dense]

  study.add("perceptron_scrambled", "Perceptron, inputs scrambled", [&](Seed seed) {
    return train_on_series<ScrambledPerceptron>(data,
                                                {.epochs = options.epochs_or(1000), .batch_size = 10, .seed = seed});
  });
  study.add("simple_rnn_5_dense_scrambled", "SimpleRNN(5), Dense(1, sigmoid), inputs scrambled", [&](Seed seed) {
    return train_on_series<ScrambledSimpleRNN5Dense>(data,
                                                     {.epochs = options.epochs_or(300), .batch_size = 1, .seed = seed});
  });

  for (const Candidate& candidate : candidates) {
    if (candidate.is_default) study.add(candidate);
  }

  std::cout << "\nThe tutorial's net:\n\n" << SimpleRNN5Dense{}.summary();
  study.finish();
} catch (const std::exception& error) {
  std::cerr << "airline: " << error.what() << '\n';
  return 1;
}
