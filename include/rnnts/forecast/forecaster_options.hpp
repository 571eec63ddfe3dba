// ForecasterOptions, and what of a forecaster is the same whatever its path, net and loss are.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/check_threads.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/forecast/forecast_net.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "rnnts/forecast/series_rows.hpp"
#include "rnnts/forecast/window_layout.hpp"
#include "rnnts/model/ranks.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Options of a `Forecaster`. Sizes that are 0 are those of the net.
struct ForecasterOptions {
  std::size_t look_back = 0;            ///< values in a window, a multiple of the segment
  std::size_t horizon = 0;              ///< steps that are forecast at once
  std::size_t segment = 0;              ///< values of the window that are one step of the net; 1 if there is no net
  std::size_t units = 32;               ///< of a `ForecastNet`
  std::vector<std::string> known = {};  ///< columns of a `ForecastSeries` to look at, known in advance
  /// A season in steps: nets also look at what of the known columns changes from the window's last season on, as
  /// `SubtractSeason` has them learn what changes of the values; 0: they do not.
  std::size_t known_season = 0;
  std::vector<std::string> past = {};   ///< those that are past only
  std::vector<std::string> fixed = {};  ///< those that are static
  /// How many series the net tells apart, which has an `Embedding` of as many rows, as a `SeriesNet`, or a cycle for
  /// each; 0: none. Their names tell them apart.
  std::size_t series = 0;
  /// A known column of the phases of a learned `Cycle`, 0, 1, …, period - 1, 0, …; empty: none.
  std::string cycle = {};
  std::size_t period = 0;  ///< its steps
  /// Probabilities of the quantiles that a GaussianNegativeLogLikelihood gives beside the median; other losses say
  /// theirs.
  std::vector<double> quantiles = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
  bool mask_missing = false;    ///< whether values may be NaN, missing: inputs say which, the loss leaves them out
  std::size_t epochs = 30;      ///< at most
  std::size_t batch_size = 32;  ///< windows
  double learning_rate = 3e-3;  ///< of Adam
  bool cosine_decay = true;     ///< whether the learning rate falls to 0 over all epochs, or stays
  double weight_decay = 0;
  std::size_t stride = 1;      ///< from one window's start to the next's; the last one always counts
  std::size_t validation = 0;  ///< last values of each series that are not trained with, but choose the epoch
  std::size_t patience = 0;    ///< epochs without a lower loss there after which a training stops; 0: never
  std::size_t members = 1;     ///< nets, each from a seed of its own, whose mean is the forecast
  Seed seed = {};              ///< of the first member, and one more for each further one
  std::size_t threads = 1;     ///< members are trained side by side
  bool verbose = true;         ///< writes progress to stderr, unless several threads would
  Ranks* ranks = nullptr;      ///< of the processes that train it together; members are then trained one by one
  /// Called after each epoch of each member, by the thread that trains it: for a progress bar.
  std::function<void()> on_epoch = {};
};

