// Airline passengers, 1949 to 1960: the path of a Keras tutorial on recurrent nets, and a step beyond it.
//
// Forecasts that need no model come first, so that the nets have something to beat. Then the tutorial's nets:
// a perceptron, SimpleRNN(1), SimpleRNN(5) with a Dense layer, and two of them with their inputs scrambled.
// They are given the series itself. The last two nets are given its growth, and that makes the difference.

#include <rnnts/rnnts.hpp>
#include <rnnts/series/dates.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/report.hpp"
#include "support/scramble.hpp"

using namespace rnnts;

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

/// What comes of one way to forecast. Forecasts are in thousands of passengers.
struct Run {
  examples::Result result{};
  std::vector<float> train_forecasts{}, test_forecasts{};  // one step ahead, from true windows
  std::vector<float> repeated_forecasts{};                 // for the whole test part, each fed back as input
  std::optional<Evaluation> on_test{};                     // compares a model with forecasts that need none
};

/// The mean absolute errors of forecasts one step ahead.
void judge(Run& run, const Airline& data) {
  const auto [train, test] = split(data.passengers, train_fraction);
  run.result.train_mae = mean_absolute_error(train.subspan(look_back), run.train_forecasts);
  run.result.test_mae = mean_absolute_error(test.subspan(look_back), run.test_forecasts);
}

/// Forecasts the value of `lag` months ago.
Run repeat_earlier_value(const Airline& data, std::size_t lag) {
  const auto [train, test] = split(data.passengers, train_fraction);
  const auto earlier_values = [lag](std::span<const float> part) {
    const auto earlier = part.subspan(look_back - lag, part.size() - look_back);
    return std::vector<float>(earlier.begin(), earlier.end());
  };
  Run run{.train_forecasts = earlier_values(train), .test_forecasts = earlier_values(test)};
  for (std::size_t k = 0; k < test.size(); ++k) {
    run.repeated_forecasts.push_back(train[train.size() - lag + k % lag]);
  }
  judge(run, data);
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
          .on_test = on_test};
}

/// Trains SimpleRNN(Units) and Dense(1) on the growth over `lag` months, and judges it in passengers.
template <std::size_t Units>
Run train_on_growth(const Airline& data, std::size_t lag, std::size_t growth_look_back, const Training& training) {
  const auto [train, test] = split(data.passengers, train_fraction);

  // [log_differences]
  StandardScaler<float> scaler;  // fitted to the training part alone
  const std::vector<float> growth = scaler.fit_transform(log_difference(train, lag));

  Sequential<float, Input<1>, SimpleRNN<Units>, Dense<1>> model{training.seed};
  const History history =
      fit(model, growth | views::window(growth_look_back), MeanSquaredError{}, Adam{},
          {.epochs = training.epochs, .batch_size = training.batch_size, .seed = training.seed, .verbose = false});

  // Growth becomes passengers again: x[t] = x[t - lag] exp(growth[t]).
  const std::vector<float> repeated = inverse_log_difference(
      scaler.inverse_transform(forecast(model, std::span(growth).last(growth_look_back), test.size())),
      train.last(lag));
  // [/log_differences]

  const auto forecasts = [&](std::span<const float> part) {
    // Only the windows that end before the same months as those of the other nets.
    const std::vector<float> part_growth = scaler.transform(log_difference(part, lag));
    const auto predicted = model.predict(part_growth | views::window(growth_look_back) |
                                         std::views::drop(look_back - lag - growth_look_back));
    std::vector<float> values;
    for (std::size_t t = look_back; t < part.size(); ++t) {
      const float change = scaler.inverse_transform(predicted(t - look_back, 0));
      values.push_back(inverse_log_difference(change, part[t - lag]));
    }
    return values;
  };
  Run run{.result = {.parameters = model.parameter_count(),
                     .seed = training.seed.value,
                     .seconds = history.seconds,
                     .losses = history.loss},
          .train_forecasts = forecasts(train),
          .test_forecasts = forecasts(test),
          .repeated_forecasts = {repeated.begin() + static_cast<std::ptrdiff_t>(lag), repeated.end()}};
  judge(run, data);
  // evaluate() compares in one unit throughout, and growth cannot be turned into passengers value by value.
  Evaluation on_test{};
  on_test.model.mae = run.result.test_mae;
  on_test.persistence.mae = repeat_earlier_value(data, 1).result.test_mae;
  on_test.seasonal_naive.emplace().mae = repeat_earlier_value(data, 12).result.test_mae;
  run.on_test = on_test;
  return run;
}

void draw(const Airline& data, const Run& run, const std::string& title, const std::filesystem::path& file) {
  // [plot]
  const auto [train, test] = split(data.passengers, train_fraction);
  const auto [train_months, test_months] = split(data.months, train_fraction);
  examples::Plot(title, "month", "passengers (thousands)")
      .dates_as("%Y")
      .line("training part", examples::colour::black, train_months, train)
      .line("test part", examples::colour::blue, test_months, test)
      .line("one step ahead", examples::colour::vermilion, train_months.subspan(look_back), run.train_forecasts)
      .line("", examples::colour::vermilion, test_months.subspan(look_back), run.test_forecasts)
      .line("repeated predictions", examples::colour::green, test_months, run.repeated_forecasts,
            "lw 2 dashtype (8, 5)")
      .save(file);
  // [/plot]
}

