// Evaluation: errors beside those of simple forecasts, and in words what they say and how sure that is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
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

/// The errors of a model, of repeating the last value, and of repeating the value of a season ago.
struct Evaluation {
  /// A p value below it tells two forecasts apart.
  static constexpr double significance = 0.05;

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
    return text + detail::sentence(
                      "(Diebold-Mariano test with the correction of Harvey, Leybourne and Newbold, 1997; forecasts "
                      "are told apart where p < ",
                      significance, ".)");
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
  enum class Outcome { better, worse, undecided };

  static Outcome outcome(const DieboldMariano& test) {
    if (!(test.p_value < significance)) return Outcome::undecided;
    return test.statistic < 0 ? Outcome::better : Outcome::worse;
  }

  /// One or more sentences, and a space.
  std::string compared_with(const char* what, const ForecastErrors& other, const ErrorTests& tests) const {
    const auto numbers = [](double mine, double others, const DieboldMariano& test) {
      const std::string p = test.p_value < 0.001 ? "p < 0.001" : "p = " + detail::rounded(test.p_value, 2);
      return detail::rounded(mine) + " against " + detail::rounded(others) + " (" + p + ")";
    };
    const std::string mae = numbers(model.mae, other.mae, tests.absolute);
    const std::string rmse = numbers(model.rmse, other.rmse, tests.squared);
    const std::string by_windows = detail::sentence(" by ", windows, windows == 1 ? " window" : " windows");
    const std::string both = ": its mean absolute error is " + mae + ", its root mean squared error " + rmse + ". ";
    const auto by_mae = outcome(tests.absolute), by_rmse = outcome(tests.squared);

    if (by_mae != by_rmse) {
      const auto word = [&](Outcome found) {
        return found == Outcome::better  ? std::string("better")
               : found == Outcome::worse ? std::string("worse")
                                         : "not told apart" + by_windows;
      };
      return detail::sentence("Compared with ", what, ", the model is ", word(by_mae), " in its mean absolute error, ",
                              mae, ", and ", word(by_rmse), " in its root mean squared error, ", rmse, ". ");
    }
    if (by_mae == Outcome::better) return detail::sentence("The model is better than ", what, both);
    if (by_mae == Outcome::undecided) {
      return detail::sentence("The model is not told apart from ", what, by_windows, both);
    }
    return detail::sentence("The model does NOT beat ", what, both,
                            "Forecasting with it is no better than without it. ");
  }
};

}  // namespace rnnts::inline RNNTS_ABI
