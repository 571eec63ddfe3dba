// Plots as PNG files, drawn by gnuplot.
#pragma once

#include <gnuplot-iostream.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <iostream>
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

inline bool has_gnuplot() {
  static const bool found = [] {
    const bool runs = std::system("gnuplot --version >/dev/null 2>&1") == 0;
    if (!runs) std::cerr << "gnuplot was not found: there will be no plots\n";
    return runs;
  }();
  return found;
}

/// Text as gnuplot wants it.
inline std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

/// Dates are drawn by the seconds since 1970, numbers as they are.
inline double coordinate(std::chrono::year_month_day date) {
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return static_cast<double>(std::chrono::seconds(days).count());
}
template <class Number> double coordinate(Number number) { return static_cast<double>(number); }

/// Starts a plot: where it goes, how large it is, what stands around it.
inline void begin_plot(Gnuplot& gnuplot, const std::filesystem::path& file, const std::string& title,
                       const std::string& x_label, const std::string& y_label) {
  gnuplot << "set encoding utf8\n"
          << "set terminal pngcairo noenhanced size 1200,600 font 'DejaVu Sans,12'\n"
          << "set output " << quoted(file.string()) << "\n"
          << "set title " << quoted(title) << "\n"
          << "set xlabel " << quoted(x_label) << "\n"
          << "set ylabel " << quoted(y_label) << "\n"
          << "set rmargin 6\n";  // room for half of the last number under the x axis
}

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

  void save(const std::filesystem::path& file) const {
    if (!detail::has_gnuplot()) return;
    Gnuplot gnuplot;
    detail::begin_plot(gnuplot, file, title_, x_label_, y_label_);
    gnuplot << "set grid lc rgb '#dddddd' lt 1\n"
            << "set autoscale xfix\n"
            << "set key bottom center outside horizontal height 1 samplen 3\n";
    if (!date_format_.empty()) {
      gnuplot << "set xdata time\nset timefmt '%s'\nset format x " << detail::quoted(date_format_) << "\n";
    }
    const char* separator = "plot ";
    for (const Band& band : bands_) {
      gnuplot << std::exchange(separator, ", ") << "'-' using 1:2:3 with filledcurves fs transparent solid 0.3 lc rgb '"
              << band.colour << "' title " << detail::quoted(band.label);
    }
    for (const Line& line : lines_) {
      gnuplot << std::exchange(separator, ", ") << "'-' using 1:2 with lines lc rgb '" << line.colour << "' "
              << line.style << (line.label.empty() ? " notitle" : " title " + detail::quoted(line.label));
    }
    gnuplot << "\n";
    for (const Band& band : bands_) gnuplot.send1d(band.points);
    for (const Line& line : lines_) gnuplot.send1d(line.points);
  }

 private:
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

  std::string title_, x_label_, y_label_, date_format_;
  std::vector<Band> bands_;
  std::vector<Line> lines_;
};

/// A matrix as colours from blue (-1) to red (1): `columns[x][y]` at (x + 1, y + 1).
template <class Columns>
void save_heat_map(const std::filesystem::path& file, const std::string& title, const std::string& x_label,
                   const std::string& y_label, const std::string& colour_label, const Columns& columns) {
  if (!detail::has_gnuplot()) return;
  std::vector<std::tuple<double, double, double>> cells;
  std::size_t x = 0, height = 0;
  for (const auto& column : columns) {
    ++x;
    height = 0;
    for (const auto value : column) {
      cells.emplace_back(static_cast<double>(x), static_cast<double>(++height), static_cast<double>(value));
    }
  }
  Gnuplot gnuplot;
  detail::begin_plot(gnuplot, file, title, x_label, y_label);
  gnuplot << "set cblabel " << detail::quoted(colour_label) << "\n"
          << "set cbrange [-1:1]\n"
          << "set palette defined (-1 '#2166ac', 0 '#f7f7f7', 1 '#b2182b')\n"
          << "set xrange [0.5:" << x << ".5]\nset yrange [0.5:" << height << ".5]\n"
          << "set ytics 1\nset tics out nomirror\n"
          << "plot '-' using 1:2:3 with image notitle\n";
  gnuplot.send1d(cells);
}

}  // namespace examples
