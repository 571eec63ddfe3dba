// Cases of losses.

#include "golden/golden.hpp"
#include "rnnts/losses/mean_absolute_error.hpp"
#include "rnnts/losses/mean_squared_error.hpp"

namespace {

using namespace rnnts;

template <class T, class L> void mean(golden::Case& c, golden::Report& report) {
  report.same("loss", c.text("loss/type"), std::string(L::name));
  const auto read = [&](const std::string& path) {
    const std::vector<double>& values = c.array(path).data;
    return std::vector<T>(values.begin(), values.end());
  };
  const auto y_true = read("y_true"), y_pred = read("y_pred");
  report.same("size of y_pred", y_pred.size(), y_true.size());
  const double found =
      mean_loss(L{}, Rows<const T, 1>{y_true.data(), y_true.size()}, Rows<const T, 1>{y_pred.data(), y_pred.size()});
  report.compare("expected/value", c.number("expected/value"), found, report.tolerance.values);
}

/// A case of the kind "loss": the mean over a batch.
template <class L> golden::Entry loss(const char* name) { return {name, "loss", mean<float, L>, mean<double, L>}; }

const golden::Cases cases = {
    loss<MeanSquaredError>("keras_loss_mse"),
    loss<MeanSquaredError>("keras_loss_mse_all_correct"),
    loss<MeanAbsoluteError>("keras_loss_mae"),
    loss<MeanAbsoluteError>("keras_loss_mae_all_correct"),
};

}  // namespace
