// History: the losses of a training, epoch by epoch.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"

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
};

}  // namespace rnnts::inline RNNTS_ABI