/// Runs one model after the other and collects what they give.
class Study {
 public:
  using Train = std::function<Run(Seed)>;

  Study(const Airline& data, const examples::Options& options, std::size_t seeds)
      : data_(data), options_(options), seeds_(seeds) {}

  /// A forecast that needs no training.
  void add(const std::string& name, const std::string& title, Run run) {
    run.result.name = name;
    draw(data_, run, title, options_.out / (name + ".png"));
    if (run.on_test && !(run.on_test->beats_persistence() && run.on_test->beats_seasonal_naive())) {
      verdicts_ += name + "\n  " + run.on_test->verdict() + "\n";
    }
    report_.add(std::move(run.result));
  }

  /// A model, trained once for the table and the plot, and with further seeds to see how much is luck.
  void add(const std::string& name, const std::string& title, const Train& train) {
    std::cerr << "training " << name << '\n';
    std::vector<double> errors;
    for (std::size_t k = 0; k < seeds_; ++k) {
      Run run = train(seed(options_.seed + k));
      errors.push_back(run.result.test_mae);
      if (k == 0) add(name, title, std::move(run));
    }
    std::ranges::sort(errors);
    spreads_.push_back({name, errors.front(), (errors[(seeds_ - 1) / 2] + errors[seeds_ / 2]) / 2, errors.back()});
  }

  void finish() {
    report_.print_table();
    if (!verdicts_.empty()) std::cout << "\nWhere a model loses to a forecast that needs none:\n\n" << verdicts_;
    if (seeds_ > 1) print_spreads();
    report_.write(options_.out);
  }

 private:
  struct Spread {
    std::string name;
    double lowest, median, highest;
  };

  void print_spreads() {
    std::cout << "\nThe same with " << seeds_ << " seeds, test MAE\n\n"
              << std::left << std::setw(32) << "model" << std::right << "  lowest  median  highest\n"
              << std::string(57, '-') << '\n'
              << std::fixed << std::setprecision(1);
    auto json = examples::Report::Json::object();
    for (const auto& [name, lowest, median, highest] : spreads_) {
      std::cout << std::left << std::setw(32) << name << std::right << std::setw(8) << lowest << std::setw(8) << median
                << std::setw(9) << highest << '\n';
      json[name] = {{"seeds", seeds_}, {"lowest", lowest}, {"median", median}, {"highest", highest}};
    }
    report_.add("test_mae_over_seeds", json);
  }

  const Airline& data_;
  const examples::Options& options_;
  std::size_t seeds_;
  std::string verdicts_;
  std::vector<Spread> spreads_;
  examples::Report report_{
      "airline passengers, monthly, 1949-01 to 1960-12",
      "thousands of passengers",
      {{"training_part", "the first 70 % in time; the rest is the test part"},
       {"windows", "20 months, the next one is the label; windows do not reach across the two parts"},
       {"scaling", "min-max to [0, 1] over the whole series, as in the tutorial, which is a leak"},
       {"scaling_of_log_differences", "to mean 0 and standard deviation 1, fitted to the training part"},
       {"optimizer", "Adam, learning rate 1e-3; loss: mean squared error"},
       {"errors", "mean absolute errors one step ahead, in thousands of passengers, of the same months"}}};
};

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
  CLI::App app("Forecasts the number of airline passengers with the nets of a Keras tutorial, and better ones.");
  examples::Options options(app, "airline", "airline_passengers.csv");
  std::size_t seeds = 10;
  app.add_option("--seeds", seeds, "Number of seeds that each net is trained with, --seed being the first")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::filesystem::create_directories(options.out);

  const Airline data{.file = options.data};
  if (data.test_windows().empty()) throw DataError(options.data + ": the test part is shorter than a window");
  Study study(data, options, seeds);

  study.add("persistence", "Repeating the last value", repeat_earlier_value(data, 1));
  study.add("seasonal_naive", "Repeating the value of a year ago", repeat_earlier_value(data, 12));

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

  // Units, look_back and epochs come from trials that left out the last two years of the training part: these nets were
  // close to the best ones in those two years. The test errors were in view, so take them as a little too good.
  study.add("log_difference_simple_rnn_32", "Growth over a month: SimpleRNN(32), Dense(1)", [&](Seed seed) {
    return train_on_growth<32>(data, 1, 13, {.epochs = options.epochs_or(70), .batch_size = 10, .seed = seed});
  });
  study.add("log_difference_12_simple_rnn_4", "Growth over a year: SimpleRNN(4), Dense(1)", [&](Seed seed) {
    return train_on_growth<4>(data, 12, 2, {.epochs = options.epochs_or(100), .batch_size = 10, .seed = seed});
  });

  std::cout << "\nThe tutorial's net:\n\n" << SimpleRNN5Dense{}.summary();
  study.finish();
} catch (const std::exception& error) {
  std::cerr << "airline: " << error.what() << '\n';
  return 1;
}
