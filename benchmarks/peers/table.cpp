#include "table.hpp"

#include <algorithm>
#include <cstdio>

namespace bench {

void print(const Table& table) {
  std::printf("\nMicroseconds in one thread, and how many times as long as ours a peer takes.\n");
  std::printf("peak: %.1f GFLOP/s; OpenBLAS sgemm: %.1f GFLOP/s\n\n", table.peak_flops / 1e9, table.sgemm_flops / 1e9);
  int width = 0;
  for (const Row& row : table.rows) width = std::max(width, int(row.shape.size()));
  std::printf("%-*s  %-13s %11s %6s %7s", width, "shape", "what", "ours", "peak", "sgemm");
  std::vector<int> widths;
  for (const auto& peer : table.peers) {
    widths.push_back(std::max(21, int(peer.size()) + 2));
    std::printf("%*s", widths.back(), peer.c_str());
  }
  std::printf("\n");
  for (const Row& row : table.rows) {
    std::printf("%-*s  %-13s %11.2f %4.0f %% %5.0f %%", width, row.shape.c_str(), row.what.c_str(), row.ours_us,
                100 * row.fma_share, 100 * row.fma_share * table.peak_flops / table.sgemm_flops);
    for (std::size_t column = 0; column < table.peers.size(); ++column) {
      const auto cell = row.peers.find(table.peers[column]);
      if (cell == row.peers.end()) {
        std::printf("%*s", widths[column], "-");
      } else {
        std::printf("%*.2f (%6.1f)", widths[column] - 9, cell->second, cell->second / row.ours_us);
      }
    }
    std::printf("\n");
  }
  std::printf("\n");
  for (const auto& note : table.notes) std::printf("%s\n", note.c_str());
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
