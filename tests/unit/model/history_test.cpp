#include "rnnts/model/history.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "support/catch.hpp"
#include "support/unique_path.hpp"

using namespace rnnts;

namespace {

std::string written(const History& history) {
  const auto path = unique_path("history.csv");
  history.write_csv(path);
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  file.close();
  std::filesystem::remove(path);
  return text;
}

}  // namespace

TEST_CASE("a history is written as CSV, with or without a validation loss") {
  CHECK(written({.loss = {0.5, 0.25}}) == "epoch,loss\n1,0.5\n2,0.25\n");
  CHECK(written({.loss = {0.5, 0.1}, .val_loss = {1, 2e-7}}) == "epoch,loss,val_loss\n1,0.5,1\n2,0.1,2e-07\n");
}

TEST_CASE("a history that cannot be written is an error with the path in it") {
  CHECK_THROWS_AS(History{}.write_csv("/no/such/folder/history.csv"), FileError);
  CHECK_THROWS_WITH(History{}.write_csv("/no/such/folder/history.csv"), StartsWith("/no/such/folder/history.csv: "));
}

TEST_CASE("a history prints as a table") {
  std::ostringstream out;
  out << History{.loss = {0.5, 0.25}, .val_loss = {1, 0.123456}};
  CHECK(out.str() ==
        "epoch  loss  val_loss\n"
        "---------------------\n"
        "1       0.5         1\n"
        "2      0.25    0.1235\n");
  out.str("");
  out << History{.loss = {0.5}};
  CHECK(out.str() == "epoch  loss\n-----------\n1       0.5\n");
}
