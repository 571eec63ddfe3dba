// A day ahead, hour by hour: four ways to make 24 forecasts out of one window.
//
// An encoder reads the last two days and hands its state to a decoder, which makes a sequence of 24 out of it; a Dense
// layer makes the 24 numbers at once; a net that knows the next hour only is asked 24 times, each forecast fed back;
// and what needs no net: the same hour of yesterday, of a week ago, and the mean of the last four weeks. All of them
// are given the hours of the test part that they start at, and are compared hour by hour.

#include <rnnts/rnnts.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <numbers>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/report.hpp"
#include "support/table.hpp"

using namespace rnnts;

namespace {

constexpr std::size_t day = 24, week = 168;          // hours
constexpr std::size_t hours = 26 * week;             // of the series
constexpr std::size_t train_hours = hours * 7 / 10;  // the last fifth of them is for validation
constexpr std::size_t look_back = 48;
constexpr std::size_t horizon = 24;

// [series]
/// A load in megawatts, hour by hour from the start of a Monday:
///
///     50 + a[d] (15 sin(2 pi (h - 8) / 24) + 6 sin(4 pi (h - 5) / 24)) + b[d] + r[t]
///
/// with the hour h of the day and the day d of the week: a = 1 and b = 0 on working days, a = 0.6 and b = -8 on
/// Saturday, a = 0.5 and b = -12 on Sunday. r is an autoregressive process: r[t] = 0.95 r[t-1] + 1.5 n[t], n standard
/// normal.
std::vector<double> make_load(Seed seed) {
  constexpr std::array swing{1.0, 1.0, 1.0, 1.0, 1.0, 0.6, 0.5};
  constexpr std::array shift{0.0, 0.0, 0.0, 0.0, 0.0, -8.0, -12.0};
  Random random(seed);
  std::vector<double> load;
  double rest = 0;
  for (std::size_t t = 0; t < hours; ++t) {
    const double h = static_cast<double>(t % day);
    const std::size_t d = t / day % 7;
    const double of_day =
        15 * std::sin(2 * std::numbers::pi * (h - 8) / 24) + 6 * std::sin(4 * std::numbers::pi * (h - 5) / 24);
    rest = 0.95 * rest + 1.5 * random.normal();
    load.push_back(50 + swing[d] * of_day + shift[d] + rest);
  }
  return load;
}
// [/series]

/// Forecasts for 24 hours, from the hours before the first of them.
using Path = std::array<double, horizon>;

/// Hours of [first, last) that forecasts start at.
struct Hours {
  std::size_t first, last, every = 1;

  std::size_t size() const { return (last - first + every - 1) / every; }
  std::size_t operator[](std::size_t k) const { return first + k * every; }
};
constexpr Hours train_part{4 * week, train_hours - horizon + 1, 11};  // comes to all hours of the week
constexpr Hours test_part{train_hours, hours - horizon + 1};

/// The mean absolute error of each of the 24 hours ahead.
Path errors_by_hour(const std::vector<double>& load, Hours part, const std::vector<Path>& paths) {
  Path errors{};
  for (std::size_t k = 0; k < part.size(); ++k) {
    for (std::size_t h = 0; h < horizon; ++h) {
      errors[h] += std::abs(load[part[k] + h] - paths[k][h]) / static_cast<double>(part.size());
    }
  }
  return errors;
}

double mean(const Path& errors) { return std::reduce(errors.begin(), errors.end()) / static_cast<double>(horizon); }

/// What comes of one way to forecast.
struct Run {
  examples::Result result{};
  Path errors{};             // in the test part
  std::vector<Path> test{};  // forecasts
};

using Forecast = std::function<std::vector<Path>(Hours)>;

Run judge(const std::vector<double>& load, examples::Result result, const Forecast& forecast) {
  Run run{.result = std::move(result), .test = forecast(test_part)};
  run.errors = errors_by_hour(load, test_part, run.test);
  run.result.train_mae = mean(errors_by_hour(load, train_part, forecast(train_part)));
  run.result.test_mae = mean(run.errors);
  run.result.scores = {{"1_hour", run.errors.front()}, {"24_hours", run.errors.back()}};
  return run;
}

/// The mean of the values of `lag`, 2 `lag`, …, `count` `lag` hours before.
Run repeat_earlier_values(const std::vector<double>& load, const std::string& name, std::size_t lag,
                          std::size_t count) {
  return judge(load, {.name = name}, [&](Hours part) {
    std::vector<Path> paths(part.size());
    for (std::size_t k = 0; k < part.size(); ++k) {
      for (std::size_t h = 0; h < horizon; ++h) {
        double sum = 0;
        for (std::size_t n = 1; n <= count; ++n) sum += load[part[k] + h - n * lag];
        paths[k][h] = sum / static_cast<double>(count);
      }
    }
    return paths;
  });
}

// [rows]
/// What a net is told of one hour: the load, scaled, and the hours of the day and of the week as points on circles.
using Row = std::array<float, 5>;

struct ScaledRows {
  StandardScaler<double> scaler;
  std::vector<Row> rows;

