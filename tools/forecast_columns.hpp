// What `rnnts forecast` guesses of a CSV file: its marks, its form, and which columns have what.
#pragma once

#include "data_options.hpp"

namespace tools {

/// Sets separator and decimal mark, if they are empty, by a look at the first rows, and adds them to `lines` if they
/// are not comma and point. Leaves them alone for what is no file, as a pipe.
///
/// Throws FileError if the file cannot be read, or could be read in two ways.
void guess_marks(DataOptions& options, Lines& lines);

/// The same for layout, id, time and target. A time of "none" is none, unless a column is named so.
///
/// Throws FileError if the file has no column of numbers; ArgumentError if columns beside the target are asked for
/// where there are none.
void guess_columns(DataOptions& options, Lines& lines);

}  // namespace tools
