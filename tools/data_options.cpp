#include "data_options.hpp"

#include <algorithm>
#include <iostream>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/read_series.hpp"
#include "rnnts/series/csv_text.hpp"

namespace tools {

using rnnts::detail::in_quotes;
using rnnts::detail::sentence;

void print(const char* title, const Lines& lines) {
  std::cout << title << "\n";
  for (const auto& [name, text] : lines) std::cout << "  " << name << ": " << text << "\n";
  std::cout << "\n";
}

rnnts::CsvOptions csv_options(const DataOptions& options) {
  rnnts::CsvOptions csv = rnnts::ReadSeriesOptions().csv;
  if (!options.separator.empty()) csv.separator = options.separator[0];
  if (!options.decimal.empty()) csv.decimal = options.decimal[0];
  csv.thousands = options.thousands;
  csv.units = {"%", "€", "$", "£", "¥", "EUR", "USD", "GBP", "CHF"};
  for (const auto& [names, between] : {std::pair{&options.time, ' '}, {&options.id, '/'}}) {
    if (names->find(',') == names->npos) continue;
    rnnts::JoinedColumns joined{*names, {""}, between};
    for (const char c : *names) {
      if (c == ',') {
        joined.columns.emplace_back();
      } else {
        joined.columns.back() += c;
      }
    }
    csv.joined.push_back(std::move(joined));
  }
  return csv;
}

rnnts::MissingValue missing_value(const std::string& fill) {
  using rnnts::MissingValue;
  return fill == "forward" ? MissingValue::forward : fill == "linear" ? MissingValue::linear : MissingValue::seasonal;
}

std::vector<Role> roles(const DataOptions& options) {
  return {{"--known", "known in advance", options.known},
          {"--past", "past only", options.past},
          {"--static", "static", options.fixed}};
}

std::string list_of(const std::vector<std::string>& names, std::size_t most) {
  std::string list;
  for (std::size_t k = 0; k < std::min(names.size(), most); ++k) list += (k == 0 ? "" : ", ") + in_quotes(names[k]);
  return names.size() > most ? sentence(list, " and ", names.size() - most, " more") : list;
}

}  // namespace tools
