// Origins: the windows of several series, read from these one by one and counted from their ends.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/order.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/window_layout.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/check_labels.hpp"
#include "rnnts/series/window_iterator.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The windows of several parts of series, each with what follows it. The last one of a part ends with it, and every
/// `stride`-th before that counts. Refers to the numbers; keeps one number for each part.
class Origins {
 public:
  Origins(std::vector<SeriesPart> parts, WindowSizes sizes) : parts_(std::move(parts)), sizes_(sizes) {
    for (const auto& part : parts_) ends_.push_back(size() + sizes_.samples(part.values.size()));
  }

  std::size_t size() const { return ends_.empty() ? 0 : ends_.back(); }

  /// look_back + horizon values.
  SeriesPart operator[](std::size_t index) const {
    const auto after = std::ranges::upper_bound(ends_, index);
    const SeriesPart& part = parts_[static_cast<std::size_t>(after - ends_.begin())];
    const std::size_t from_end = *after - index - 1, length = sizes_.look_back + sizes_.horizon;
    return part.subpart(part.values.size() - length - from_end * sizes_.stride, length);
  }

 private:
  std::vector<SeriesPart> parts_;
  WindowSizes sizes_;
  std::vector<std::size_t> ends_;  ///< of each part, the number of windows up to its end
};

struct SplitOrigins {
  Origins training, validation;
};

/// Those of series, with the columns of each: the last `held_out` values are only in windows for the validation, of
/// which there are none if that is 0.
[[gnu::cold]] inline SplitOrigins split_origins(std::span<const ForecastSeries> series,
                                                std::span<const SeriesColumns> columns, WindowSizes sizes,
                                                std::size_t held_out) {
  std::vector<SeriesPart> first_parts, last_parts;
  for (std::size_t s = 0; s < series.size(); ++s) {
    const SeriesPart whole{series[s].values, columns[s]};
    const std::size_t first = whole.values.size() - held_out;
    first_parts.push_back(whole.subpart(0, first));
    if (held_out > 0) last_parts.push_back(whole.subpart(first - sizes.look_back, sizes.look_back + held_out));
  }
  return {{std::move(first_parts), sizes}, {std::move(last_parts), sizes}};
}

/// Changes a window and what follows it, in place.
using TransformWindow = FunctionRef<void(std::span<double> window, std::span<double> future)>;

/// The windows at some origins as the batches of a training: I numbers of a window and its covariates are one step.
/// Where values may be missing, labels are NaN for those that are, and all of a window in which none is known.
template <Scalar T, std::size_t I, std::size_t Labels> class OriginBatches final : public BatchSource<T, I, Labels> {
 public:
  /// `transform` is called for each window, when its turn comes. Refers to all but the batch size.
  OriginBatches(const Origins& origins, std::size_t batch_size, const WindowLayout& layout, TransformWindow transform,
                LabelCheck<T> label_check)
      : origins_(origins),
        batch_size_(batch_size),
        layout_(layout),
        transform_(transform),
        label_check_(label_check),
        numbers_(layout.look_back + layout.horizon) {}

  /// How many batches a pass has.
  std::size_t batches() const { return ceil_div(origins_.size(), batch_size_); }

  void begin(Random* random) override {
    done_ = 0;
    if (random != nullptr) {
      order_.shuffle(origins_.size(), *random);
    } else {
      order_.forward(origins_.size());
    }
  }

  const Batch<T, I, Labels>* next() override {
    const std::size_t count = std::min(batch_size_, order_.size() - done_);
    if (count == 0) return nullptr;
    const std::size_t look_back = layout_.look_back, horizon = layout_.horizon;
    const auto x = x_.resize(layout_.steps(), count, layout_.features());
    const auto y = y_.resize(1, count, horizon);
    indices_.clear();
    for (std::size_t b = 0; b < count; ++b) {
      indices_.push_back(order_[done_ + b]);
      const SeriesPart part = origins_[indices_.back()];
      std::ranges::copy(part.values, numbers_.begin());
      const std::span<double> window(numbers_.data(), look_back), future(numbers_.data() + look_back, horizon);
      transform_(window, future);
      if (layout_.may_miss && std::ranges::all_of(window, [](double value) { return std::isnan(value); })) {
        std::ranges::fill(future, std::numeric_limits<double>::quiet_NaN());
      }
      layout_.write<T>(window, part, [&](std::size_t t) { return x[t][b]; });
      for (std::size_t h = 0; h < horizon; ++h) y[0][b][h] = static_cast<T>(future[h]);
    }
    check_labels<T, Labels>(label_check_, y, indices_);
    batch_ = {.x = x, .y = y, .count = count, .first = done_};
    if (layout_.may_miss) batch_.known = known_share(batch_.y);
    done_ += count;
    return &batch_;
  }

 private:
  const Origins& origins_;
  std::size_t batch_size_;
  WindowLayout layout_;
  TransformWindow transform_;
  LabelCheck<T> label_check_;
  Order order_;
  std::size_t done_ = 0;  ///< windows of this pass
  std::vector<std::size_t> indices_;
  std::vector<double> numbers_;  ///< of one window, and what follows it
  SequenceBuffer<T, I> x_;
  SequenceBuffer<T, Labels> y_;
  Batch<T, I, Labels> batch_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
