// A scaler of rows has no way back from one number.
// expect: Of a scaler of rows, take that of the label's column: scaler.column(0).
#include <array>

#include <rnnts/rnnts.hpp>

auto options(const rnnts::StandardScaler<std::array<float, 2>>& scaler) {
  return rnnts::EvaluateOptions<float>{.inverse_transform = scaler};
}