  explicit ScaledRows(const std::vector<double>& load)
      : scaler(StandardScaler<double>().fit(std::span(load).first(train_hours))) {
    for (std::size_t t = 0; t < hours; ++t) rows.push_back(row(static_cast<float>(scaler.transform(load[t])), t));
  }

  static Row row(float scaled, std::size_t t) {
    const auto angle = [t](std::size_t period) {
      return 2 * std::numbers::pi * static_cast<double>(t % period) / static_cast<double>(period);
    };
    const auto number = [](double value) { return static_cast<float>(value); };
    return {scaled, number(std::sin(angle(day))), number(std::cos(angle(day))), number(std::sin(angle(week))),
            number(std::cos(angle(week)))};
  }

  /// The two days before each hour of a part; the label is that hour and the `ahead - 1` hours after it.
  auto windows(Hours part, std::size_t ahead) const {
    return std::span(rows).subspan(part.first - look_back, look_back + part.last - part.first + ahead - 1) |
           views::window(look_back, LabelColumn{0}, ahead, part.every);
  }

  double in_megawatts(float scaled) const { return scaler.inverse_transform(static_cast<double>(scaled)); }
};
// [/rows]

/// Trains a net for `ahead` hours; what is not trained with of the training part decides how long.
template <Model Net>
History train(Net& model, const ScaledRows& rows, std::size_t ahead, std::size_t epochs, Seed seed) {
  // [fit]
  const std::size_t validation_start = train_hours * 4 / 5;
  const Hours fitted{look_back, validation_start - horizon + 1}, validation{validation_start, train_part.last};
  return fit(model, rows.windows(fitted, ahead), MeanAbsoluteError{}, Adam{.learning_rate = 3e-3},
             {.epochs = epochs,
              .batch_size = 32,
              .seed = seed,
              .validation = rows.windows(validation, ahead),
              .callbacks = {EarlyStopping{.patience = 5}, ReduceLROnPlateau{.factor = 0.3, .patience = 2}},
              .verbose = false});
  // [/fit]
}

examples::Result result_of(const auto& model, const History& history, const std::string& name, Seed seed) {
  return {.name = name,
          .parameters = model.parameter_count(),
          .seed = seed.value,
          .seconds = history.seconds,
          .losses = history.loss,
          .val_losses = history.val_loss};
}

/// The 24 numbers of each window: the model's output, whether it is a vector or a sequence.
template <Model Net> std::vector<Path> all_at_once(const Net& model, const ScaledRows& rows, Hours part) {
  const auto predicted = model.predict(rows.windows(part, horizon));
  std::vector<Path> paths(part.size());
  auto next = predicted.begin();
  for (Path& path : paths) {
    for (double& value : path) value = rows.in_megawatts(*next++);
  }
  return paths;
}

// [nets]
constexpr GRUOptions every_step{.return_sequences = true};

using EncoderDecoder =
    Sequential<float, Input<5>, GRU<16>, RepeatVector<horizon>, GRU<16, Tanh, Sigmoid, every_step>, Dense<1>>;
using EncoderDense = Sequential<float, Input<5>, GRU<16>, Dense<horizon>>;
using Perceptron = Sequential<float, Input<5, look_back>, Flatten, Dense<horizon>>;
using OneStep = Sequential<float, Input<5>, GRU<16>, Dense<1>>;
// [/nets]

template <Model Net>
Run train_all_at_once(const std::vector<double>& load, const ScaledRows& rows, const std::string& name,
                      std::size_t epochs, Seed seed) {
  Net model{seed};
  const History history = train(model, rows, horizon, epochs, seed);
  return judge(load, result_of(model, history, name, seed), [&](Hours part) { return all_at_once(model, rows, part); });
}

Run train_one_step(const std::vector<double>& load, const ScaledRows& rows, std::size_t epochs, Seed seed) {
  OneStep model{seed};
  const History history = train(model, rows, 1, epochs, seed);
  return judge(load, result_of(model, history, "gru_16_repeated", seed), [&](Hours part) {
    std::vector<Path> paths;
    for (std::size_t k = 0; k < part.size(); ++k) {
      const std::size_t first = part[k];
      // [repeated_predictions]
      // The load of the next row is a forecast, its place in the day and in the week is known.
      const auto next_row = [&](std::span<const float, 1> load_ahead, std::size_t h) {
        return ScaledRows::row(load_ahead[0], first + h);
      };
      const auto window = std::span(rows.rows).subspan(first - look_back, look_back);
      const std::vector<float> repeated = forecast(model, window, horizon, next_row);
      // [/repeated_predictions]
      std::ranges::transform(repeated, paths.emplace_back().begin(),
                             [&](float value) { return rows.in_megawatts(value); });
    }
    return paths;
  });
}

/// Collects what the forecasts give, and draws the first run of each.
class Study {
 public:
  Study(const std::vector<double>& load, const examples::Options& options)
      : options_(options), true_values_(load.begin() + shown_from, load.begin() + shown_from + horizon) {
    report_.plot_losses("losses.png", "mean absolute error of the scaled load, 24 hours ahead",
                        {"perceptron", "encoder_dense_24", "encoder_decoder"});
    day_.line("true values", examples::colour::black, ahead(), true_values_, "lw 3");
  }

