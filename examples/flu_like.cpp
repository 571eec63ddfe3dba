// An illness with a season and with outbreaks, week by week: forecasts four weeks ahead, with the range to expect.
//
// The series is made by a formula. When an outbreak comes and how high it rises is chance, so that one number is a poor
// forecast. A net that is trained with the pinball loss says which number will be exceeded in one case out of ten,
// which in every second, and which in nine out of ten: a median with a band. A band is good if it is narrow and eight
// true values out of ten lie in it; the pinball loss measures both.

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
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/report.hpp"

using namespace rnnts;

namespace {

constexpr double year = 52.1775;           // weeks
constexpr std::size_t weeks = 1560;        // of the series, about 30 years
constexpr std::size_t train_weeks = 1092;  // the first 70 %; the last fifth of them is for validation
constexpr std::size_t season = 52;
constexpr std::size_t look_back = 8;
constexpr std::size_t horizon = 4;
constexpr std::array quantiles{0.1, 0.5, 0.9};

// [series]
/// Cases per 100 000 in week w:
///
///     (10 + 6 cos(2 pi (w - 2) / year) + sum over winters k of h[k] sech²((w - p[k]) / d[k])) exp(0.1 n[w])
///
/// A season as a cosine is what Serfling (1963) fits to influenza; sech² is the first approximation to an epidemic's
/// curve in Kermack and McKendrick (1927). Each winter's outbreak has a height h = 60 exp(0.5 n), a peak at
/// p = year k + 4 + 4 n, and a duration d between 2 and 4, uniformly; n are standard normal.
std::vector<double> make_cases(Seed seed) {
  struct Outbreak {
    double height, peak, duration;
  };
  Random random(seed);
  std::vector<Outbreak> outbreaks;
  for (double winter = 0; winter * year < static_cast<double>(weeks + 26); ++winter) {
    const double height = 60 * std::exp(0.5 * random.normal());
    const double peak = year * winter + 4 + 4 * random.normal();
    outbreaks.push_back({height, peak, random.uniform(2, 4)});
  }
  std::vector<double> cases;
  for (std::size_t week = 0; week < weeks; ++week) {
    const double w = static_cast<double>(week);
    double expected = 10 + 6 * std::cos(2 * std::numbers::pi * (w - 2) / year);
    for (const auto& [height, peak, duration] : outbreaks) {
      expected += height / std::pow(std::cosh((w - peak) / duration), 2);
    }
    cases.push_back(expected * std::exp(0.1 * random.normal()));
  }
  return cases;
}
// [/series]

/// Forecasts from the weeks before week `first`, for `first` and the weeks after it: for each of the `horizon` weeks
/// the logarithm of the cases.
using Path = std::array<double, horizon>;
/// The same with the three quantiles of each week.
using Band = std::array<std::array<double, quantiles.size()>, horizon>;

/// Weeks [first, last) that forecasts start at.
struct Weeks {
  std::size_t first, last;

