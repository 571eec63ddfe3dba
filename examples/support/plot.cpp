#include "plot.hpp"

#include <gnuplot-iostream.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <set>

namespace examples {
namespace {

constexpr const char* shade_colour = "#e8e8e8";

bool has_gnuplot() {
  static const bool found = [] {
    const bool runs = std::system("gnuplot --version >/dev/null 2>&1") == 0;
    if (!runs) std::cerr << "gnuplot was not found: there will be no plots\n";
    return runs;
  }();
  return found;
}

/// A positive number with one digit that is not 0.
double one_digit(double number, double (*round)(double)) {
  const double power = std::pow(10.0, std::floor(std::log10(number)));
  return round(number / power) * power;
}

/// Text as gnuplot wants it.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

/// Starts a plot: where it goes, how large it is, what stands around it.
void begin_plot(Gnuplot& gnuplot, const std::filesystem::path& file, const std::string& title,
                const std::string& x_label, const std::string& y_label) {
  gnuplot << "set encoding utf8\n"
          << "set terminal pngcairo noenhanced size 1200,600 font 'DejaVu Sans,12'\n"
          << "set output " << quoted(file.string()) << "\n"
          << "set title " << quoted(title) << "\n"
          << "set xlabel " << quoted(x_label) << "\n"
          << "set ylabel " << quoted(y_label) << "\n"
          << "set rmargin 6\n";  // room for half of the last number under the x axis
}

}  // namespace

void Plot::save(const std::filesystem::path& file) const {
  if (!has_gnuplot()) return;
  Gnuplot gnuplot;
  begin_plot(gnuplot, file, title_, x_label_, y_label_);
  gnuplot << "set grid lc rgb '#dddddd' lt 1\n"
          << "set autoscale xfix\n"
          << "set key bottom center outside horizontal height 1 samplen 3\n";
  if (!date_format_.empty()) {
    gnuplot << "set xdata time\nset timefmt '%s'\nset format x " << quoted(date_format_) << "\n";
  }
  if (logarithmic_) {
    gnuplot << "set logscale y\nset format y '%g'\n";
    if (const auto [lowest, highest] = y_range(); highest < 100 * lowest) {
      // Powers of ten, as gnuplot has them, would be one or two numbers at the axis, and much of the plot empty.
      gnuplot << "set yrange [" << one_digit(lowest, std::floor) << ":" << one_digit(highest, std::ceil) << "]\n"
              << "set for [e = -9:9] for [m in '1 2 3 4 5 6 7 8 9'] ytics add (m * 10. ** e)\n";
    }
  }
  for (const Shade& shade : shades_) {
    gnuplot << "set object rectangle from " << std::to_string(shade.first) << ", graph 0 to "
            << std::to_string(shade.last) << ", graph 1 behind fillcolor rgb '" << shade_colour
            << "' fillstyle solid noborder\n";
  }
  const char* separator = "plot ";
  for (const Band& band : bands_) {
    gnuplot << std::exchange(separator, ", ") << "'-' using 1:2:3 with filledcurves fs transparent solid 0.3 lc rgb '"
            << band.colour << "' title " << quoted(band.label);
  }
  for (const Line& line : lines_) {
    gnuplot << std::exchange(separator, ", ") << "'-' using 1:2 with lines lc rgb '" << line.colour << "' "
            << line.style << (line.label.empty() ? " notitle" : " title " + quoted(line.label));
  }
  std::set<std::string> in_legend;
  for (const Shade& shade : shades_) {
    if (!in_legend.insert(shade.label).second) continue;
    gnuplot << ", NaN with boxes fillstyle solid noborder lc rgb '" << shade_colour << "' title "
            << quoted(shade.label);
  }
  gnuplot << "\n";
  for (const Band& band : bands_) gnuplot.send1d(band.points);
  for (const Line& line : lines_) gnuplot.send1d(line.points);
}

std::pair<double, double> Plot::y_range() const {
  std::pair range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const Line& line : lines_) {
    for (const auto& [x, y] : line.points) range = {std::min(range.first, y), std::max(range.second, y)};
  }
  return range;
}

void save_heat_map(const std::filesystem::path& file, const std::string& title, const std::string& x_label,
                   const std::string& y_label, const std::string& colour_label,
                   const std::vector<std::vector<float>>& columns) {
  if (!has_gnuplot()) return;
  std::vector<std::tuple<double, double, double>> cells;
  for (std::size_t x = 0; x < columns.size(); ++x) {
    for (std::size_t y = 0; y < columns[x].size(); ++y) {
      cells.emplace_back(static_cast<double>(x + 1), static_cast<double>(y + 1), static_cast<double>(columns[x][y]));
    }
  }
  Gnuplot gnuplot;
  begin_plot(gnuplot, file, title, x_label, y_label);
  gnuplot << "set cblabel " << quoted(colour_label) << "\n"
          << "set cbrange [-1:1]\n"
          << "set palette defined (-1 '#2166ac', 0 '#f7f7f7', 1 '#b2182b')\n"
          << "set xrange [0.5:" << columns.size() << ".5]\nset yrange [0.5:" << columns.front().size() << ".5]\n"
          << "set ytics 1\nset tics out nomirror\n"
          << "plot '-' using 1:2:3 with image notitle\n";
  gnuplot.send1d(cells);
}

}  // namespace examples
