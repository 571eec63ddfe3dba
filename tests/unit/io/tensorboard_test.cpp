#include "rnnts/io/tensorboard.hpp"

#include <string>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"
#include "unit/io/folder.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<double, Input<1>, SimpleRNN<2>, Dense<1>>;

/// The bytes of a loss after its epoch, but for the time in front of them.
std::string ending_of(std::size_t epoch, double loss) {
  return detail::scalar_event(0, epoch, "epoch_loss", static_cast<float>(loss)).substr(9);
}

std::string only_file(const std::filesystem::path& folder) {
  const auto files = files_in(folder);
  REQUIRE(files.size() == 1);
  return content_of(files[0]);
}

}  // namespace

TEST_CASE("TensorBoard writes the losses of each epoch into two folders") {
  const Folder folder("rnnts_tensorboard_test");
  const std::vector<double> series{0.1, 0.5, 0.2, 0.6, 0.3, 0.7, 0.4, 0.8};
  const auto windows = series | views::window(3);
  Net model{seed(1)};
  const auto seen_while_training = [&](EpochEnd<Net>& end) {
    CHECK_THAT(only_file(folder.path / "train"), ContainsSubstring(ending_of(end.epoch, end.loss)));
  };
  const History history = fit(model, windows, MeanSquaredError{}, SGD{},
                              {.epochs = 3,
                               .validation = windows,
                               .callbacks = {TensorBoard(folder.path), seen_while_training},
                               .verbose = false});
  const std::string train = only_file(folder.path / "train"), validation = only_file(folder.path / "validation");
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK_THAT(train, ContainsSubstring(ending_of(i + 1, history.loss[i])));
    CHECK_THAT(validation, ContainsSubstring(ending_of(i + 1, history.val_loss[i])));
  }
  CHECK(train.size() == 40 + 3 * 48);
}

TEST_CASE("TensorBoard without validation writes one folder") {
  const Folder folder("rnnts_tensorboard_test_train");
  const TensorBoard callback(folder.path), copy = callback;
  struct {
    std::size_t epoch = 7;
    double loss = 0.5;
    std::optional<double> val_loss;
  } end;
  callback(end);
  copy(end);
  CHECK(only_file(folder.path / "train").size() == 40 + 2 * 48);
  CHECK(files_in(folder.path).size() == 1);
}

TEST_CASE("TensorBoard refuses a folder that cannot be made before the training starts") {
  const Folder folder("rnnts_tensorboard_test_errors");
  std::ofstream(folder / "file") << "in the way";
  CHECK_THROWS_AS(TensorBoard(folder / "file"), FileError);
}