  void add(const std::string& label, const char* colour, const Run& run, const char* style) {
    const Path& forecast = run.test[shown_from - test_part.first];
    const auto with_error = [&](double error) { return label + ", " + examples::with_digits(error, 1); };
    errors_.line(with_error(run.result.test_mae), colour, ahead(), run.errors, style);
    day_.line(with_error(mean_absolute_error(true_values_, forecast)), colour, ahead(), forecast, style);
    report_.add(run.result);
  }

  void add(const std::string& label, const char* colour, const std::function<Run(Seed)>& train) {
    for (std::size_t k = 0; k < options_.seeds; ++k) {
      std::cerr << "training " << label << ", seed " << options_.seed + k << '\n';
      const Run run = train(seed(options_.seed + k));
      if (k == 0) {
        add(label, colour, run, "lw 3");
      } else {
        report_.add(run.result);
      }
    }
  }

  void finish() {
    errors_.save(options_.out / "errors_by_hour.png");
    day_.save(options_.out / "one_day.png");
    report_.print_table("mean of 24 hours ahead, and of the first and the last of them");
    report_.print_verdicts();
    report_.write(options_.out);
  }

 private:
  static constexpr std::ptrdiff_t shown_from = train_hours + 5 * day;

  /// What is shown, in words: the series starts with a Monday, at 0:00.
  static std::string shown_day() {
    constexpr std::array names{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    return std::string(names[shown_from / day % 7]) + " of week " + std::to_string(shown_from / week + 1) + ", " +
           std::to_string(shown_from % day) + ":00";
  }

  static std::array<std::size_t, horizon> ahead() {
    std::array<std::size_t, horizon> numbers{};
    std::iota(numbers.begin(), numbers.end(), std::size_t{1});
    return numbers;
  }

  const examples::Options& options_;
  std::vector<double> true_values_;
  examples::Plot errors_{"Errors by hour ahead, and their means (MW); nets with seed " + std::to_string(options_.seed),
                         "hours ahead", "mean absolute error in the test part (MW)"};
  examples::Plot day_{"24 hours of the test part from " + shown_day() + " on, and errors of these; nets with seed " +
                          std::to_string(options_.seed),
                      "hours ahead", "load (MW)"};
  examples::Report report_{
      "a load, hourly, 26 weeks made by a formula",
      "megawatts",
      {{"training_part", "the first 70 % in time; the rest is the test part"},
       {"windows", "48 hours with the hours of the day and of the week; the next 24 hours are the label"},
       {"scaling", "to mean 0 and standard deviation 1 in the training part"},
       {"optimizer", "Adam, learning rate 3e-3 and less on plateaus, batches of 32; loss: mean absolute error"},
       {"choices", "the weights of the epoch with the lowest loss in the last fifth of the training part"},
       {"errors",
        "mean absolute errors of 24 hours ahead, in the training part from every 11th hour on; 1_hour and 24_hours: of "
        "the first and the last of them"}}};
};

}  // namespace

int main(int argc, char** argv) try {
  const examples::CommandLine command_line{
      .example = "encoder_decoder",
      .description = "Forecasts a load for the next 24 hours by an encoder and a decoder, and by simpler means.",
      .seeds = 2,
      .makes_series = true};
  const examples::Options options = command_line.parse(argc, argv);

  const std::vector<double> load = make_load(seed(options.series_seed));
  const ScaledRows rows(load);
  const std::size_t epochs = options.epochs_or(25);

  Study study(load, options);
  study.add("24 hours ago", examples::colour::grey, repeat_earlier_values(load, "seasonal_naive_24", day, 1), "lw 2");
  study.add("a week ago", examples::colour::grey, repeat_earlier_values(load, "seasonal_naive_168", week, 1),
            "lw 2 dt 2");
  study.add("mean of four weeks", examples::colour::grey, repeat_earlier_values(load, "mean_of_4_weeks", week, 4),
            "lw 2 dt 3");
  study.add("repeated one-step forecasts", examples::colour::green,
            [&](Seed seed) { return train_one_step(load, rows, epochs, seed); });
  study.add("perceptron", examples::colour::orange,
            [&](Seed seed) { return train_all_at_once<Perceptron>(load, rows, "perceptron", epochs, seed); });
  study.add("encoder, Dense(24)", examples::colour::blue,
            [&](Seed seed) { return train_all_at_once<EncoderDense>(load, rows, "encoder_dense_24", epochs, seed); });
  study.add("encoder and decoder", examples::colour::vermilion,
            [&](Seed seed) { return train_all_at_once<EncoderDecoder>(load, rows, "encoder_decoder", epochs, seed); });
  study.finish();
} catch (const std::exception& error) {
  std::cerr << "encoder_decoder: " << error.what() << '\n';
  return 1;
}
