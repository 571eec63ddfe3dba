// What `rnnts forecast` reads: a CSV file whose columns and form are given or guessed.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/forecast/series_table.hpp"

namespace tools {

/// Where the numbers are. What is empty is guessed.
struct DataOptions {
  std::string file;
  std::string layout;  ///< "long", "columns" or "rows"
  std::string id, time, target;
  std::string fill;  ///< "forward", "linear" or "seasonal"; empty: missing values are refused
  std::size_t season = 0;
  bool season_given = false;  ///< then it is not looked for, and 0 is none
};

/// A name and what was found, or chosen and why: a line for people.
using Lines = std::vector<std::pair<std::string, std::string>>;

/// Sets what is empty of layout, id, time and target by a look at the first rows, and adds how to `lines`.
///
/// Throws FileError if the file cannot be read, or has no column of numbers.
void guess_columns(DataOptions& options, Lines& lines);

/// Reads the series, finds their season if none is given, and fills missing values. Adds what was found to `lines`.
///
/// Throws FileError and DataError as rnnts::read_series does.
rnnts::SeriesTable read_data(DataOptions& options, Lines& lines);

}  // namespace tools
