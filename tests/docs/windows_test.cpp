// The code of docs/windows.md.
#include <rnnts/rnnts.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <list>
#include <numeric>
#include <ranges>
#include <span>
#include <sstream>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/unique_path.hpp"

using namespace rnnts;

namespace {

constexpr auto missing = std::numeric_limits<float>::quiet_NaN();

std::vector<float> count_to(std::size_t n) {
  std::vector<float> series(n);
  std::iota(series.begin(), series.end(), 1.0f);
  return series;
}

}  // namespace

TEST_CASE("windows.md: windows and labels") {
  std::ostringstream out;
  // [first]
  const std::vector<float> series{112, 118, 132, 129, 121};

  for (const auto& [window, label] : series | views::window(3)) {
    for (const float value : window) out << value << ' ';
    out << "-> " << label << '\n';
  }
  // [/first]
  CHECK(out.str() == "112 118 132 -> 129\n118 132 129 -> 121\n");
}

TEST_CASE("windows.md: horizon and stride") {
  // [horizon]
  const std::vector<float> series{1, 2, 3, 4, 5, 6, 7, 8};

  const auto next_two = series | views::window(3, 2);  // a label is the next two values
  const auto apart = series | views::window(3, 2, 3);  // and a window starts every three values
  // [/horizon]
  REQUIRE(next_two.size() == 4);
  CHECK(next_two[3].label[1] == 8);
  REQUIRE(apart.size() == 2);
  CHECK(apart[1].window[0] == 4);
  CHECK(apart[1].label[0] == 7);
  CHECK(apart[1].label[1] == 8);
}

TEST_CASE("windows.md: other ranges") {
  // [ranges]
  const std::list<double> list{1, 2, 3, 4, 5};
  const auto of_list = list | views::window(2);

  const auto squares = std::views::iota(0, 100) | std::views::transform([](int i) { return 0.01 * i * i; });
  const auto of_squares = squares | views::window(20);  // a square is computed when its window is read

  const xt::xtensor<float, 1> tensor{1, 2, 3, 4, 5};
  const auto of_expression = (2 * tensor + 1) | views::window(2);
  // [/ranges]
  CHECK(of_list.size() == 3);
  CHECK(of_squares.size() == 80);
  CHECK(of_squares[79].label == Approx(0.01 * 99 * 99));
  CHECK(of_expression[0].window[1] == 5);
  CHECK(of_expression[2].label == 11);
}

TEST_CASE("windows.md: several features") {
  // [features]
  const std::vector<std::array<float, 2>> days{{20.7f, 38.1f}, {17.9f, 32.4f}, {18.8f, 34.5f}, {14.6f, 20.7f}};

  const auto minima = days | views::window(2, LabelColumn{0});         // the next day's minimum
  const auto two_minima = days | views::window(2, LabelColumn{0}, 2);  // of the next two days
  const auto whole_days = days | views::window(2);                     // all of the next day
  // [/features]
  REQUIRE(minima.size() == 2);
  CHECK(minima[0].window[1] == days[1]);
  CHECK(minima[0].label == 18.8f);
  REQUIRE(two_minima.size() == 1);
  CHECK(two_minima[0].label[1] == 14.6f);
  CHECK(whole_days[1].label == days[3]);
}

TEST_CASE("windows.md: tensors of two dimensions") {
  // [tensor]
  const xt::xtensor<float, 2> days{{20.7f, 38.1f}, {17.9f, 32.4f}, {18.8f, 34.5f}};  // (steps, features)

  const auto windows = days | views::window(2, LabelColumn{1});
  // [/tensor]
  REQUIRE(windows.size() == 1);
  CHECK(windows[0].label == 34.5f);
  CHECK(windows[0].window[1][0] == 17.9f);
  CHECK(windows[0].window[1].data() == &days(1, 0));
}

TEST_CASE("windows.md: nothing is copied") {
  // [lazy]
  std::vector<float> series{1, 2, 3, 4};
  const auto windows = series | views::window(2);

  series[1] = 20;  // seen through every window that holds it
  const auto [window, label] = windows[1];
  // window is {20, 3}; &label == &series[3]
  // [/lazy]
  CHECK(window[0] == 20);
  CHECK(window[1] == 3);
  CHECK(&label == &series[3]);
}

TEST_CASE("windows.md: composition") {
  const auto series = count_to(30);
  // [compose]
  const auto windows = series | views::window(12);

  const auto first_ten = windows | std::views::take(10);
  const auto latest_first = windows | std::views::reverse;
  const auto labels = windows | views::labels;
  const auto last_year = std::views::drop(6) | views::window(12);  // waits for a series
  // [/compose]
  CHECK(first_ten.size() == 10);
  CHECK((*latest_first.begin()).label == 30);
  CHECK(labels[0] == 13);
  CHECK((series | last_year).size() == 12);
}

