#include "table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>

namespace bench {
namespace {

/// With three digits, and none after the point that mean nothing.
std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
  return text.data();
}

std::string time(double us) { return us < 1000 ? number(us) + " µs" : number(us / 1000) + " ms"; }

std::string percent(double share) { return std::to_string(int(100 * share + 0.5)) + " %"; }

using Cells = std::vector<std::string>;

Cells cells(const Table& table, const Row& row) {
  Cells cells{row.shape, row.what, time(row.ours_us), percent(row.fma_share * table.peak_flops / table.sgemm_flops)};
  for (const auto& peer : table.peers) {
    const auto us = row.peers.find(peer);
    cells.push_back(us == row.peers.end() ? "" : time(us->second) + ", " + number(us->second / row.ours_us));
  }
  return cells;
}

/// Characters, which in UTF-8 are fewer than bytes.
std::size_t width(const std::string& text) {
  return std::size_t(std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

}  // namespace

void print(const Table& table) {
  std::printf(
      "\nTime in one thread; share of ours in what OpenBLAS reaches in a large product, %.1f of %.1f GFLOP/s; of a "
      "peer, how many times as long as ours it takes.\n\n",
      table.sgemm_flops / 1e9, table.peak_flops / 1e9);
  std::vector<Cells> lines{{"shape", "what", "ours", "of sgemm"}};
  lines[0].insert(lines[0].end(), table.peers.begin(), table.peers.end());
  lines.emplace_back(lines[0].size(), "---");
  for (const Row& row : table.rows) lines.push_back(cells(table, row));
  std::vector<std::size_t> widths(lines[0].size());
  for (const Cells& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  for (const Cells& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      std::printf("| %s%*s ", line[i].c_str(), int(widths[i] - width(line[i])), "");
    }
    std::printf("|\n");
  }
  std::printf("\n");
  for (const auto& note : table.notes) std::printf("- %s\n", note.c_str());
}

nlohmann::json rows_as_json(const Table& table) {
  auto rows = nlohmann::json::array();
  for (const Row& row : table.rows) {
    rows.push_back({{"shape", row.shape},
                    {"what", row.what},
                    {"ours_us", row.ours_us},
                    {"peers", row.peers},
                    {"fma_share", row.fma_share}});
  }
  return rows;
}

}  // namespace bench