  std::size_t size() const { return last - first; }
};
constexpr Weeks train_part{season, train_weeks - horizon + 1}, test_part{train_weeks, weeks - horizon + 1};

struct Series {
  std::vector<double> cases, logs;
};

/// What comes of one way to forecast.
struct Run {
  examples::Result result{};
  std::vector<Band> test{};
};

struct Scores {
  double mae = 0, pinball = 0, coverage = 0;
};

/// In cases: of the median, of all three quantiles, and the share of true values between the outer two. A quantile of
/// the logarithm is the logarithm of the quantile, so that the band can simply be taken back by exp.
Scores score(const Series& series, Weeks part, const std::vector<Band>& bands) {
  Scores sum;
  for (std::size_t k = 0; k < part.size(); ++k) {
    for (std::size_t h = 0; h < horizon; ++h) {
      const double truth = series.cases[part.first + k + h];
      const auto& band = bands[k][h];
      sum.mae += std::abs(truth - std::exp(band[1]));
      for (std::size_t q = 0; q < quantiles.size(); ++q) {
        sum.pinball += Pinball{quantiles[q]}.value(truth, std::exp(band[q])) / static_cast<double>(quantiles.size());
      }
      sum.coverage += std::exp(band.front()) <= truth && truth <= std::exp(band.back()) ? 1 : 0;
    }
  }
  const double count = static_cast<double>(part.size() * horizon);
  return {.mae = sum.mae / count, .pinball = sum.pinball / count, .coverage = sum.coverage / count};
}

Run judge(const Series& series, examples::Result result, const std::function<std::vector<Band>(Weeks)>& forecast) {
  Run run{.result = std::move(result), .test = forecast(test_part)};
  const Scores on_test = score(series, test_part, run.test);
  run.result.train_mae = score(series, train_part, forecast(train_part)).mae;
  run.result.test_mae = on_test.mae;
  run.result.scores = {{"test_pinball", on_test.pinball}, {"test_coverage", on_test.coverage}};
  return run;
}

/// The value that a share q of the values does not exceed.
double quantile(std::vector<double> values, double q) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

// [band_of_errors]
/// Makes bands of forecasts that are one number each: the 10 % and the 90 % quantile of their errors in the training
/// part, for each of the four weeks on its own.
std::vector<Band> with_band(const Series& series, const std::function<std::vector<Path>(Weeks)>& forecast, Weeks part) {
  const std::vector<Path> train_paths = forecast(train_part);
  std::array<std::array<double, 2>, horizon> errors{};
  for (std::size_t h = 0; h < horizon; ++h) {
    std::vector<double> errors_of_week;
    for (std::size_t k = 0; k < train_paths.size(); ++k) {
      errors_of_week.push_back(series.logs[train_part.first + k + h] - train_paths[k][h]);
    }
    errors[h] = {quantile(errors_of_week, quantiles.front()), quantile(errors_of_week, quantiles.back())};
  }
  std::vector<Band> bands;
  for (const Path& path : forecast(part)) {
    Band& band = bands.emplace_back();
    for (std::size_t h = 0; h < horizon; ++h) band[h] = {path[h] + errors[h][0], path[h], path[h] + errors[h][1]};
  }
  return bands;
}
// [/band_of_errors]

/// The last value for all four weeks, or the values of a year ago.
Run repeat_earlier_value(const Series& series, const std::string& name, bool of_a_year_ago) {
  const auto paths = [&](Weeks part) {
    std::vector<Path> result;
    for (std::size_t first = part.first; first < part.last; ++first) {
      Path& path = result.emplace_back();
      for (std::size_t h = 0; h < horizon; ++h) path[h] = series.logs[of_a_year_ago ? first + h - season : first - 1];
    }
    return result;
  };
  return judge(series, {.name = name}, [&](Weeks part) { return with_band(series, paths, part); });
}

/// The quantiles of the same weeks of the year in the training part, and of the two weeks before and after.
Run climatology(const Series& series) {
  const auto week_of_year = [](std::size_t week) { return std::fmod(static_cast<double>(week), year); };
  const auto of_week = [&](std::size_t week) {
    std::vector<double> values;
    for (std::size_t other = 0; other < train_weeks; ++other) {
      const double apart = std::abs(week_of_year(week) - week_of_year(other));
      if (std::min(apart, year - apart) <= 2.5) values.push_back(series.logs[other]);
    }
    std::array<double, quantiles.size()> result{};
    std::ranges::transform(quantiles, result.begin(), [&](double q) { return quantile(values, q); });
    return result;
  };
  return judge(series, {.name = "climatology"}, [&](Weeks part) {
    std::vector<Band> bands;
    for (std::size_t first = part.first; first < part.last; ++first) {
      Band& band = bands.emplace_back();
      for (std::size_t h = 0; h < horizon; ++h) band[h] = of_week(first + h);
    }
    return bands;
  });
}

// [rows]
/// What a net is told of one week: the logarithm of the cases, scaled, and the time of the year as a point on a circle.
using Row = std::array<float, 3>;

struct ScaledRows {
  StandardScaler<double> scaler;
  std::vector<Row> rows;

