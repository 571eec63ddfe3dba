// expect: A Forecaster takes a loss with one output for each label, Quantiles, or a GaussianNegativeLogLikelihood.
#include <rnnts/forecasting.hpp>
#include <rnnts/rnnts.hpp>

#include <cstddef>
#include <string_view>

using namespace rnnts;

/// Of a mean and something else, of which a forecaster cannot know what it is.
struct TwoOutputs {
  static constexpr std::string_view name = "two_outputs";
  static constexpr std::size_t labels(std::size_t outputs) { return outputs / 2; }
  template <Scalar T> T value(const T* y_true, const T* y_pred, std::size_t) const { return y_pred[0] - y_true[0]; }
  template <Scalar T> void derivative(const T*, const T*, T* dy, std::size_t) const { dy[0] = 1; }
};

int main() {
  using Net = Sequential<float, Input<1>, GRU<4>, Dense<2>>;
  Forecaster forecaster(DataPath{Log()}, Net(), TwoOutputs(), {.look_back = 8});
}