TEST_CASE("windows.md: gaps") {
  // [gaps]
  const std::vector<float> series{1, 2, 3, missing, 5, 6, 7, 8};

  const auto is_complete = [](const auto& sample) {
    return std::isfinite(sample.label) && std::ranges::all_of(sample.window, [](float x) { return std::isfinite(x); });
  };
  auto complete = series | views::window(2) | std::views::filter(is_complete);  // {1,2}->3, {5,6}->7, {6,7}->8

  Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>> model{seed(7)};
  fit(model, complete, MeanSquaredError{}, Adam{}, {.verbose = false});
  // [/gaps]
  CHECK(std::ranges::distance(complete) == 3);
  CHECK_THROWS_WITH(
      fit(model, series | views::window(2), MeanSquaredError{}, Adam{}, {.shuffle = false, .verbose = false}),
      "label 1, step 0: expected a finite number, found nan");
}

TEST_CASE("windows.md: a series from a file") {
  const auto path = unique_path("rnnts_docs_hours.csv").string();
  std::ofstream(path) << "date,load\n2016-07-01 13:00:00,7.5\n2016-07-01 14:00:00,NA\n2016-07-01 15:00:00,\n";
  CHECK_THROWS_AS(read_csv<float>(path, "load"), FileError);
  // [missing]
  const auto loads = read_csv<float>(path, "load", {.missing = {"", "NA"}});
  // [/missing]
  CHECK(loads.size() == 3);
  CHECK(loads[0] == 7.5f);
  CHECK(std::isnan(loads[1]));
  CHECK(std::isnan(loads[2]));
  // [times]
  const std::vector<std::chrono::sys_seconds> times = read_csv_times(path, "date");

  const auto day = std::chrono::floor<std::chrono::days>(times[0]);
  const auto hour = std::chrono::floor<std::chrono::hours>(times[0] - day).count();  // 0 to 23
  const auto weekday = std::chrono::weekday(day).c_encoding();                       // 0 for Sunday, to 6
  // [/times]
  CHECK(hour == 13);
  CHECK(weekday == 5);
  CHECK(day_of_year(day) == 183);
  std::filesystem::remove(path);
}

TEST_CASE("windows.md: split before windowing") {
  const auto series = count_to(144);
  // [split]
  const auto [train, test] = split(series, 0.7);  // spans: nothing is copied
  const auto train_windows = train | views::window(20);
  const auto test_windows = test | views::window(20);
  // [/split]
  CHECK(train.size() == 100);
  CHECK(train_windows.size() == 80);
  CHECK(test_windows.size() == 24);
  CHECK(test_windows[0].window[0] == 101);
}

TEST_CASE("windows.md: pairs of one's own") {
  const auto series = count_to(30);
  // [pairs]
  // A label for every step: the series, one step later.
  const auto pairs = std::views::iota(std::size_t{0}, series.size() - 8) | std::views::transform([&](std::size_t i) {
                       return std::pair{std::span(series).subspan(i, 8), std::span(series).subspan(i + 1, 8)};
                     });

  constexpr SimpleRNNOptions every_step{.return_sequences = true};
  Sequential<float, Input<1>, SimpleRNN<6, Tanh, every_step>, Dense<1>> model{seed(1)};
  fit(model, pairs, MeanSquaredError{}, Adam{}, {.verbose = false});
  // [/pairs]
  CHECK(pairs.size() == 22);
  CHECK(model.predict(std::span(series).first(8)).shape() == std::array<std::size_t, 2>{8, 1});
}

TEST_CASE("windows.md: too few values") {
  Sequential<float, Input<1>, SimpleRNN<2>, Dense<1>> model{seed(1)};
  const std::vector<float> series{1, 2, 3};
  CHECK((series | views::window(3)).empty());
  CHECK_THROWS_WITH(fit(model, series | views::window(3), MeanSquaredError{}, Adam{}),
                    "fit: expected at least one window, found none; a series must have at least look_back + "
                    "horizon values");
  CHECK_THROWS_WITH(evaluate(model, series | views::window(3)), "evaluate: expected at least one window, found none");
  CHECK_THROWS_WITH(model.predict(series | views::window(3)), "predict: expected at least one window, found none");
  CHECK_THROWS_WITH(views::window(0), "views::window: expected look_back to be at least 1, found 0");
}
