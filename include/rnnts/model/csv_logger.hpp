// CSVLogger: the losses of a training in a file that grows while it runs.
#pragma once

#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <system_error>

#include "rnnts/core/error.hpp"
#include "rnnts/model/callback.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A callback that writes a line `epoch,loss,val_loss,learning_rate` after each epoch, so that another program can
/// follow. Without validation there is no `val_loss`, and for an optimizer without one no `learning_rate`. Keras'
/// callback of that name.
///
///     CSVLogger{"training.csv"}
///
/// A new training starts the file anew, one that goes on appends to it. Throws FileError, with the path, if it cannot
/// be written: before the first epoch, if it is so from the start.
struct CSVLogger {
  std::filesystem::path path;

  template <Model M> void train_begin(TrainBegin<M>& begin) const {
    std::error_code no_such_file;
    if (begin.epochs_done > 0 && std::filesystem::exists(path, no_such_file)) return write("", std::ios::app);
    std::string header = "epoch,loss";
    if (begin.has_validation) header += ",val_loss";
    if (begin.learning_rate != nullptr) header += ",learning_rate";
    write(header + "\n", std::ios::trunc);
  }

  template <Model M> void operator()(EpochEnd<M>& end) const {
    std::string line = detail::sentence(end.epoch, ",", end.loss);
    if (end.val_loss) line += detail::sentence(",", *end.val_loss);
    if (const auto rate = end.current_learning_rate()) line += detail::sentence(",", *rate);
    write(line + "\n", std::ios::app);
  }

 private:
  void write(std::string_view text, std::ios::openmode mode) const {
    std::ofstream file(path, std::ios::binary | std::ios::out | mode);
    file << text;
    file.close();
    if (!file) throw FileError(detail::sentence(path.string(), ": the file could not be written"));
  }
};

}  // namespace rnnts::inline RNNTS_ABI
