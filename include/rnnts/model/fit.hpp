// fit: trains a model on windows.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/progress.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/trainer.hpp"

namespace rnnts::inline v0 {

/// What a callback is shown after each epoch. It may change the model, and may set `stop`.
template <Model M> struct EpochEnd {
  std::size_t epoch;  ///< counted from 1
  double loss;
  std::optional<double> val_loss;
  M& model;
  bool stop = false;
};

/// Options of `fit`; Labels is the number of labels per step.
template <Model M, std::size_t Labels = M::output.features> struct FitOptions {
  std::size_t epochs = 1;
  std::size_t batch_size = 32;
  bool shuffle = true;                                       ///< the order of the samples, anew for each epoch
  Seed seed = {};                                            ///< of the order; the same seed gives the same training
  typename M::template SamplesWith<Labels> validation = {};  ///< windows whose loss is computed after each epoch
  std::span<const typename M::scalar> sample_weights = {};   ///< of the loss of each sample; empty if all count alike
  std::vector<std::function<void(EpochEnd<M>&)>> callbacks = {};
  bool verbose = true;  ///< writes progress to stderr
};

namespace detail {

template <Model M, Loss L, class O> class Fit {
 public:
  static constexpr std::size_t labels = label_count<L, M::output.features>;

  using Samples = typename M::template SamplesWith<labels>;
  using Options = FitOptions<M, labels>;

  Fit(M& model, const Samples& samples, L loss, O optimizer, const Options& options)
      : model_(model),
        samples_(samples),
        options_(options),
        trainer_(model, std::move(loss), std::move(optimizer)),
        last_good_(std::make_unique<typename M::Parameters>(model.parameters())) {
    if (options.batch_size == 0) throw ArgumentError("fit: expected a batch_size of at least 1, found 0");
    if (samples.empty()) {
      throw DataError(
          "fit: expected at least one window, found none; a series must have at least look_back + horizon "
          "values");
    }
    for (std::size_t index = 0; index < samples.size(); ++index)
      samples.input_steps(index);  // throws if it does not fit
    if (!options.sample_weights.empty() && options.sample_weights.size() != samples.size()) {
      throw ShapeError(sentence("fit: expected a sample weight for each of ", samples.size(), " windows, found ",
                                options.sample_weights.size()));
    }
    order_.resize(std::max(samples.size(), options.validation.size()));
  }

  History run() {
    const auto start = std::chrono::steady_clock::now();
    Random random(options_.seed);
    const std::size_t batches = (samples_.size() + options_.batch_size - 1) / options_.batch_size;
    Progress progress(options_.verbose, options_.epochs, options_.epochs * batches);
    History history;
    history.loss.reserve(options_.epochs);
    if (!options_.validation.empty()) history.val_loss.reserve(options_.epochs);
    for (std::size_t epoch = 1; epoch <= options_.epochs; ++epoch) {
      const std::span<std::size_t> order = in_order(samples_);
      if (options_.shuffle) random.shuffle(order);
      const auto train = [&](std::span<const std::size_t> indices) {
        const double batch_loss = trainer_.step(batch_.x(), batch_.y(), &random, weights_of(indices));
        if (!std::isfinite(batch_loss)) fail(epoch, "the loss", batch_loss);
        return batch_loss;
      };
      const double loss =
          mean_over_batches(samples_, order, train, [&](double mean_so_far) { progress.step(epoch, mean_so_far); });
      keep_good_weights(epoch);
      EpochEnd<M> end{epoch, loss, validate(), model_};
      history.loss.push_back(loss);
      if (end.val_loss) history.val_loss.push_back(*end.val_loss);
      for (const auto& callback : options_.callbacks) callback(end);
      if (end.stop) break;
    }
    history.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return history;
  }

 private:
  std::span<std::size_t> in_order(const Samples& samples) {
    const auto order = std::span(order_).first(samples.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
  }

  /// Mean over all samples of what `loss_of(indices)` returns for each batch of them. Calls `after_batch` with the mean
  /// so far.
  double mean_over_batches(const Samples& samples, std::span<const std::size_t> order, auto loss_of, auto after_batch) {
    double sum = 0;
    std::size_t done = 0;
    while (done < order.size()) {
      const auto indices = order.subspan(done, std::min(options_.batch_size, order.size() - done));
      batch_.gather(samples, indices);
      sum += loss_of(indices) * static_cast<double>(indices.size());
      done += indices.size();
      after_batch(sum / static_cast<double>(done));
    }
    return sum / static_cast<double>(done);
  }

  /// The weights of the samples of a batch; empty if all count alike.
  std::span<const typename M::scalar> weights_of(std::span<const std::size_t> indices) {
    if (options_.sample_weights.empty()) return {};
    weights_.resize(indices.size());
    std::ranges::transform(indices, weights_.begin(), [&](std::size_t i) { return options_.sample_weights[i]; });
    return weights_;
  }

  std::optional<double> validate() {
    if (options_.validation.empty()) return std::nullopt;
    const auto loss_of = [&](auto) { return trainer_.forward(batch_.x(), batch_.y()); };
    return mean_over_batches(options_.validation, in_order(options_.validation), loss_of, [](double) {});
  }

  void keep_good_weights(std::size_t epoch) {
    visit_fields(
        [&](const FieldInfo&, const auto& weights) {
          for (const auto weight : weights) {
            if (!std::isfinite(weight)) fail(epoch, "a weight", static_cast<double>(weight));
          }
        },
        std::as_const(model_.parameters()));
    *last_good_ = model_.parameters();
  }

  [[noreturn]] void fail(std::size_t epoch, const char* what, double value) {
    model_.parameters() = *last_good_;
    throw TrainingError(
        sentence("fit: ", what, " became ", value, " in epoch ", epoch,
                 "; the model keeps the weights from before this epoch. A smaller learning rate may help."),
        epoch);
  }

  M& model_;
  const Samples& samples_;
  const Options& options_;
  Trainer<M, L, O> trainer_;
  std::unique_ptr<typename M::Parameters> last_good_;
  std::vector<std::size_t> order_;
  std::vector<typename M::scalar> weights_;
  Batch<M, labels> batch_;
};

}  // namespace detail

/// Trains the model on a range of (window, label) pairs, by backpropagation through the whole window.
///
///     auto history = fit(model, windows, MeanSquaredError{}, Adam{.learning_rate = 1e-3}, {.epochs = 10});
///
/// A window is a range of T numbers, or of T rows of as many numbers as the model has inputs; a label is a
/// number or a range of as many numbers as it has outputs (or as the loss has labels), or for a model that gives a
/// sequence, T of them. Windows may differ in length: each is computed as if alone. The samples are never copied as a
/// whole, only gathered batch by batch.
///
/// Throws DataError if there are no windows or a number in one is not finite, ShapeError if one has another
/// shape than the model or the number of sample weights is another, ArgumentError for a batch size of 0, and
/// TrainingError if the loss or a weight is no longer finite: the model then has the weights from before that epoch.
template <Model M, class Windows, Loss L, class O>
History fit(M& model, Windows&& windows, L loss, O optimizer,
            const std::type_identity_t<FitOptions<M, label_count<L, M::output.features>>>& options = {}) {
  using Samples = typename M::template SamplesWith<label_count<L, M::output.features>>;
  static_assert(std::constructible_from<Samples, Windows>,
                "fit takes a range of (window, label) pairs, as series | views::window(look_back) is.");
  static_assert(Optimizer<O, typename M::Parameters>, "fit takes an optimizer, such as Adam{}.");
  const Samples samples(std::forward<Windows>(windows));
  return detail::Fit<M, L, O>(model, samples, std::move(loss), std::move(optimizer), options).run();
}

}  // namespace rnnts::inline v0
