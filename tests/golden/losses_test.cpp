// Cases of losses, alone and at the end of a model.

#include <cstddef>
#include <string>
#include <vector>

#include "golden/models.hpp"
#include "rnnts/kernels/activation.hpp"
#include "rnnts/losses/binary_crossentropy.hpp"
#include "rnnts/losses/gaussian_negative_log_likelihood.hpp"
#include "rnnts/losses/huber.hpp"
#include "rnnts/losses/log_cosh.hpp"
#include "rnnts/losses/mean_absolute_error.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/losses/pinball.hpp"

namespace {

using namespace rnnts;
using golden::layers;

/// Rows of F numbers, in the order of the file.
template <class T, std::size_t F>
std::vector<T> read_rows(golden::Report& report, const char* name, const golden::Array& array) {
  report.same(std::string("last dimension of ") + name, array.shape.back(), F);
  return {array.data.begin(), array.data.end()};
}

template <class T, class L, std::size_t N> void mean(golden::Case& c, golden::Report& report) {
  constexpr std::size_t labels = detail::label_count<L, N>;
  const L loss = golden::read_loss<L>(c, report);
  const golden::Array &y_true = c.array("y_true"), &y_pred = c.array("y_pred");
  const auto true_rows = read_rows<T, labels>(report, "y_true", y_true);
  const auto rows = read_rows<T, N>(report, "y_pred", y_pred);
  report.same("rows of y_true", true_rows.size() / labels, rows.size() / N);
  if (!report.problems.empty()) return;
  const std::vector<double> of_rows = golden::row_weights(c, y_pred.shape);
  const std::vector<T> weights(of_rows.begin(), of_rows.end());
  const detail::RowWeights<T> row_weights =
      weights.empty() ? detail::RowWeights<T>{} : detail::RowWeights<T>{weights.data(), weights.size()};
  const double found = detail::mean_loss(loss, Rows<const T, labels>{true_rows.data(), true_rows.size() / labels},
                                         Rows<const T, N>{rows.data(), rows.size() / N}, row_weights);
  report.compare("expected/value", c.number("expected/value"), found, report.tolerance.values);
}

/// A case of the kind "loss": the mean over a batch of N outputs per row.
template <class L, std::size_t N> golden::Entry loss(const char* name) {
  return {name, "loss", mean<float, L, N>, mean<double, L, N>};
}

const golden::Cases cases = {
    loss<MeanSquaredError, 3>("keras_loss_mse"),
    loss<MeanSquaredError, 3>("keras_loss_mse_all_correct"),
    loss<MeanSquaredError, 3>("keras_loss_mse_sample_weight"),
    loss<MeanSquaredError, 3>("keras_loss_mse_scalar_weight"),
    loss<MeanAbsoluteError, 3>("keras_loss_mae"),
    loss<MeanAbsoluteError, 3>("keras_loss_mae_all_correct"),
    loss<MeanAbsoluteError, 3>("keras_loss_mae_sample_weight"),
    loss<MeanAbsoluteError, 3>("keras_loss_mae_scalar_weight"),
    loss<Huber, 3>("keras_loss_huber"),
    loss<Huber, 3>("keras_loss_huber_all_correct"),
    loss<Huber, 3>("keras_loss_huber_delta"),
    loss<Huber, 3>("keras_loss_huber_sample_weight"),
    loss<Huber, 3>("keras_loss_huber_scalar_weight"),
    loss<LogCosh, 3>("keras_loss_log_cosh"),
    loss<LogCosh, 3>("keras_loss_log_cosh_sample_weight"),
    loss<LogCosh, 3>("keras_loss_log_cosh_scalar_weight"),
    loss<BinaryCrossentropy, 3>("keras_loss_bce"),
    loss<BinaryCrossentropy, 3>("keras_loss_bce_all_correct"),

    layers<Input<2>, GRU<4>, Dense<2>>("loss_mse"),
    layers<Input<2>, GRU<4>, Dense<2>>("loss_mae", MeanAbsoluteError{}),
    layers<Input<2>, GRU<4>, Dense<2>>("loss_huber_1", Huber{}),
    layers<Input<2>, GRU<4>, Dense<2>>("loss_log_cosh", LogCosh{}),
    layers<Input<2>, GRU<4>, Dense<2>>("loss_pinball_01", Pinball{}),
    layers<Input<2>, GRU<4>, Dense<2>>("loss_gaussian_nll", GaussianNegativeLogLikelihood{}),
    layers<Input<2>, GRU<4>, Dense<2, Sigmoid>>("loss_bce", BinaryCrossentropy{}),
};

}  // namespace
