#include "rnnts/losses/masked.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

#include "rnnts/losses/binary_crossentropy.hpp"
#include "rnnts/losses/gaussian_negative_log_likelihood.hpp"
#include "rnnts/losses/huber.hpp"
#include "rnnts/losses/mean_absolute_error.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/losses/pinball.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// Rows of three labels, of which some are missing: half a row, a whole one, and none.
const std::vector<double> labels{1, missing, 0.5, missing, missing, missing, 0.25, 7, -2};

/// A mean over the known labels, as `Backpropagation` asks for it.
template <class L>
double mean_of_known(const L& loss, const std::vector<double>& y_true, const std::vector<double>& y) {
  constexpr std::size_t rows = 3;
  const Rows<const double, dynamic> truth{y_true.data(), rows, 3}, prediction{y.data(), rows, y.size() / rows};
  const auto known = std::ranges::count_if(y_true, [](double label) { return !std::isnan(label); });
  return detail::mean_loss(loss, truth, prediction, {.count = static_cast<double>(known) / 3});
}

template <class L>
std::vector<double> gradient_of(const L& loss, const std::vector<double>& y_true, const std::vector<double>& y) {
  constexpr std::size_t rows = 3;
  const Rows<const double, dynamic> truth{y_true.data(), rows, 3}, prediction{y.data(), rows, y.size() / rows};
  const auto known = std::ranges::count_if(y_true, [](double label) { return !std::isnan(label); });
  std::vector<double> gradient(y.size(), missing);
  detail::mean_loss_backward(loss, truth, prediction, Rows<double, dynamic>{gradient.data(), rows, y.size() / rows},
                             {.count = static_cast<double>(known) / 3});
  return gradient;
}

std::vector<double> outputs(std::size_t count) {
  std::vector<double> y(count);
  for (std::size_t i = 0; i < count; ++i) y[i] = std::sin(1.3 * static_cast<double>(i)) * 2;
  return y;
}

/// The same labels, without those that are missing, in one row; and the outputs of these.
template <class L> double mean_without_missing(const L& loss, const std::vector<double>& y) {
  const std::size_t of_label = y.size() / labels.size();
  std::vector<double> known, of_known;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (std::isnan(labels[i])) continue;
    known.push_back(labels[i]);
    for (std::size_t k = 0; k < of_label; ++k) of_known.push_back(y[i * of_label + k]);
  }
  const Rows<const double, dynamic> truth{known.data(), 1, known.size()},
      prediction{of_known.data(), 1, of_known.size()};
  return detail::mean_loss(loss, truth, prediction);
}

template <class L>
concept has_check_label = requires(const L& loss) { loss.check_label(0.0); };

}  // namespace

TEMPLATE_TEST_CASE("a masked loss is the mean over the labels that are known, with its gradient", "", MeanSquaredError,
                   MeanAbsoluteError, Huber, Pinball, Quantiles<2>, GaussianNegativeLogLikelihood) {
  Masked<TestType> loss{};
  if constexpr (requires { loss.loss.quantiles; }) loss.loss.quantiles = {0.2, 0.7};
  STATIC_REQUIRE(Loss<Masked<TestType>>);
  STATIC_REQUIRE(detail::label_count<Masked<TestType>, 6> == detail::label_count<TestType, 6>);
  std::vector<double> y = outputs(RowLoss<TestType> ? 18 : 9);
  if constexpr (std::is_same_v<TestType, GaussianNegativeLogLikelihood>) {
    double sum = 0;  // of rows with all means first
    for (std::size_t i = 0; i < 9; ++i) {
      const double label = labels[i], mean = y[i / 3 * 6 + i % 3], s = y[i / 3 * 6 + 3 + i % 3];
      if (!std::isnan(label)) sum += 0.5 * (s + (label - mean) * (label - mean) / std::exp(s));
    }
    CHECK_THAT(mean_of_known(loss, labels, y), WithinAbs(sum / 5, 1e-12));
  } else {
    CHECK_THAT(mean_of_known(loss, labels, y), WithinAbs(mean_without_missing(loss.loss, y), 1e-14));
  }
  const std::vector<double> gradient = gradient_of(loss, labels, y);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double kept = y[i], h = 1e-6;
    y[i] = kept + h;
    const double above = mean_of_known(loss, labels, y);
    y[i] = kept - h;
    const double below = mean_of_known(loss, labels, y);
    y[i] = kept;
    CAPTURE(i);
    CHECK_THAT(gradient[i], WithinAbs((above - below) / (2 * h), 1e-7));
    if (above == below) CHECK(gradient[i] == 0);  // those of missing labels, not by rounding
  }
}

TEMPLATE_TEST_CASE("without a label that is known there is no loss and no gradient", "", MeanSquaredError,
                   GaussianNegativeLogLikelihood) {
  const Masked<TestType> loss{};
  const std::vector<double> none(9, missing), y = outputs(RowLoss<TestType> ? 18 : 9);
  CHECK(mean_of_known(loss, none, y) == 0);
  CHECK(gradient_of(loss, none, y) == std::vector<double>(y.size(), 0.0));
}

TEST_CASE("a masked loss that does not mask is the other one") {
  const Masked<MeanAbsoluteError> loss{.masks = false};
  const std::vector<double> y = outputs(9);
  CHECK(std::isnan(mean_of_known(loss, labels, y)));
  CHECK(mean_of_known(loss, y, labels) != 0);
  const std::vector<double> all(9, 0.5);
  CHECK(mean_of_known(loss, all, y) == mean_of_known(MeanAbsoluteError{}, all, y));
  CHECK(gradient_of(loss, all, y) == gradient_of(MeanAbsoluteError{}, all, y));
}

TEST_CASE("a masked loss checks what the other one does, but for labels that are missing") {
  CHECK_THROWS_AS(Masked{Pinball{1.5}}.check(), ArgumentError);
  const Masked<BinaryCrossentropy> loss;
  CHECK_NOTHROW(loss.check_label(missing));
  CHECK_THROWS_AS(loss.check_label(2), DataError);
  STATIC_REQUIRE(has_check_label<Masked<BinaryCrossentropy>>);
  STATIC_REQUIRE(!has_check_label<Masked<MeanSquaredError>>);
}
