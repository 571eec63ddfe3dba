// train_member: a net of a forecaster, trained on the windows of its series.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rnnts/core/extent.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/forecast/forecast_levels.hpp"
#include "rnnts/forecast/forecaster_options.hpp"
#include "rnnts/forecast/origins.hpp"
#include "rnnts/forecast/window_layout.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/losses/masked.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/early_stopping.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/ranked_trainer.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/training.hpp"
#include "rnnts/model/training_state.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/optimizers/schedules.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Options of `detail::train`.
template <Model Net, std::size_t Labels> struct MemberOptions {
  std::size_t epochs;
  std::vector<Callback<Net>> callbacks;
  bool verbose;
  Seed seed;
  RanksOption<typename Net::scalar, Net::input.features, Labels> ranks;
  std::size_t threads = 1, work_per_thread = 0;
};

/// The loss, or where it can, one that leaves missing labels out if these `may_miss`.
template <Loss L> auto loss_that_masks(const L& loss, bool may_miss) {
  if constexpr (MaskableLoss<L>) {
    return Masked<L>{loss, may_miss};
  } else {
    return loss;
  }
}

/// Trains the net, whose weights are drawn, with the windows at some origins; those of the validation part, if there
/// are any, choose the epoch. `transform` is called for each window, when its turn comes.
template <Model Net, Loss L>
History train_member(Net& net, const L& loss, const ForecasterOptions& options, const WindowLayout& layout,
                     TransformWindow transform, const Origins& training, const Origins& validation, Seed seed) {
  static_assert(
      !(is_likelihood<L> && is_step_by_step<Net>),
      "A GaussianNegativeLogLikelihood takes all means and then all variances, which a HorizonNet and a Cycle "
      "do not give: take Quantiles.");
  using T = typename Net::scalar;
  constexpr std::size_t labels = label_count<L, Net::output.features>;
  using Batches = OriginBatches<T, Net::input.features, labels>;
  const auto own_loss = loss_that_masks(loss, options.mask_missing);
  const LabelCheck<T> label_check(own_loss);
  Batches batches(training, options.batch_size, layout, transform, label_check);
  Batches validation_batches(validation, options.batch_size, layout, transform, label_check);

  Adam adam{.learning_rate = options.learning_rate, .weight_decay = options.weight_decay};
  if (options.cosine_decay) {
    adam.learning_rate = CosineDecay{.initial_learning_rate = options.learning_rate,
                                     .decay_steps = std::uint64_t{options.epochs} * batches.batches()};
  }
  MemberOptions<Net, labels> member_options{
      options.epochs, {}, options.verbose && options.threads == 1, seed, options.ranks};
  if (validation.size() > 0) {
    member_options.callbacks.push_back(
        EarlyStopping{.patience = options.patience == 0 ? options.epochs : options.patience});
  }
  if (options.on_epoch) {
    member_options.callbacks.push_back([&options](EpochEnd<Net>&) { options.on_epoch(); });
  }
  AnyTrainingStateOf<Net, Adam> state;
  return train(
      net, own_loss, adam, member_options, state,
      {"Forecaster::fit", batches, batches.batches(), validation.size() > 0 ? &validation_batches : nullptr, true});
}

}  // namespace rnnts::inline RNNTS_ABI::detail
