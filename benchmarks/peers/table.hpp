// The result of the comparison, for people and as JSON.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace bench {

struct Row {
  std::string shape, what;
  double ours_us = 0;
  std::map<std::string, double> peers;  ///< microseconds, by name
  double fma_share = 0;                 ///< of ours, in the peak of multiply-adds
};

struct Table {
  std::vector<std::string> peers;  ///< the columns
  std::vector<Row> rows;
  double peak_flops = 0;           ///< per second
  double sgemm_flops = 0;          ///< per second: what OpenBLAS reaches in a large product
  std::vector<std::string> notes;  ///< what else there is to know, as which peers are missing
};

/// A table in Markdown.
void print(const Table& table);
nlohmann::json rows_as_json(const Table& table);

}  // namespace bench
