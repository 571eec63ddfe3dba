// A plot as SVG: lines and bands over an axis of numbers or dates. Of any width, as its texts are not scaled with it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "html.hpp"
#include "rnnts/core/error.hpp"
#include "ticks.hpp"

namespace tools {

/// What an axis shows, from the smallest of all numbers that it was given to the largest. Those that are not finite
/// are left out.
struct Extremes {
  double low = std::numeric_limits<double>::infinity(), high = -low;

  void add(double number) {
    if (!std::isfinite(number)) return;
    low = std::min(low, number);
    high = std::max(high, number);
  }
  void add(std::span<const double> numbers) {
    for (const double number : numbers) add(number);
  }

  /// So wide that it can be divided, and wider by this share on both sides.
  Extremes padded(double share) const {
    if (low > high) return {0, 1};
    const double least = std::max(1e-9 * std::max(std::abs(low), std::abs(high)), 1e-300);
    if (high / 2 - low / 2 < least) {  // all alike
      const double around = low == 0 ? 1 : std::abs(low) / 10;
      return {low - around, high + around};
    }
    const double more = share * (high / 2 - low / 2) * 2;
    constexpr double largest = std::numeric_limits<double>::max();
    return {std::max(low - more, -largest), std::min(high + more, largest)};
  }
};

/// Draws within 1000 by `height` units, which the page stretches. Numbers that are not finite are gaps. Where many
/// points fall on one place of the axis, the first, the smallest, the largest and the last of them are drawn, so that a
/// plot is of a bounded size.
class Plot {
 public:
  Plot(Extremes x, Extremes y, double height = 300) : x_(x), y_(y), height_(height) {}

  /// Points at ascending x. `style` is a class of the style sheet.
  void line(std::string_view style, std::span<const double> x, std::span<const double> y) {
    std::string path, dots, last;
    std::size_t length = 0;
    const auto close = [&] {
      if (length == 1) dots += "M" + last + "h0";  // drawn as a dot
      length = 0;
    };
    for_each_place(x, y, [&](std::span<const std::size_t> points) {
      if (points.empty()) close();
      for (const std::size_t k : points) {
        const std::string at = text(place_x(x[k])) + " " + text(place_y(y[k]));
        if (++length == 2) path += "M" + last;
        if (length >= 2) path += "L" + at;
        last = at;
      }
    });
    close();
    if (!path.empty()) add(style, path);
    if (!dots.empty()) add(std::string(style) + " dot", dots);
  }

  /// The area between two lines without gaps.
  void band(std::string_view style, std::span<const double> x, std::span<const double> lower,
            std::span<const double> upper) {
    std::vector<std::string> around;
    const auto edge = [&](std::span<const double> y, bool is_lower) {
      const auto by_y = [&](std::size_t a, std::size_t b) { return is_lower ? y[a] < y[b] : y[a] > y[b]; };
      for_each_place(x, y, [&](std::span<const std::size_t> points) {
        if (points.empty()) return;
        const std::size_t k = *std::ranges::min_element(points, by_y);
        around.push_back(text(place_x(x[k])) + " " + text(place_y(y[k])));
      });
    };
    edge(upper, false);
    std::ranges::reverse(around);
    edge(lower, true);
    std::string path;
    for (const std::string& point : around) path += (path.empty() ? "M" : "L") + point;
    if (!path.empty()) add(style, path + "Z");
  }

  /// A line from the bottom to the top.
  void rule(std::string_view style, double x) { add(style, "M" + text(place_x(x)) + " 0V" + text(height_)); }

  /// `description` says in words what is seen.
  std::string html(std::string_view title, std::string_view description, std::span<const Tick> x_ticks,
                   std::span<const Tick> y_ticks) const {
    using rnnts::detail::sentence;
    std::string grid, x_labels, y_labels;
    for (const Tick& tick : y_ticks) {
      const double place = place_y(tick.at);
      grid += "M0 " + text(place) + "H1000";
      y_labels += sentence("<span style=\"top:", text(100 * place / height_), "%\">", tick.label, "</span>");
    }
    for (const Tick& tick : x_ticks) {
      const double place = place_x(tick.at);
      grid += "M" + text(place) + " 0V" + text(height_);
      x_labels += sentence("<span style=\"left:", text(place / 10), "%\"><b>", tick.label, "</b><i>", tick.context,
                           "</i></span>");
    }
    return sentence("<div class=\"plot\"><div class=\"y\" aria-hidden=\"true\">", y_labels,
                    "</div>\n<svg role=\"img\" viewBox=\"0 0 1000 ", text(height_), "\" preserveAspectRatio=\"none\" ",
                    "style=\"height:", text(height_), "px\"><title>", escaped(title), "</title><desc>",
                    escaped(description), "</desc>\n<path class=\"grid\" d=\"", grid, "\"/>\n", drawn_,
                    "</svg>\n<div class=\"x\" aria-hidden=\"true\">", x_labels, "</div></div>\n");
  }

 private:
  static constexpr std::size_t places = 500;

  void add(std::string_view style, std::string_view path) {
    drawn_ += rnnts::detail::sentence("<path class=\"", style, "\" d=\"", path, "\"/>\n");
  }

  double place_x(double x) const { return std::clamp(1000 * share(x, x_), -5.0, 1005.0); }
  double place_y(double y) const { return std::clamp(height_ * (1 - share(y, y_)), -5.0, height_ + 5); }
  static double share(double number, const Extremes& of) {
    return (number / 2 - of.low / 2) / (of.high / 2 - of.low / 2);  // halves, as the largest have no difference
  }

  /// With one digit after the point, if it is not 0.
  static std::string text(double number) {
    std::string digits = detail::fixed(number, 1);
    if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
    return digits == "-0" ? "0" : digits;
  }

  /// Calls `use(points)` for each of the places on the axis that has points, from left to right, with those that are to
  /// be drawn, in order; with none for a place that has nothing but gaps.
  template <class Use> void for_each_place(std::span<const double> x, std::span<const double> y, Use use) const {
    std::vector<std::size_t> finite, chosen;
    for (std::size_t begin = 0; begin < x.size();) {
      const auto place_of = [&](std::size_t k) { return std::floor(place_x(x[k]) * places / 1000); };
      finite.clear();
      std::size_t k = begin;
      for (; k < x.size() && place_of(k) == place_of(begin); ++k) {
        if (std::isfinite(y[k])) finite.push_back(k);
      }
      begin = k;
      chosen.clear();
      if (!finite.empty()) {
        const auto [least, most] = std::ranges::minmax_element(finite, {}, [&](std::size_t at) { return y[at]; });
        chosen = {finite.front(), *least, *most, finite.back()};
        std::ranges::sort(chosen);
        chosen.erase(std::ranges::unique(chosen).begin(), chosen.end());
      }
      use(std::span<const std::size_t>(chosen));
    }
  }

  Extremes x_, y_;
  double height_;
  std::string drawn_;
};

}  // namespace tools
