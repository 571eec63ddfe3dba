// Samples: any range of (window, label) pairs, by index, behind one type.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/model/gather.hpp"
#include "rnnts/series/sample_pair.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A forward range of (window, label) pairs, as `views::window` gives it.
template <class R>
concept SampleRange = std::ranges::forward_range<R> && detail::SamplePair<std::ranges::range_reference_t<R>>;

/// Random access to the samples of a range, whatever its type. Copies no data: a lvalue range is referred to
/// and must live as long, a view is kept. A sample is looked at when it is asked for, and nothing is kept of it; only
/// of a range without random access, one iterator per sample is.
///
/// Input: shape of one window; Output: of one label. Without features there are no labels, and the elements of a range
/// may be windows alone.
template <Scalar T, Shape Input, Shape Output> class Samples {
 public:
  static constexpr Shape input = Input, output = Output;

  using X = Sequence<T, Input.features>;
  using Y = Sequence<T, Output.features>;

  /// No samples.
  Samples() = default;

  template <std::ranges::forward_range R>
    requires(!std::same_as<std::remove_cvref_t<R>, Samples> && (SampleRange<R> || Output.features == 0))
  Samples(R&& range) : source_(make_source(as_view(std::forward<R>(range)))) {}

  /// The samples of several ranges, one after the other: of several series, say.
  template <std::ranges::input_range Ranges>
    requires(SampleRange<std::ranges::range_reference_t<Ranges>> && Output.features != 0)
  Samples(Ranges&& ranges)
      : source_(std::make_shared<SeveralSources<std::views::all_t<Ranges>>>(
            std::views::all(std::forward<Ranges>(ranges)))) {}

  std::size_t size() const { return source_ ? source_->size() : 0; }
  bool empty() const { return size() == 0; }

  /// Steps of one window. `expected` is the shape of one, where sizes were chosen when the program runs.
  ///
  /// Throws ShapeError if the model expects another number, DataError if there are none.
  std::size_t input_steps(std::size_t index, const Shape& expected = Input) const {
    const std::size_t steps = source_->input_steps(index, expected.features);
    if (steps == 0) throw DataError(detail::sentence("window ", index, ": expected at least one step, found none"));
    if (expected.steps != any_steps && steps != expected.steps) {
      throw ShapeError(
          detail::sentence("window ", index, ": the model expects ", expected.steps, " steps, found ", steps));
    }
    return steps;
  }

  /// Copies the samples at `indices` into a batch of as many: column b of `x` and `y` is sample `indices[b]`.
  ///
  /// Throws ShapeError or DataError, naming the sample, if its shape is another or a number in it is not
  /// finite; one in a label may be NaN where `labels_may_miss`.
  void gather(std::span<const std::size_t> indices, X x, Y y, bool labels_may_miss = false) const {
    for (std::size_t b = 0; b < indices.size(); ++b) {
      source_->gather(indices[b], x, y, {b, indices[b], labels_may_miss});
    }
  }

 private:
  /// Like `std::views::all`, but refers also to a view that cannot be copied, as that of the windows of a temporary is.
  template <class R> static auto as_view(R&& range) {
    if constexpr (std::ranges::viewable_range<R>) {
      return std::views::all(std::forward<R>(range));
    } else {
      return std::ranges::ref_view(range);
    }
  }

  template <class V> static auto make_source(V view) { return std::make_shared<RangeSource<V>>(std::move(view)); }

  /// The column that a sample is copied to, and the index that an error names.
  struct Place {
    std::size_t b, name;
    bool labels_may_miss;
  };

  struct Source {
    virtual ~Source() = default;
    virtual std::size_t size() const = 0;
    virtual std::size_t input_steps(std::size_t index, std::size_t features) const = 0;
    virtual void gather(std::size_t index, X x, Y y, const Place& place) const = 0;
  };

  template <std::ranges::view V> class RangeSource final : public Source {
   public:
    explicit RangeSource(V view) : view_(std::move(view)), iterators_(access(view_)) {}

    std::size_t size() const override { return static_cast<std::size_t>(iterators_.size()); }

    std::size_t input_steps(std::size_t index, std::size_t features) const override {
      auto&& sample = *iterator(index);
      return detail::count_rows(detail::Extent<Input.features>(features), window_in(sample));
    }

    void gather(std::size_t index, X x, Y y, const Place& place) const override {
      const auto [b, name, labels_may_miss] = place;
      auto&& sample = *iterator(index);
      detail::gather(window_in(sample), x, b, "window", name);
      if constexpr (Output.features != 0) {
        detail::gather(detail::label_of(sample), y, b, "label", name, labels_may_miss);
      }
    }

   private:
    /// Of a sample, which may be a window alone.
    static decltype(auto) window_in(auto& sample) {
      if constexpr (detail::SamplePair<decltype(sample)>) {
        return detail::window_of(sample);
      } else {
        return (sample);
      }
    }

    static constexpr bool has_random_access = std::ranges::random_access_range<V> && std::ranges::sized_range<V>;

    /// The range itself if it has random access, else its iterators.
    static auto access(V& view) {
      using Iterator = std::ranges::iterator_t<V>;
      if constexpr (has_random_access) {
        const auto begin = std::ranges::begin(view);
        return std::ranges::subrange(begin, begin + std::ranges::ssize(view));
      } else {
        std::vector<Iterator> iterators;
        for (auto it = std::ranges::begin(view); it != std::ranges::end(view); ++it) iterators.push_back(it);
        return iterators;
      }
    }

    auto iterator(std::size_t index) const {
      if constexpr (has_random_access) {
        return iterators_.begin() + static_cast<std::ranges::range_difference_t<V>>(index);
      } else {
        return iterators_[index];
      }
    }

    V view_;
    decltype(access(std::declval<V&>())) iterators_;
  };

  template <std::ranges::view Ranges> class SeveralSources final : public Source {
   public:
    explicit SeveralSources(Ranges ranges) : ranges_(std::move(ranges)) {
      for (auto&& range : ranges_) {
        sources_.push_back(make_source(as_view(std::forward<decltype(range)>(range))));
        ends_.push_back(size() + sources_.back()->size());
      }
    }

    std::size_t size() const override { return ends_.empty() ? 0 : ends_.back(); }

    std::size_t input_steps(std::size_t index, std::size_t features) const override {
      const auto [source, within] = find(index);
      return source->input_steps(within, features);
    }

    void gather(std::size_t index, X x, Y y, const Place& place) const override {
      const auto [source, within] = find(index);
      source->gather(within, x, y, place);
    }

   private:
    std::pair<const Source*, std::size_t> find(std::size_t index) const {
      const auto after = std::ranges::upper_bound(ends_, index);
      const auto k = static_cast<std::size_t>(after - ends_.begin());
      return {sources_[k].get(), index - (k == 0 ? 0 : ends_[k - 1])};
    }

    Ranges ranges_;  ///< which the sources may refer to
    std::vector<std::shared_ptr<const Source>> sources_;
    std::vector<std::size_t> ends_;  ///< of each source, the number of samples up to its end
  };

  std::shared_ptr<const Source> source_;
};

}  // namespace rnnts::inline RNNTS_ABI
