// TensorBoard: a callback that writes the losses of a training where TensorBoard can show them.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "rnnts/io/event_writer.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A callback of `fit` that writes the losses after each epoch, as `epoch_loss` in the folders `train` and
/// `validation` of `log_dir`, which is where Keras writes them. `tensorboard --logdir log_dir` shows them, also
/// while the training runs.
///
/// Copies write to the same files. One is for one training: the steps of a second would start again at 1.
class TensorBoard {
 public:
  /// Creates the folder and a file in it. Throws FileError if that fails, here and after each epoch.
  explicit TensorBoard(std::filesystem::path log_dir) : writers_(std::make_shared<Writers>(std::move(log_dir))) {}

  /// To be called with what `fit` passes to callbacks: `epoch`, `loss` and `val_loss`.
  void operator()(const auto& end) const {
    const auto write = [&end](EventWriter& writer, double loss) {
      writer.scalar("epoch_loss", end.epoch, loss);
      writer.flush();
    };
    write(writers_->train, end.loss);
    if (!end.val_loss) return;
    if (!writers_->validation) writers_->validation.emplace(writers_->log_dir / "validation");
    write(*writers_->validation, *end.val_loss);
  }

 private:
  struct Writers {
    explicit Writers(std::filesystem::path folder) : log_dir(std::move(folder)), train(log_dir / "train") {}

    std::filesystem::path log_dir;
    EventWriter train;
    std::optional<EventWriter> validation;  ///< made when there is a first validation loss
  };

  std::shared_ptr<Writers> writers_;
};

}  // namespace rnnts::inline RNNTS_ABI
