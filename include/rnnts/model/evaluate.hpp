// evaluate: the errors of a model beside those of forecasts that need no model.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/predict.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/series/metrics.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI {

template <Scalar T> struct EvaluateOptions {
  std::size_t season = 0;  ///< steps of a season, as 12 for monthly values; 0 for none
  std::span<const T> training_series =
      {};                        ///< what the scale of the MASE is computed from; without it there is no MASE
  std::size_t label_column = 0;  ///< of several inputs, the one that the labels come from
  std::function<double(double)> inverse_transform =
      {};  ///< applied to all values first, to get the units of the series
};

struct ForecastErrors {
  double mae = 0;                   ///< mean absolute error
  double rmse = 0;                  ///< root of the mean squared error
  std::optional<double> mase = {};  ///< mean absolute scaled error, where a training series was given
};

/// The errors of a model, of repeating the last value, and of repeating the value of a season ago.
struct Evaluation {
  ForecastErrors model;
  ForecastErrors persistence;
  std::optional<ForecastErrors> seasonal_naive;  ///< where a season was given
  std::size_t windows = 0;

  bool beats_persistence() const { return model.mae < persistence.mae; }
  bool beats_seasonal_naive() const { return !seasonal_naive || model.mae < seasonal_naive->mae; }

  /// What the comparison says, in words.
  std::string verdict() const {
    std::string text = compared_with("repeating the last value", persistence);
    if (seasonal_naive) {
      text += ' ';
      text += compared_with("repeating the value of a season ago", *seasonal_naive);
    }
    return text;
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
  std::string compared_with(const char* what, const ForecastErrors& baseline) const {
    const std::string errors = detail::rounded(model.mae) + " against " + detail::rounded(baseline.mae);
    return model.mae < baseline.mae
               ? detail::sentence("The model is better than ", what, ": its mean absolute error is ", errors, ".")
               : detail::sentence("The model does NOT beat ", what, ": its mean absolute error is ", errors,
                                  ". Forecasting with it is no better than without it.");
  }
};

namespace detail {

/// True values beside forecasts of them, in the units of the series: the same for all models.
class Comparison {
 public:
  /// What `EvaluateOptions` say; the training series is not yet in the units.
  Comparison(std::size_t season, std::vector<double> training_series,
             const std::function<double(double)>& inverse_transform)
      : season_(season), inverse_transform_(inverse_transform), training_series_(std::move(training_series)) {}

  /// Of one value: what it is, what the model predicted, the last value known before it, and that of a season ago.
  void add(double label, double predicted, double last, double season_ago) {
    true_.push_back(in_units(label));
    predicted_.push_back(in_units(predicted));
    last_.push_back(in_units(last));
    if (season_ > 0) season_ago_.push_back(in_units(season_ago));
  }

  /// Once all are added.
  Evaluation evaluation(std::size_t windows) {
    for (double& value : training_series_) value = in_units(value);
    Evaluation result{
        .model = errors(predicted_), .persistence = errors(last_), .seasonal_naive = std::nullopt, .windows = windows};
    if (season_ > 0) result.seasonal_naive = errors(season_ago_);
    return result;
  }

 private:
  ForecastErrors errors(const std::vector<double>& predictions) const {
    ForecastErrors e{.mae = mean_absolute_error(true_, predictions),
                     .rmse = root_mean_squared_error(true_, predictions),
                     .mase = std::nullopt};
    if (!training_series_.empty()) {
      e.mase = mean_absolute_scaled_error(true_, predictions, training_series_, std::max<std::size_t>(season_, 1));
    }
    return e;
  }

  double in_units(double value) const { return inverse_transform_ ? inverse_transform_(value) : value; }

