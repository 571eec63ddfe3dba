// CsvOptions: how a CSV file is written. CsvColumn: which column of it.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Columns that are read as one, as a date and the time of day beside it.
struct JoinedColumns {
  std::string name;                  ///< of the column that they become
  std::vector<std::string> columns;  ///< in this order
  char between = ' ';                ///< stands between their texts
};

/// How a CSV file is written.
struct CsvOptions {
  char separator = ',';
  char decimal = '.';  ///< the mark before the decimals of a number
  /// The mark that groups digits by thousands, as in 1,234.5; '\0': they are not grouped. ' ' is also a no-break space,
  /// U+00A0 or U+202F, and '\'' also U+2019.
  char thousands = '\0';
  bool header = true;  ///< whether the first line names the columns
  /// Fields that stand for a missing number, as in {"", "NA"}, where "" is an empty one: `read_csv` makes NaN of them.
  std::vector<std::string> missing = {};
  /// What may stand before or behind a number, as in {"%", "€"}: the number is 12 for 12 %, and 5 for €5.
  std::vector<std::string> units = {};
  /// Columns more, behind those that the header names. None is made where the file has one of that name.
  std::vector<JoinedColumns> joined = {};
};

/// A column of a CSV file, by its name in the header or by its index counted from 0.
class CsvColumn {
 public:
  template <std::convertible_to<std::string_view> Name>
  CsvColumn(const Name& name) : key_(std::string(std::string_view(name))) {}
  CsvColumn(std::size_t index) : key_(index) {}

  const std::string* name() const { return std::get_if<std::string>(&key_); }
  std::size_t index() const { return std::get<std::size_t>(key_); }

 private:
  std::variant<std::string, std::size_t> key_;
};

}  // namespace rnnts::inline RNNTS_ABI
