#include "rnnts/model/csv_logger.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/catch.hpp"
#include "support/scripted_training.hpp"
#include "support/unique_path.hpp"

using namespace rnnts;

namespace {

/// A file that is not there before and after.
struct LogFile {
  std::filesystem::path path = unique_path("log.csv");
  LogFile() { std::filesystem::remove(path); }
  ~LogFile() { std::filesystem::remove(path); }

  std::string text() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

}  // namespace

TEST_CASE("CSVLogger writes what there is to say of each epoch") {
  const LogFile file;
  const CSVLogger logger{file.path};
  ScriptedTraining{.losses = {0.5, 0.25}}.run(logger);
  CHECK(file.text() == "epoch,loss\n1,0.5\n2,0.25\n");
  ScriptedTraining{.losses = {0.5, 0.25}, .val_losses = {1, 2e-7}}.run(logger);
  CHECK(file.text() == "epoch,loss,val_loss\n1,0.5,1\n2,0.25,2e-07\n");
  LearningRate rate = 1e-3;
  ScriptedTraining{.losses = {0.5}, .val_losses = {1}, .learning_rate = &rate}.run(logger);
  CHECK(file.text() == "epoch,loss,val_loss,learning_rate\n1,0.5,1,0.001\n");
}

TEST_CASE("CSVLogger has a line in the file before the next epoch") {
  const LogFile file;
  const CSVLogger logger{file.path};
  std::string seen;
  auto look = [&](EpochEnd<ScriptedTraining::Net>& end) {
    logger(end);
    seen = file.text();
    end.stop = end.epoch == 1;
  };
  ScriptedTraining{.losses = {0.5, 0.25}}.run(look);
  CHECK(seen == "1,0.5\n");
}

TEST_CASE("CSVLogger appends where a training goes on") {
  const LogFile file;
  const CSVLogger logger{file.path};
  ScriptedTraining{.losses = {0.5}}.run(logger);
  ScriptedTraining{.losses = {0.5, 0.25}, .epochs_done = 1}.run(logger);
  CHECK(file.text() == "epoch,loss\n1,0.5\n2,0.25\n");
  std::filesystem::remove(file.path);
  ScriptedTraining{.losses = {0.5, 0.25}, .epochs_done = 1}.run(logger);
  CHECK(file.text() == "epoch,loss\n2,0.25\n");
}

TEST_CASE("CSVLogger says at once which file cannot be written") {
  const CSVLogger logger{"/no/such/folder/log.csv"};
  ScriptedTraining training{.losses = {0.5}};
  const float before = training.bias();
  CHECK_THROWS_AS(training.run(logger), FileError);
  CHECK_THROWS_WITH(training.run(logger), "/no/such/folder/log.csv: the file could not be written");
  CHECK(training.bias() == before);
}
