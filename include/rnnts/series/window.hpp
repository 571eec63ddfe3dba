// views::window: a series as a range of (window, label) samples.
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/series/closure.hpp"
#include "rnnts/series/tensor_view.hpp"
#include "rnnts/series/window_iterator.hpp"

namespace rnnts::inline RNNTS_ABI {

/// The column of a row of features, counted from 0, that a model shall learn to forecast.
struct LabelColumn {
  std::size_t index;
};

namespace detail {

/// One number of a row, by value because the row may be a temporary.
struct ColumnOf {
  /// Whether a row of as many numbers as this one has no such column.
  template <class Row> constexpr bool missing_in(const Row& row) const {
    if constexpr (requires { std::tuple_size<Row>::value; }) {
      return index >= std::tuple_size_v<Row>;
    } else {
      return index >= static_cast<std::size_t>(std::ranges::size(row));
    }
  }

  /// `find_row()` is the number of this row in the series, for the message.
  ///
  /// Throws ShapeError if the row is too short.
  template <std::ranges::random_access_range Row> constexpr auto number(const Row& row, const auto& find_row) const {
    if (missing_in(row))
      throw ShapeError(sentence("views::window: row ", find_row(), " (counted from 0) has ", std::ranges::size(row),
                                " columns, and the label is to come from column ", index));
    return std::ranges::begin(row)[static_cast<std::ranges::range_difference_t<const Row>>(index)];
  }

  std::size_t index = 0;
};

/// The same of each of several rows, the first of which is row `number` of the series.
template <class I> struct ColumnOfEach {
  template <class Row> constexpr auto operator()(const Row& row) const {
    // A row does not know where it stands; the first one that is too short is this one or as wrong.
    return column.number(row, [this] {
      auto short_row = number;
      for (I i = first; !column.missing_in(*i); ++i) ++short_row;
      return short_row;
    });
  }

  I first{};
  std::size_t number = 0;
  ColumnOf column{};
};

/// Labels of views::window: function objects from the elements [first, last) after a window to its label. The first of
/// them is element `number` of the series.
struct NextElement {
  template <class I> constexpr std::iter_reference_t<I> operator()(I first, I, std::size_t) const { return *first; }
};

struct NextElements {
  template <class I> constexpr auto operator()(I first, I last, std::size_t) const {
    return std::ranges::subrange(first, last);
  }
};

struct NextInColumn {
  template <class I> constexpr auto operator()(I first, I, std::size_t number) const {
    return column.number(*first, [number] { return number; });
  }

  ColumnOf column{};
};

struct NextsInColumn {
  template <class I> constexpr auto operator()(I first, I last, std::size_t number) const {
    return std::ranges::transform_view(std::ranges::subrange(first, last), ColumnOfEach<I>{first, number, column});
  }

  ColumnOf column{};
};

template <class Labels>
concept HasColumn = requires(const Labels& labels) { labels.column; };

}  // namespace detail

/// The samples of a series, see `views::window`.
template <std::ranges::view V, class Labels>
  requires std::ranges::forward_range<V>
class WindowView : public std::ranges::view_interface<WindowView<V, Labels>> {
  static constexpr bool const_iterable = std::ranges::forward_range<const V>;

 public:
  /// Throws ArgumentError if a size is 0 or the rows have no such label column.
  constexpr WindowView(V base, detail::WindowSizes sizes, Labels labels = {})
      : base_(std::move(base)), sizes_(sizes), labels_(labels) {
    sizes_.require_valid();
    if constexpr (detail::HasColumn<Labels>) require_column();
  }

  constexpr std::size_t look_back() const { return sizes_.look_back; }
  constexpr std::size_t horizon() const { return sizes_.horizon; }
  constexpr std::size_t stride() const { return sizes_.stride; }

  constexpr V base() const&
    requires std::copy_constructible<V>
  {
    return base_;
  }
  constexpr V base() && { return std::move(base_); }

  constexpr auto begin() const
    requires const_iterable
  {
    return begin_of(*this);
  }
  constexpr auto begin()
    requires(!const_iterable)
  {
    return begin_of(*this);
  }

  constexpr auto end() const
    requires const_iterable
  {
    return end_of(*this);
  }
  constexpr auto end()
    requires(!const_iterable)
  {
    return end_of(*this);
  }

  /// Number of samples: floor((n - look_back - horizon) / stride) + 1, or 0 if the n elements are too few.
  constexpr std::size_t size() const
    requires std::ranges::sized_range<const V>
  {
    return samples_in(base_);
  }
  constexpr std::size_t size()
    requires(std::ranges::sized_range<V> && !std::ranges::sized_range<const V>)
  {
    return samples_in(base_);
  }

 private:
  template <class Base> constexpr std::size_t samples_in(Base& base) const {
    return sizes_.samples(static_cast<std::size_t>(std::ranges::size(base)));
  }

  template <class Self> static constexpr auto begin_of(Self& self) {
    using Base = decltype((self.base_));
    using Iterator = std::ranges::iterator_t<Base>;
    if constexpr (std::ranges::random_access_range<Base>) {
      using At = detail::SampleAt<Iterator, Labels>;
      return detail::IndexIterator<At>(At{std::ranges::begin(self.base_), self.sizes_, self.labels_}, 0);
    } else {
      return detail::WalkingIterator<std::remove_reference_t<Base>, Labels>(
          std::ranges::begin(self.base_), std::ranges::end(self.base_), self.sizes_, self.labels_);
    }
  }

