// evaluate: the errors of a model beside those of forecasts that need no model.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/never.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/evaluation.hpp"
#include "rnnts/model/finite_outputs.hpp"
#include "rnnts/model/inverse_transform.hpp"
#include "rnnts/model/predict.hpp"
#include "rnnts/model/sample_batches.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/series/diebold_mariano.hpp"
#include "rnnts/series/metrics.hpp"
#include "rnnts/series/series_copy.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI {

template <Scalar T> struct EvaluateOptions {
  std::size_t season = 0;  ///< steps of a season, as 12 for monthly values; 0 for none
  /// What the scale of the MASE is computed from, any range of numbers; without it there is no MASE.
  SeriesCopy<T> training_series = {};
  std::size_t label_column = 0;  ///< of several inputs, the one that the labels come from
  /// Applied to all values first, to get the units of the series: a scaler, or a function of one number.
  InverseTransform inverse_transform = {};
};

namespace detail {

/// True values beside forecasts of them, in the units of the series: the same for all models.
class Comparison {
 public:
  /// What `EvaluateOptions` say; the training series is not yet in the units. `horizon` is that of the labels.
  Comparison(std::size_t season, std::vector<double> training_series, const InverseTransform& in_units,
             std::size_t horizon)
      : season_(season), horizon_(horizon), in_units_(in_units), training_series_(std::move(training_series)) {}

  /// Of one value: what it is, what the model predicted, the last value known before it, and that of a season ago. The
  /// windows come in the order of time, as many values for each.
  void add(double label, double predicted, double last, double season_ago) {
    true_.push_back(in_units_(label));
    predicted_.push_back(in_units_(predicted));
    last_.push_back(in_units_(last));
    if (season_ > 0) season_ago_.push_back(in_units_(season_ago));
  }

