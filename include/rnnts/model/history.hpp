// History: the losses of a training, epoch by epoch.
#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/text.hpp"

namespace rnnts::inline RNNTS_ABI {

struct History {
  std::vector<double> loss = {};      ///< mean over the training samples while they were trained with, one per epoch
  std::vector<double> val_loss = {};  ///< mean over the validation samples after each epoch; empty without such
  double seconds = 0;                 ///< time that the training took

  /// Writes one line per epoch under the header `epoch,loss,val_loss` (or `epoch,loss`). Throws FileError,
  /// and leaves a file that was there as it was, if that fails.
  void write_csv(const std::filesystem::path& path) const {
    std::string text = val_loss.empty() ? "epoch,loss\n" : "epoch,loss,val_loss\n";
    for (std::size_t epoch = 0; epoch < loss.size(); ++epoch) {
      text += detail::sentence(epoch + 1, ",", loss[epoch]);
      if (!val_loss.empty()) text += detail::sentence(",", val_loss[epoch]);
      text += "\n";
    }
    detail::write_file(path, text);
  }

  /// A table with a row for each epoch.
  std::string text() const {
    std::vector<std::vector<std::string>> rows{{"epoch", "loss"}};
    if (!val_loss.empty()) rows[0].push_back("val_loss");
    for (std::size_t epoch = 0; epoch < loss.size(); ++epoch) {
      rows.push_back({detail::sentence(epoch + 1), detail::rounded(loss[epoch])});
      if (!val_loss.empty()) rows.back().push_back(detail::rounded(val_loss[epoch]));
    }
    return detail::format_table(rows);
  }

  /// Prints `text()`.
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const History& history) {
    return out << history.text();
  }
};

}  // namespace rnnts::inline RNNTS_ABI