  std::size_t season_;
  const std::function<double(double)>& inverse_transform_;
  std::vector<double> training_series_, true_, predicted_, last_, season_ago_;
};

/// Compares the predictions for all samples, `predict(x, y)`, with what needs no model.
template <Scalar T, Shape Input, Shape Output> class Evaluate {
  static constexpr std::size_t I = Input.features, N = Output.features;

 public:
  using Predict = FunctionRef<void(Sequence<const T, I> x, Sequence<T, N> y)>;

  Evaluate(const Samples<T, Input, Output>& samples, const EvaluateOptions<T>& options)
      : samples_(samples), options_(options) {
    if (samples.empty()) throw DataError("evaluate: expected at least one window, found none");
    if (options.label_column >= I) {
      throw ArgumentError(sentence("evaluate: label_column is ", options.label_column, ", but a window has ", I,
                                   " columns, counted from 0"));
    }
    for (std::size_t k = 0; k < samples.size(); ++k) {
      const std::size_t steps = samples.input_steps(k);
      if (options.season <= steps) continue;
      throw ArgumentError(sentence("evaluate: a season of ", options.season, " steps is longer than window ", k, " of ",
                                   steps, " steps, so that it does not hold the value of a season ago"));
    }
  }

  Evaluation run(Predict predict) {
    Comparison comparison(options_.season, {options_.training_series.begin(), options_.training_series.end()},
                          options_.inverse_transform);
    std::vector<std::size_t> indices;
    Batch<T, Input, Output> batch;
    SequenceBuffer<T, N> predictions;
    for (std::size_t first = 0; first < samples_.size(); first += prediction_batch) {
      indices.resize(std::min(prediction_batch, samples_.size() - first));
      std::iota(indices.begin(), indices.end(), first);
      batch.gather(samples_, indices, [](std::size_t) { return std::size_t{1}; });
      const auto y = predictions.resize(1, indices.size());
      predict(batch.x(), y);
      for (std::size_t b = 0; b < indices.size(); ++b) add(comparison, batch.x(), b, batch.y()[0][b], y[0][b]);
    }
    return comparison.evaluation(samples_.size());
  }

 private:
  void add(Comparison& comparison, Sequence<const T, I> x, std::size_t b, const T* label, const T* prediction) const {
    const std::size_t steps = x.length(b), season = options_.season;
    for (std::size_t n = 0; n < N; ++n) {
      // Labels are either whole rows, or a horizon of N values of one column.
      const bool rows = I > 1 && N == I;
      const std::size_t column = rows ? n : options_.label_column, ahead = rows ? 0 : n;
      const auto value_at = [&](std::size_t step) { return static_cast<double>(x[step][b][column]); };
      comparison.add(static_cast<double>(label[n]), static_cast<double>(prediction[n]), value_at(steps - 1),
                     season > 0 ? value_at(steps - season + ahead % season) : 0);
    }
  }

  const Samples<T, Input, Output>& samples_;
  const EvaluateOptions<T>& options_;
};

}  // namespace detail

/// Compares the model's predictions for a range of (window, label) pairs with those of two forecasts that
/// need no model: the last value of each window ("persistence") and, given a season, the value of a season
/// ago.
///
///     std::cout << evaluate(model, test_windows, {.season = 12, .training_series = train}).text();
///
/// Labels are numbers, a horizon of N of them, or rows of as many columns as the windows have. Throws
/// DataError if there are no windows, ArgumentError if `label_column` or `season` does not fit them.
template <Model M, class Windows>
Evaluation evaluate(const M& model, Windows&& windows, const EvaluateOptions<typename M::scalar>& options = {}) {
  static_assert(std::constructible_from<typename M::Samples, Windows>,
                "evaluate takes a range of (window, label) pairs, as series | views::window(look_back) is.");
  static_assert(!M::output.is_sequence, "evaluate takes a model that gives one vector per window, not a sequence.");
  const typename M::Samples samples(std::forward<Windows>(windows));
  typename M::Scratch scratch;
  return detail::Evaluate(samples, options).run([&](auto x, auto y) {
    M::forward(model.parameters(), x, scratch.tape, y);
  });
}

}  // namespace rnnts::inline RNNTS_ABI