  explicit ScaledRows(const Series& series)
      : scaler(StandardScaler<double>().fit(std::span(series.logs).first(train_weeks))) {
    for (std::size_t week = 0; week < weeks; ++week) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(week) / year;
      rows.push_back({static_cast<float>(scaler.transform(series.logs[week])), static_cast<float>(std::sin(angle)),
                      static_cast<float>(std::cos(angle))});
    }
  }

  /// Windows of the weeks before each week of a part, with the scaled logarithms of four weeks as the label.
  auto windows(Weeks part) const {
    return std::span(rows).subspan(part.first - look_back, look_back + part.size() + horizon - 1) |
           views::window(look_back, LabelColumn{0}, horizon);
  }
};
// [/rows]

/// Trains a net with a loss; what is not trained with of the training part decides how long.
template <Model Net, class Loss>
History train(Net& model, const ScaledRows& rows, Loss loss, std::size_t epochs, Seed seed) {
  // [fit]
  const std::size_t validation_start = train_weeks * 4 / 5;
  const Weeks fitted{look_back, validation_start - horizon + 1}, validation{validation_start, train_part.last};
  return fit(model, rows.windows(fitted), loss, Adam{.learning_rate = 3e-3},
             {.epochs = epochs,
              .batch_size = 32,
              .seed = seed,
              .validation = rows.windows(validation),
              .callbacks = {EarlyStopping{.patience = 20}},
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

// [medians]
using Perceptron = Sequential<float, Input<3, look_back>, Flatten, Dense<horizon>>;
using GRUNet = Sequential<float, Input<3>, GRU<16>, Dense<horizon>>;
// [/medians]

/// One number for each of the four weeks, and the band from the errors.
template <Model Net>
Run train_median(const Series& series, const ScaledRows& rows, const std::string& name, std::size_t epochs, Seed seed) {
  Net model{seed};
  const History history = train(model, rows, MeanAbsoluteError{}, epochs, seed);
  const auto paths = [&](Weeks part) {
    const auto predicted = model.predict(rows.windows(part));
    std::vector<Path> result(part.size());
    for (std::size_t k = 0; k < part.size(); ++k) {
      for (std::size_t h = 0; h < horizon; ++h) {
        result[k][h] = rows.scaler.inverse_transform(static_cast<double>(predicted(k, h)));
      }
    }
    return result;
  };
  return judge(series, result_of(model, history, name, seed),
               [&](Weeks part) { return with_band(series, paths, part); });
}

/// Three quantiles for each of the four weeks.
Run train_quantiles(const Series& series, const ScaledRows& rows, const std::string& name, std::size_t epochs,
                    Seed seed) {
  // [quantiles]
  Sequential<float, Input<3>, GRU<16>, Dense<horizon * quantiles.size()>> model{seed};
  const History history = train(model, rows, Quantiles<3>{quantiles}, epochs, seed);

  const auto bands = [&](Weeks part) {
    const auto predicted = model.predict(rows.windows(part));
    std::vector<Band> result(part.size());
    for (std::size_t k = 0; k < part.size(); ++k) {
      for (std::size_t h = 0; h < horizon; ++h) {
        for (std::size_t q = 0; q < quantiles.size(); ++q) {
          const float scaled = predicted(k, h * quantiles.size() + q);
          result[k][h][q] = rows.scaler.inverse_transform(static_cast<double>(scaled));
        }
      }
    }
    return result;
  };
  // [/quantiles]
  return judge(series, result_of(model, history, name, seed), bands);
}

std::vector<double> in_years(std::size_t first, std::size_t last) {
  std::vector<double> years;
  for (std::size_t week = first; week < last; ++week) years.push_back(static_cast<double>(week) / year);
  return years;
}

/// The last four years of the test part, each week as it was forecast four weeks before.
void draw_band(const Series& series, const Run& run, const std::string& title, const std::filesystem::path& file) {
  std::vector<double> low, median, high;
  const std::size_t shown = 4 * season;
  for (const Band& band : std::span(run.test).last(shown)) {
    low.push_back(std::exp(band.back()[0]));
    median.push_back(std::exp(band.back()[1]));
    high.push_back(std::exp(band.back()[2]));
  }
  const auto years = in_years(weeks - shown, weeks);
  examples::Plot(
      examples::with_error(title + ": last years of the test part, as forecast four weeks before", run.result, 2),
      "year", "cases per 100 000 and week")
      .band("from 10 % to 90 %", examples::colour::vermilion, years, low, high)
      .line("median", examples::colour::vermilion, years, median)
      .line("true values", examples::colour::black, years, std::span(series.cases).last(shown))
      .save(file);
}

}  // namespace

int main(int argc, char** argv) try {
  const examples::CommandLine command_line{
      .example = "flu_like",
      .description = "Forecasts an illness with seasons and outbreaks four weeks ahead, with the range to expect.",
      .seeds = 3,
      .makes_series = true};
  const examples::Options options = command_line.parse(argc, argv);

  Series series{.cases = make_cases(seed(options.series_seed)), .logs = {}};
  for (const double value : series.cases) series.logs.push_back(std::log(value));
  const ScaledRows rows(series);

  const auto [train_cases, test_cases] = split(series.cases, 0.7);
  examples::Plot("A series like that of influenza", "year", "cases per 100 000 and week")
      .line("training part", examples::colour::black, in_years(0, train_weeks), train_cases)
      .line("test part", examples::colour::blue, in_years(train_weeks, weeks), test_cases)
      .save(options.out / "series.png");

  examples::Report report(
      "cases of an illness like influenza, weekly, 1560 weeks made by a formula", "cases per 100 000 and week",
      {{"training_part", "the first 70 % in time; the rest is the test part"},
       {"windows", "8 weeks and the time of the year; the next 4 weeks are the label"},
       {"scaling", "logarithms, to mean 0 and standard deviation 1 in the training part"},
       {"optimizer", "Adam, learning rate 3e-3, batches of 32; loss: mean absolute error, or the pinball loss"},
       {"choices", "the weights of the epoch with the lowest loss in the last fifth of the training part"},
       {"errors",
        "of the median and of the quantiles 0.1, 0.5, 0.9, mean of four weeks ahead; coverage: share of the true "
        "values "
        "between the quantiles 0.1 and 0.9"}});
  report.plot_losses("losses.png", "mean absolute error of scaled logarithms", {"perceptron", "gru_16_dense_4"});
  report.plot_losses("losses_of_quantiles.png", "pinball loss of scaled logarithms", {"gru_16_quantiles"});
  const Run of_climatology = climatology(series);
  report.add(repeat_earlier_value(series, "persistence", false).result);
  report.add(repeat_earlier_value(series, "seasonal_naive", true).result);
  report.add(of_climatology.result);
  draw_band(series, of_climatology, "Quantiles of the same weeks of earlier years", options.out / "climatology.png");
  const auto add = [&](const std::string& name, const std::string& title, const auto& train) {
    for (std::size_t k = 0; k < options.seeds; ++k) {
      std::cerr << "training " << name << ", seed " << options.seed + k << '\n';
      const Run run = train(name, options.epochs_or(150), seed(options.seed + k));
      if (k == 0) draw_band(series, run, title, options.out / (name + ".png"));
      report.add(run.result);
    }
  };
  add("perceptron", "A perceptron and the band of its errors",
      [&](const std::string& name, std::size_t epochs, Seed seed) {
        return train_median<Perceptron>(series, rows, name, epochs, seed);
      });
  add("gru_16_dense_4", "GRU(16) and the band of its errors",
      [&](const std::string& name, std::size_t epochs, Seed seed) {
        return train_median<GRUNet>(series, rows, name, epochs, seed);
      });
  add("gru_16_quantiles", "GRU(16) with three quantiles", [&](const std::string& name, std::size_t epochs, Seed seed) {
    return train_quantiles(series, rows, name, epochs, seed);
  });
  report.print_table("mean of four weeks ahead");
  report.print_verdicts();
  report.print_verdicts("", "test_pinball");
  report.write(options.out);
} catch (const std::exception& error) {
  std::cerr << "flu_like: " << error.what() << '\n';
  return 1;
}
