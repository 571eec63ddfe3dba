// Evaluation: errors beside those of simple forecasts, and in words what they say and how sure that is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/series/diebold_mariano.hpp"

namespace rnnts::inline RNNTS_ABI {

struct ForecastErrors {
  double mae = 0;                   ///< mean absolute error
  double rmse = 0;                  ///< root of the mean squared error
  std::optional<double> mase = {};  ///< mean absolute scaled error, where a training series was given
};

/// Whether the model's errors differ from those of another forecast by more than chance.
struct ErrorTests {
  DieboldMariano absolute = {};  ///< of the absolute errors: those of MAE and MASE
  DieboldMariano squared = {};   ///< of the squared errors: those of the RMSE
};

namespace detail {

/// A p value below it tells two forecasts apart.
inline constexpr double significance = 0.05;

/// An error of the model, and of another forecast.
struct ComparedError {
  std::string_view name;
  double mine = 0, others = 0;
  DieboldMariano test = {};
};

/// What two kinds of errors say about the model and `what` it is compared with, in one or more sentences, and a space.
/// `counted` is what the tests were made with, as "33 windows".
inline std::string compared_in_words(std::string_view what, const ComparedError& first, const ComparedError& second,
                                     std::string_view counted) {
  enum class Outcome { better, worse, undecided };
  const auto outcome = [](const ComparedError& error) {
    if (!(error.test.p_value < significance)) return Outcome::undecided;
    return error.test.statistic < 0 ? Outcome::better : Outcome::worse;
  };
  const auto numbers = [](const ComparedError& error) {
    const double p = error.test.p_value;
    return sentence(rounded(error.mine), " against ", rounded(error.others), " (",
                    p < 0.001 ? "p < 0.001" : "p = " + rounded(p, 2), ")");
  };
  const auto by_first = outcome(first), by_second = outcome(second);
  if (by_first != by_second) {
    const auto word = [&](Outcome found) {
      return found == Outcome::better  ? std::string("better")
             : found == Outcome::worse ? std::string("worse")
                                       : sentence("not told apart by ", counted);
    };
    return sentence("Compared with ", what, ", the model is ", word(by_first), " in its ", first.name, ", ",
                    numbers(first), ", and ", word(by_second), " in its ", second.name, ", ", numbers(second), ". ");
  }
  const std::string both =
      sentence(": its ", first.name, " is ", numbers(first), ", its ", second.name, " ", numbers(second), ". ");
  if (by_first == Outcome::better) return sentence("The model is better than ", what, both);
  if (by_first == Outcome::undecided) return sentence("The model is not told apart from ", what, " by ", counted, both);
  return sentence("The model does NOT beat ", what, both, "Forecasting with it is no better than without it. ");
}

/// How it was told: the last sentence of a verdict.
inline std::string how_told_apart() {
  return sentence("(Diebold-Mariano test with the correction of Harvey, Leybourne and Newbold, 1997; forecasts are ",
                  "told apart where p < ", significance, ".)");
}

}  // namespace detail

/// The errors of a model, of repeating the last value, and of repeating the value of a season ago.
struct Evaluation {
  /// A p value below it tells two forecasts apart.
  static constexpr double significance = detail::significance;

  ForecastErrors model;
  ForecastErrors persistence;
  std::optional<ForecastErrors> seasonal_naive;  ///< where a season was given
  std::size_t windows = 0;
  ErrorTests persistence_tests = {};                    ///< of the model against persistence
  std::optional<ErrorTests> seasonal_naive_tests = {};  ///< where a season was given

  /// Whether the model's mean absolute error is smaller, be it by chance. `persistence_tests` say how sure it is, and
  /// `verdict` says all of it.
  bool beats_persistence() const { return model.mae < persistence.mae; }
  /// The same for the value of a season ago; true where no season was given.
  bool beats_seasonal_naive() const { return !seasonal_naive || model.mae < seasonal_naive->mae; }

  /// What the comparison says, in words: by which errors, and how sure.
  std::string verdict() const {
    std::string text = compared_with("repeating the last value", persistence, persistence_tests);
    if (seasonal_naive) {
      text += compared_with("repeating the value of a season ago", *seasonal_naive,
                            seasonal_naive_tests.value_or(ErrorTests{}));
    }
    return text + detail::how_told_apart();
  }

  /// A table, and the verdict under it.
  std::string text() const {
    const auto row = [](const char* name, const ForecastErrors& e) {
      return std::vector<std::string>{name, detail::rounded(e.mae), detail::rounded(e.rmse),
                                      e.mase ? detail::rounded(*e.mase) : "-"};
    };
    std::vector<std::vector<std::string>> rows{
        {"", "MAE", "RMSE", "MASE"}, row("model", model), row("persistence", persistence)};
    if (seasonal_naive) rows.push_back(row("seasonal naive", *seasonal_naive));
    return detail::format_table(rows) + verdict() + "\n";
  }

 private:
  std::string compared_with(std::string_view what, const ForecastErrors& other, const ErrorTests& tests) const {
    return detail::compared_in_words(what, {"mean absolute error", model.mae, other.mae, tests.absolute},
                                     {"root mean squared error", model.rmse, other.rmse, tests.squared},
                                     detail::counted(windows, "window", "windows"));
  }
};

}  // namespace rnnts::inline RNNTS_ABI
