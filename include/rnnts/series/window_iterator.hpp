// Iterators of views::window, and the samples that they give.
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/series/index_iterator.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A sample: consecutive elements of a series, and the label that comes right after them.
/// Both refer to the series, so that `auto [window, label] = sample` copies no elements.
template <class Window, class Label> struct Sample {
  Window window;
  Label label;
};

namespace detail {

/// The sizes of a windowing, each counted in elements of the series and at least 1.
struct WindowSizes {
  std::size_t look_back = 1;  ///< elements per window
  std::size_t horizon = 1;    ///< elements per label
  std::size_t stride = 1;     ///< from the start of a window to the start of the next

  /// Number of samples in a series of n elements.
  constexpr std::size_t samples(std::size_t n) const {
    return n < look_back + horizon ? 0 : (n - look_back - horizon) / stride + 1;
  }

  /// Throws ArgumentError where a size is 0 or beyond what a difference of iterators can count.
  constexpr void require_valid() const {
    constexpr auto limit = static_cast<std::size_t>(-1) / 8;
    const auto require = [limit](const char* name, std::size_t value) {
      const auto found = static_cast<std::ptrdiff_t>(value);  // as it was before it became unsigned
      if (found <= 0)
        throw ArgumentError(sentence("views::window: expected ", name, " to be at least 1, found ", found));
      if (value > limit)
        throw ArgumentError(sentence("views::window: expected ", name, " to be at most ", limit, ", found ", found));
    };
    require("look_back", look_back);
    require("horizon", horizon);
    require("stride", stride);
  }
};

/// The sample of window [first, label) and label elements [label, last), the first of which is element `number` of the
/// series.
template <class Iterator, class Labels>
constexpr auto make_sample(Iterator first, Iterator label, Iterator last, std::size_t number, const Labels& labels) {
  using Window = std::ranges::subrange<Iterator>;
  using Label = decltype(labels(label, last, number));
  return Sample<Window, Label>{Window(first, label), labels(label, last, number)};
}

/// Sample i of a random-access series that begins at `origin`.
template <class Iterator, class Labels> struct SampleAt {
  constexpr auto operator()(std::ptrdiff_t i) const {
    const std::size_t number = static_cast<std::size_t>(i) * sizes.stride;
    const auto first = after(origin, number);
    const auto label = after(first, sizes.look_back);
    return make_sample(first, label, after(label, sizes.horizon), number + sizes.look_back, labels);
  }

  static constexpr Iterator after(Iterator from, std::size_t n) {
    return from + static_cast<std::iter_difference_t<Iterator>>(n);
  }

  Iterator origin{};
  WindowSizes sizes{};
  [[no_unique_address]] Labels labels{};
};

/// End of the samples of a random-access series whose length is not known.
template <class Iterator, class End, class Labels> struct WindowSentinel {
  using Samples = IndexIterator<SampleAt<Iterator, Labels>>;

  /// Whether the series ends before sample i does; looks only at what sample i-1 has not covered.
  friend constexpr bool operator==(const Samples& i, const WindowSentinel& sentinel) {
    const auto& [origin, sizes, labels] = i.at();
    const auto length = sizes.look_back + sizes.horizon;
    const auto before = static_cast<std::size_t>(i.index()) * sizes.stride;
    const auto covered = before == 0 ? 0 : before - sizes.stride + length;
    auto last = SampleAt<Iterator, Labels>::after(origin, covered);
    const auto rest = static_cast<std::iter_difference_t<Iterator>>(before + length - covered);
    return std::ranges::advance(last, rest, sentinel.end) != 0;
  }

  End end{};
};

/// Walks the samples of a series that is not random access; keeps the three positions that delimit a sample.
template <class Base, class Labels> class WalkingIterator {
  using Iterator = std::ranges::iterator_t<Base>;
  using End = std::ranges::sentinel_t<Base>;
  using Distance = std::ranges::range_difference_t<Base>;

 public:
  using value_type = decltype(make_sample(Iterator{}, Iterator{}, Iterator{}, 0, std::declval<const Labels&>()));
  using difference_type = std::ptrdiff_t;

  WalkingIterator() = default;

  /// The first sample of the elements [begin, end).
  constexpr WalkingIterator(Iterator begin, End end, const WindowSizes& sizes, Labels labels)
      : first_(begin),
        label_(begin),
        end_(end),
        stride_(distance(sizes.stride)),
        number_(distance(sizes.look_back)),
        labels_(std::move(labels)) {
    missing_ = std::ranges::advance(label_, distance(sizes.look_back), end);
    last_ = label_;
    missing_ += std::ranges::advance(last_, distance(sizes.horizon), end);
  }

  /// The end of the samples of `base`, one stride after the last sample.
  constexpr WalkingIterator(Base& base, const WindowSizes& sizes, Labels labels)
    requires std::ranges::common_range<Base>
      : first_(std::ranges::end(base)),
        label_(first_),
        last_(first_),
        end_(first_),
        stride_(distance(sizes.stride)),
        missing_(1),
        labels_(std::move(labels)) {
    if constexpr (std::bidirectional_iterator<Iterator>) {
      const auto n = static_cast<std::size_t>(std::ranges::size(base));
      const auto length = sizes.look_back + sizes.horizon;
      if (n < length) return;
      std::ranges::advance(label_, -distance(sizes.horizon));
      first_ = label_;
      std::ranges::advance(first_, -distance(sizes.look_back));
      missing_ = stride_ - distance((n - length) % sizes.stride);
      number_ = distance(n - sizes.horizon);
    }
  }

  constexpr value_type operator*() const {
    return make_sample(first_, label_, last_, static_cast<std::size_t>(number_), labels_);
  }

  constexpr WalkingIterator& operator++() {
    missing_ = std::ranges::advance(last_, stride_, end_);
    std::ranges::advance(first_, stride_ - missing_);
    std::ranges::advance(label_, stride_ - missing_);
    number_ += stride_ - missing_;
    return *this;
  }
  constexpr WalkingIterator operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }

  constexpr WalkingIterator& operator--()
    requires std::bidirectional_iterator<Iterator>
  {
    const auto back = std::exchange(missing_, 0) - stride_;
    std::ranges::advance(first_, back);
    std::ranges::advance(label_, back);
    std::ranges::advance(last_, back);
    number_ += back;
    return *this;
  }
  constexpr WalkingIterator operator--(int)
    requires std::bidirectional_iterator<Iterator>
  {
    auto before = *this;
    --*this;
    return before;
  }

  friend constexpr bool operator==(const WalkingIterator& a, const WalkingIterator& b) {
    return a.done() == b.done() && (a.done() || a.first_ == b.first_);
  }
  friend constexpr bool operator==(const WalkingIterator& i, std::default_sentinel_t) { return i.done(); }

 private:
  static constexpr Distance distance(std::size_t n) { return static_cast<Distance>(n); }

  /// At the end `last_` has stopped at the end of the series, `missing_` elements short of one more sample.
  constexpr bool done() const { return missing_ != 0; }

  Iterator first_{};
  Iterator label_{};
  Iterator last_{};
  End end_{};
  Distance stride_ = 1;
  Distance missing_ = 0;
  Distance number_ = 0;  ///< of the element at `label_`, counted from the begin of the series
  [[no_unique_address]] Labels labels_{};
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
