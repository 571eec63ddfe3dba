// What a run of the program has found and forecast, as one page for a browser.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "html.hpp"

namespace tools {

/// One series as it is drawn. NaN is a gap. Forecasts refer to `Report::levels`, as those of rnnts::Forecast do.
struct ReportSeries {
  std::string name = {};
  std::vector<double> times = {}, values = {};         ///< (N), the held-out part included
  std::vector<double> forecast_times = {}, mean = {};  ///< (H)
  std::vector<double> quantiles = {};                  ///< (H,Q), or none
  /// The forecast that was made for values that are known by now, or none.
  std::vector<double> held_out_times = {}, held_out_mean = {}, held_out_quantiles = {};
};

/// A line in the plot of errors.
struct ReportLine {
  std::string name = {};
  std::vector<double> errors = {};  ///< errors[h]: of the values h + 1 steps ahead
};

/// Parts that are empty are left out of the page.
struct Report {
  std::string title = {}, subtitle = {};
  std::string verdict = {};  ///< whether the forecast beats those that need no model
  bool calendar = false;  ///< times are seconds since 1970-01-01 00:00 where they are to be shown, else plain numbers
  std::vector<std::pair<std::string, std::string>> found = {};   ///< names and values
  std::vector<double> levels = {};                               ///< (Q), the probabilities of the quantiles, ascending
  std::vector<ReportSeries> series = {};                         ///< the first six are drawn
  std::size_t series_count = 0;                                  ///< where there are more than `series`
  std::string error_name = "Mean absolute error";                ///< of the lines
  std::vector<ReportLine> errors = {};                           ///< that of the model first
  ReportTable methods = {};                                      ///< the model and others, and their errors
  std::vector<std::pair<std::string, std::string>> chosen = {};  ///< names, and what was chosen and why
  ReportTable trials = {}, all_series = {};
};

/// The page: HTML that needs no other file, network or script, in light and dark, for windows of any width. Of long
/// series and tables as much is shown as stays readable, so that the page stays below about 1 MB.
///
/// Throws ShapeError, naming the series or the table, if lengths do not fit each other; DataError if times do not
/// ascend.
std::string report_html(const Report& report);

}  // namespace tools
