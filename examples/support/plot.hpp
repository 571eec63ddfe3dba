// Plots as PNG files, drawn by gnuplot.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace examples {

/// Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008).
namespace colour {
inline constexpr const char* black = "#000000";
inline constexpr const char* grey = "#999999";
inline constexpr const char* blue = "#0072B2";
inline constexpr const char* orange = "#E69F00";
inline constexpr const char* green = "#009E73";
inline constexpr const char* vermilion = "#D55E00";
}  // namespace colour

namespace detail {

/// Dates are drawn by the seconds since 1970, numbers as they are.
inline double coordinate(std::chrono::year_month_day date) {
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return static_cast<double>(std::chrono::seconds(days).count());
}
template <class Number> double coordinate(Number number) { return static_cast<double>(number); }

}  // namespace detail

/// Lines and bands over numbers or dates.
class Plot {
 public:
  Plot(std::string title, std::string x_label, std::string y_label)
      : title_(std::move(title)), x_label_(std::move(x_label)), y_label_(std::move(y_label)) {}

  /// The x axis shows dates, written as by strftime: "%Y", "%b %Y".
  Plot& dates_as(std::string format) {
    date_format_ = std::move(format);
    return *this;
  }

  /// The y axis is logarithmic.
  Plot& logarithmic() {
    logarithmic_ = true;
    return *this;
  }

  /// The range [first, last] of the x axis in grey, over the whole height and behind all else. Of ranges with the same
  /// label one stands in the legend.
  template <class X> Plot& shade(std::string label, X first, X last) {
    shades_.push_back({std::move(label), detail::coordinate(first), detail::coordinate(last)});
    return *this;
  }

  /// One line through the points (x, y), as many as the shorter range has, in a style of gnuplot's. With an
  /// empty label it is left out of the legend, as for the second half of a line with a gap.
  template <std::ranges::input_range X, std::ranges::input_range Y>
  Plot& line(std::string label, const char* colour, const X& x, const Y& y, std::string style = "lw 2") {
    Line line{std::move(label), colour, std::move(style), {}};
    auto next_y = std::ranges::begin(y);
    for (const auto& at : x) {
      if (next_y == std::ranges::end(y)) break;
      line.points.emplace_back(detail::coordinate(at), detail::coordinate(*next_y++));
    }
    lines_.push_back(std::move(line));
    return *this;
  }

  /// The area between the points (x, low) and (x, high), behind all lines.
  template <std::ranges::input_range X, std::ranges::input_range Low, std::ranges::input_range High>
  Plot& band(std::string label, const char* colour, const X& x, const Low& low, const High& high) {
    Band band{std::move(label), colour, {}};
    auto next_low = std::ranges::begin(low);
    auto next_high = std::ranges::begin(high);
    for (const auto& at : x) {
      if (next_low == std::ranges::end(low) || next_high == std::ranges::end(high)) break;
      band.points.emplace_back(detail::coordinate(at), detail::coordinate(*next_low++),
                               detail::coordinate(*next_high++));
    }
    bands_.push_back(std::move(band));
    return *this;
  }

  /// Nothing if there is no gnuplot.
  void save(const std::filesystem::path& file) const;

 private:
  struct Shade {
    std::string label;
    double first, last;
  };

  struct Line {
    std::string label;
    const char* colour;
    std::string style;
    std::vector<std::pair<double, double>> points;
  };

  struct Band {
    std::string label;
    const char* colour;
    std::vector<std::tuple<double, double, double>> points;
  };

  std::pair<double, double> y_range() const;  // the lowest and the highest y of all lines

  std::string title_, x_label_, y_label_, date_format_;
  bool logarithmic_ = false;
  std::vector<Shade> shades_;
  std::vector<Band> bands_;
  std::vector<Line> lines_;
};

/// A matrix as colours from blue (-1) to red (1): `columns[x][y]` at (x + 1, y + 1).
void save_heat_map(const std::filesystem::path& file, const std::string& title, const std::string& x_label,
                   const std::string& y_label, const std::string& colour_label,
                   const std::vector<std::vector<float>>& columns);

}  // namespace examples