  /// Once all are added.
  Evaluation evaluation(std::size_t windows) {
    for (double& value : training_series_) value = in_units_(value);
    Evaluation result{.model = errors(predicted_),
                      .persistence = errors(last_),
                      .seasonal_naive = std::nullopt,
                      .windows = windows,
                      .persistence_tests = tests(last_, windows),
                      .seasonal_naive_tests = std::nullopt};
    if (season_ > 0) {
      result.seasonal_naive = errors(season_ago_);
      result.seasonal_naive_tests = tests(season_ago_, windows);
    }
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

  /// Of the model against other predictions.
  ErrorTests tests(const std::vector<double>& others, std::size_t windows) const {
    const auto test = [&](auto loss) {
      return diebold_mariano(losses(predicted_, windows, loss), losses(others, windows, loss), horizon_);
    };
    return {.absolute = test([](double error) { return std::abs(error); }),
            .squared = test([](double error) { return error * error; })};
  }

  /// For each window the mean loss of its values.
  std::vector<double> losses(const std::vector<double>& predictions, std::size_t windows, auto loss) const {
    const std::size_t count = true_.size() / windows;
    std::vector<double> means(windows);
    for (std::size_t k = 0; k < true_.size(); ++k)
      means[k / count] += loss(true_[k] - predictions[k]) / static_cast<double>(count);
    return means;
  }

  std::size_t season_, horizon_;
  const InverseTransform& in_units_;
  std::vector<double> training_series_, true_, predicted_, last_, season_ago_;
};

/// Compares the predictions for all samples with what needs no model: the same for all models with such samples.
/// `predict(x, y, first)` overwrites the outputs y of a batch whose first window has the number `first`.
template <Scalar T, Shape Input, Shape Output>
Evaluation compare(
    const Samples<T, Input, Output>& samples, const SampleShapes& shapes, const EvaluateOptions<T>& options,
    FunctionRef<void(Sequence<const T, Input.features> x, Sequence<T, Output.features> y, std::size_t first)> predict) {
  const std::size_t columns = shapes.input.features, outputs = shapes.label.features, season = options.season;
  if (samples.empty()) throw DataError("evaluate: expected at least one window, found none");
  if (options.label_column >= columns) {
    throw ArgumentError(sentence("evaluate: label_column is ", options.label_column, ", but a window has ", columns,
                                 " columns, counted from 0"));
  }
  const bool labels_are_rows = columns > 1 && outputs == columns;  // or else a horizon of values of one column
  const auto& training = options.training_series.values();
  Comparison comparison(season, {training.begin(), training.end()}, options.inverse_transform,
                        labels_are_rows ? 1 : outputs);
  SequenceBuffer<T, Output.features> predictions;
  SampleBatches<T, Input, Output> batches(samples, {prediction_part, shapes});
  batches.begin(nullptr);
  while (const auto* batch = batches.next()) {
    const auto y = predictions.resize(1, batch->count, outputs);
    predict(batch->x, y, batch->first);
    for (std::size_t b = 0; b < batch->count; ++b) {
      const std::size_t steps = batch->x.length(b);
      if (season > steps) {
        throw ArgumentError(sentence("evaluate: a season of ", season, " steps is longer than window ",
                                     batch->first + b, " of ", steps,
                                     " steps, so that it does not hold the value of a season ago"));
      }
      for (std::size_t n = 0; n < outputs; ++n) {
        const std::size_t column = labels_are_rows ? n : options.label_column, ahead = labels_are_rows ? 0 : n;
        const auto value_at = [&](std::size_t step) { return static_cast<double>(batch->x[step][b][column]); };
        comparison.add(static_cast<double>(batch->y[0][b][n]), static_cast<double>(y[0][b][n]), value_at(steps - 1),
                       season > 0 ? value_at(steps - season + ahead % season) : 0);
      }
    }
  }
  return comparison.evaluation(samples.size());
}

template <class M> consteval bool explain_refused_evaluation() {
  if constexpr (!Model<std::remove_cvref_t<M>>) {
    static_assert(never<M>, "evaluate takes a model, a Sequential, as its first argument.");
  } else {
    static_assert(never<M>,
                  "evaluate does not take these options: a name is misspelt or a value of another type. In their order "
                  "they are season, training_series, label_column, inverse_transform.");
  }
  return true;
}

/// Windows of a call that is refused, as `Refused` of `fit`.
template <class M> struct RefusedEvaluation {
  template <class Windows> RefusedEvaluation(Windows&&, bool = explain_refused_evaluation<M>()) {}
};

}  // namespace detail

/// Compares the model's predictions for a range of (window, label) pairs with those of two forecasts that need no
/// model: the last value of each window ("persistence") and, given a season, the value of a season ago.
///
///     std::cout << evaluate(model, test_windows, {.season = 12, .training_series = train}).text();
///
/// Labels are numbers, a horizon of N of them, or rows of as many columns as the windows have. Whether the model's
/// errors differ by more than chance is tested (`diebold_mariano`) with the mean loss of each window, which should come
/// in the order of time, one step apart.
///
/// Throws DataError if there are no windows or a number in one is not finite, ShapeError if one has another shape than
/// the model, ArgumentError if `label_column` or `season` does not fit them, Error if a prediction is not finite, with
/// the name of the weight if it is one of those, and what `mean_absolute_scaled_error` throws of the training series.
template <Model M, class Windows>
Evaluation evaluate(const M& model, Windows&& windows, const EvaluateOptions<typename M::scalar>& options = {}) {
  static_assert(std::constructible_from<typename M::Samples, Windows>,
                "evaluate takes a range of (window, label) pairs, as series | views::window(look_back) is.");
  static_assert(!M::output.is_sequence, "evaluate takes a model that gives one vector per window, not a sequence.");
  const typename M::Samples samples(std::forward<Windows>(windows));
  typename M::Scratch scratch;
  const detail::SampleShapes shapes{model.input_shape(), model.output_shape(),
                                    detail::output_steps_of<typename M::Stack>(model.parameters())};
  const auto predict = [&](auto x, auto y, std::size_t first) {
    M::forward(model.parameters(), x, scratch.tape, y);
    detail::require_finite_outputs("evaluate", model.parameters(), x, y, first);
  };
  return detail::compare<typename M::scalar, M::Samples::input, M::Samples::output>(samples, shapes, options, predict);
}

/// Anything else does not compile, with a sentence that says why.
template <class M> Evaluation evaluate(const M& model, std::type_identity_t<detail::RefusedEvaluation<M>> windows, ...);

}  // namespace rnnts::inline RNNTS_ABI
