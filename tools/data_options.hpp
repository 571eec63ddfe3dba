// DataOptions: which numbers of a CSV file `rnnts forecast` is to read, as given or guessed; and what is said of them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/forecast/fill_missing.hpp"
#include "rnnts/series/csv_options.hpp"

namespace tools {

/// Where the numbers are. What is empty is guessed.
struct DataOptions {
  std::string file;
  std::string separator, decimal;  ///< the characters
  char thousands = '\0';           ///< what may group digits, as the file says it; none
  std::string layout;              ///< "long", "columns" or "rows"
  std::string id, time, target;    ///< columns; of the first two also some that are read as one, as "date,time"
  std::vector<std::string> known, past, fixed;  ///< columns beside the target
  bool calendar = false;                        ///< whether those of the calendar are made too
  std::string fill;                 ///< "forward", "linear", "seasonal" or "masked"; empty: missing values are refused
  std::string resample, frequency;  ///< a rule, and the words of the step to come to; empty: uneven times are refused
  std::size_t season = 0;
  bool season_given = false;  ///< then it is not looked for, and 0 is none

  bool is_masked() const { return fill == "masked"; }  ///< whether values that are missing stay so
};

/// A name and what was found, or chosen and why: a line for people.
using Lines = std::vector<std::pair<std::string, std::string>>;

/// To standard output, an empty line after them.
void print(const char* title, const Lines& lines);

/// How the file is written, with the marks that are given or found; fields as "NA" are missing values, signs as that of
/// percent stand beside numbers, and columns for times or names that are several ones are joined.
rnnts::CsvOptions csv_options(const DataOptions& options);

/// What DataOptions::fill says, where that is not "masked".
rnnts::MissingValue missing_value(const std::string& fill);

/// Columns beside the target, in one of their roles.
struct Role {
  const char* option;
  const char* text;
  const std::vector<std::string>& names;
};
std::vector<Role> roles(const DataOptions& options);

/// In quotes; of many the first ones, and how many more there are.
std::string list_of(const std::vector<std::string>& names, std::size_t most);

}  // namespace tools