  template <class Self> static constexpr auto end_of(Self& self) {
    using Base = decltype((self.base_));
    if constexpr (std::ranges::random_access_range<Base> && std::ranges::sized_range<Base>) {
      return begin_of(self) + static_cast<std::ptrdiff_t>(self.samples_in(self.base_));
    } else if constexpr (std::ranges::random_access_range<Base>) {
      using Iterator = std::ranges::iterator_t<Base>;
      using End = std::ranges::sentinel_t<Base>;
      return detail::WindowSentinel<Iterator, End, Labels>{std::ranges::end(self.base_)};
    } else if constexpr (std::ranges::common_range<Base> &&
                         (std::ranges::sized_range<Base> || !std::ranges::bidirectional_range<Base>)) {
      return detail::WalkingIterator<std::remove_reference_t<Base>, Labels>(self.base_, self.sizes_, self.labels_);
    } else {
      return std::default_sentinel;
    }
  }

  constexpr void require_column() {
    using Row = std::ranges::range_value_t<V>;
    if constexpr (requires { std::tuple_size<Row>::value; }) {
      require_column_of(std::tuple_size_v<Row>);
    } else if (const auto first = std::ranges::begin(base_); first != std::ranges::end(base_)) {
      require_column_of(static_cast<std::size_t>(std::ranges::size(*first)));
    }
  }

  constexpr void require_column_of(std::size_t width) const {
    if (labels_.column.index >= width)
      throw ArgumentError(detail::sentence("views::window: label column ", labels_.column.index,
                                           " is out of range: the rows have ", width, " columns, counted from 0"));
  }

  V base_;
  detail::WindowSizes sizes_;
  [[no_unique_address]] Labels labels_;
};

namespace detail {

template <class Labels> struct Windowing {
  template <class R> constexpr auto operator()(R&& series) const {
    static_assert(Adaptable<R>, "views::window needs a range or a tensor expression: this is neither.");
    if constexpr (Adaptable<R>) {
      using V = SeriesView<R>;
      static_assert(std::ranges::forward_range<V>,
                    "views::window needs a forward range: windows overlap, and an input-only range is read once. "
                    "Store its elements in a container first.");
      static_assert(!HasColumn<Labels> || std::ranges::random_access_range<std::ranges::range_reference_t<V>>,
                    "views::window has a LabelColumn, and the elements of this range are not rows.");
      return WindowView<V, Labels>(series_view(std::forward<R>(series)), sizes, labels);
    }
  }

  WindowSizes sizes{};
  [[no_unique_address]] Labels labels{};
};

template <class Labels> constexpr auto windowing(WindowSizes sizes, Labels labels) {
  sizes.require_valid();
  return Closure<Windowing<Labels>>{{sizes, labels}};
}

}  // namespace detail

namespace views {

/// `series | window(look_back)`: each run of `look_back` elements, with the element after it as the label.
///
/// Adapts any forward range, a 1-D tensor expression, or a 2-D one of shape (T, F) as T rows of F features; an lvalue
/// is referred to, an rvalue is taken over. Gives `Sample`s, lazily: the window is a subrange of the series, the label
/// a reference to its element. Random access, size and borrowed iterators are kept from the series. A series of n
/// elements has n - look_back samples, one that is too short has none.
///
/// Throws ArgumentError if look_back is 0; ShapeError if a tensor of dynamic rank is not 1-D.
constexpr auto window(std::size_t look_back) {
  return detail::windowing({.look_back = look_back}, detail::NextElement{});
}

/// The same with the `horizon` elements after the window as the label, a subrange, and `stride` elements from one
/// window's start to the next's: floor((n - look_back - horizon) / stride) + 1 samples.
///
/// Throws ArgumentError if a size is 0.
constexpr auto window(std::size_t look_back, std::size_t horizon, std::size_t stride = 1) {
  return detail::windowing({look_back, horizon, stride}, detail::NextElements{});
}

/// For a series of rows: whole rows in the window, one column of the next row as the label, a number.
///
/// Throws ArgumentError if look_back is 0 or the rows have no such column (the first row is looked at); when a label is
/// read, ShapeError if its row is shorter than the first.
constexpr auto window(std::size_t look_back, LabelColumn column) {
  return detail::windowing({.look_back = look_back}, detail::NextInColumn{{column.index}});
}

/// For a series of rows: one column of the next `horizon` rows as the label, a view of numbers.
///
/// Throws as the one above does, and ArgumentError if a size is 0.
constexpr auto window(std::size_t look_back, LabelColumn column, std::size_t horizon, std::size_t stride = 1) {
  return detail::windowing({look_back, horizon, stride}, detail::NextsInColumn{{column.index}});
}

}  // namespace views
}  // namespace rnnts::inline RNNTS_ABI

template <class V, class Labels>
inline constexpr bool std::ranges::enable_borrowed_range<rnnts::WindowView<V, Labels>> =
    std::ranges::enable_borrowed_range<V>;