namespace detail {

[[gnu::cold]] inline void refuse_option(std::string_view option, std::string_view expected, std::size_t found) {
  throw ArgumentError(sentence("Forecaster: expected ", option, " ", expected, ", found ", found));
}

/// What a net reads of a window, as far as the options say it.
inline WindowLayout layout_of(const ForecasterOptions& options) {
  return {.look_back = options.look_back,
          .horizon = options.horizon,
          .segment = options.segment,
          .known = options.known.size(),
          .past = options.past.size(),
          .fixed = options.fixed.size(),
          .may_miss = options.mask_missing,
          .known_season = options.known_season,
          .period = options.cycle.empty() ? std::min<std::size_t>(options.series, 1) : options.period};
}

inline SeriesRows series_rows(const ForecasterOptions& options) {
  return {options.series, options.cycle, options.period};
}

/// Throws ArgumentError unless a net with these weights reads what the options tell it of series and their cycles.
template <HasFields P> [[gnu::cold]] void check_table(const ForecasterOptions& options, const P& net) {
  std::size_t series = 0, period = 0;  // of its table
  visit_fields(
      [&]<class Weight>(const FieldInfo& field, const Weight& weight) {
        if (field.name != "embeddings" && field.name != "cycle") return;
        series = weight.extents()[0];
        period = field.name == "cycle" ? weight.extents()[Weight::rank - 1] : 0;
      },
      net);
  if (options.cycle.empty() != (period == 0)) {
    throw ArgumentError(sentence("Forecaster: expected ", period > 0 ? "the option cycle for a net with a Cycle"
                                                                     : "a net with a Cycle for the option cycle"));
  }
  if (options.period != period) refuse_option("period", sentence("to be that of the net, ", period), options.period);
  if (options.series > 0 && series == 0) {
    throw ArgumentError("Forecaster: expected a net with an Embedding, as a SeriesNet, for the option series");
  }
  if (options.series > series)
    refuse_option("series", sentence("to be at most those of the net, ", series), options.series);
  const std::size_t others = options.known.size() + options.past.size() + options.fixed.size();
  if (period > 0 && others > 0) refuse_option("a cycle without", "other columns", others);
  if (period > 0 && options.mask_missing) throw ArgumentError("Forecaster: expected no mask_missing beside a cycle");
}

/// Sets the sizes that are 0 to those of a net with such inputs and as many outputs, some of them for each step.
///
/// Throws ArgumentError if one is another, or another option cannot be used.
[[gnu::cold]] inline void settle(ForecasterOptions& options, const Shape& input, std::size_t outputs_per_step,
                                 std::size_t outputs) {
  const auto take = [](std::string_view name, std::size_t& option, std::size_t of_net) {
    if (option == 0) option = of_net;
    if (option != of_net) refuse_option(name, sentence("to be that of the net, ", of_net), option);
  };
  if (outputs % outputs_per_step != 0) {
    refuse_option("a net with", sentence("as many outputs for each step, a multiple of ", outputs_per_step), outputs);
  }
  const WindowLayout columns = layout_of(options);
  const std::size_t per_value = columns.features_per_value(), per_step = columns.features_per_step();
  if (input.features <= per_step || (input.features - per_step) % per_value != 0) {
    refuse_option("a net with",
                  sentence(per_value, " inputs for each value of a segment and ", per_step, " beside them"),
                  input.features);
  }
  take("segment", options.segment, (input.features - per_step) / per_value);
  take("horizon", options.horizon, outputs / outputs_per_step);
  if (input.steps != any_steps) {
    const std::size_t future = layout_of(options).future_steps();
    if (input.steps <= future) {
      refuse_option("a net of", sentence("more steps than the ", future, " of the horizon"), input.steps);
    }
    take("look_back", options.look_back, (input.steps - future) * options.segment);
  }
  if (options.look_back == 0) refuse_option("look_back", "to be at least 1", 0);
  if (options.look_back % options.segment != 0) {
    refuse_option("look_back", sentence("to be a multiple of the segment, ", options.segment), options.look_back);
  }
  if (options.known_season > options.look_back) {
    refuse_option("known_season", sentence("to be at most look_back, ", options.look_back), options.known_season);
  }
  if (options.epochs == 0) refuse_option("epochs", "to be at least 1", 0);
  if (options.batch_size == 0) refuse_option("batch_size", "to be at least 1", 0);
  if (options.stride == 0) refuse_option("stride", "to be at least 1", 0);
  if (options.members == 0) refuse_option("members", "to be at least 1", 0);
  if (options.validation > 0 && options.validation < options.horizon) {
    refuse_option("validation", sentence("to be 0 or at least the horizon, ", options.horizon), options.validation);
  }
  check_threads("Forecaster", options.threads);
}

/// Throws ArgumentError if there is no window of whole segments.
[[gnu::cold]] inline void require_window(const WindowLayout& layout) {
  if (layout.look_back > 0 && layout.look_back % layout.segment == 0) return;
  refuse_option("look_back", sentence("to be a multiple of the segment, ", layout.segment), layout.look_back);
}

/// The layout of options that say it whole.
///
/// Throws ArgumentError if they do not.
[[gnu::cold]] inline WindowLayout whole_layout_of(const ForecasterOptions& options) {
  WindowLayout layout = layout_of(options);
  layout.segment = std::max<std::size_t>(1, layout.segment);
  require_window(layout);
  if (layout.horizon == 0) refuse_option("horizon", "to be at least 1", 0);
  return layout;
}

/// The net of a forecaster that is given none.
///
/// Throws ArgumentError if the options do not say its sizes.
template <class Net> [[gnu::cold]] Net default_net(const ForecasterOptions& options, std::size_t outputs_per_step) {
  const WindowLayout layout = whole_layout_of(options);
  return forecast_net<Net>(layout.features(), layout.steps(), layout.horizon * outputs_per_step, options.units);
}

/// Throws ArgumentError if quantiles would have to be summed up.
[[gnu::cold]] inline void refuse_lag(std::size_t shortest_lag, std::size_t horizon) {
  if (shortest_lag == 0 || shortest_lag >= horizon) return;
  throw ArgumentError(sentence(
      "Forecaster: expected a path without a lag below the horizon of ", horizon,
      ", as the loss is one of quantiles, and those of differences do not add up; found a lag of ", shortest_lag));
}

/// Throws ArgumentError if values that may be missing would have to be subtracted from each other, or the loss cannot
/// leave them out.
[[gnu::cold]] inline void check_missing(bool mask_missing, bool is_maskable, std::size_t shortest_lag) {
  if (!mask_missing) return;
  if (!is_maskable) {
    throw ArgumentError(
        "Forecaster: expected a MaskableLoss for mask_missing, found one that cannot leave missing labels out");
  }
  if (shortest_lag > 0) {
    throw ArgumentError(sentence(
        "Forecaster: expected a path without a lag for mask_missing, as the value that a difference is to be added to "
        "may be missing; found a lag of ",
        shortest_lag));
  }
}

/// Throws DataError, naming the series, if no value of a window is known.
[[gnu::cold]] inline void require_known(std::string_view function, const std::string& unique_id,
                                        std::span<const double> window) {
  if (!std::ranges::all_of(window, [](double x) { return std::isnan(x); })) return;
  throw DataError(sentence(function, ": ", series_text(unique_id), ": expected at least 1 known value among the last ",
                           window.size(), ", found none"));
}

/// Throws ArgumentError if quantiles would have to be fed back.
[[gnu::cold]] inline void refuse_feedback(std::size_t steps, std::size_t horizon) {
  if (steps <= horizon) return;
  throw ArgumentError(sentence("Forecaster::predict: expected a horizon of at most ", horizon,
                               ", as quantiles cannot be fed back, found ", steps));
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
