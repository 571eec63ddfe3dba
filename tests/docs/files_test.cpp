// The code of docs/files.md.
#include <rnnts/rnnts.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "support/catch.hpp"
#include "support/working_folder.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

const std::vector<float> window(20, 0.5f);

// [together]
struct Forecaster {
  Net model;
  StandardScaler<float> scaler;

  static constexpr auto fields() {
    return std::tuple{Field{"model", &Forecaster::model}, Field{"scaler", &Forecaster::scaler}};
  }
};
// [/together]

}  // namespace

TEST_CASE("files.md: a model and its scaler") {
  const WorkingFolder folder("rnnts_docs_together");
  Forecaster forecaster;
  forecaster.scaler.set(10, 2);
  // [save_together]
  save(forecaster, "forecaster.rnnts");
  const auto again = load<Forecaster>("forecaster.rnnts");
  const auto forecasts = again.scaler.inverse_transform(again.model.predict(again.scaler.transform(window)));
  // [/save_together]
  CHECK(forecasts ==
        forecaster.scaler.inverse_transform(forecaster.model.predict(forecaster.scaler.transform(window))));
  CHECK(again.scaler.mean() == 10);
}

TEST_CASE("files.md: save and load") {
  const WorkingFolder folder("rnnts_docs_save");
  Net model{seed(7)};
  // [save]
  save(model, "net.rnnts");

  const auto again = load<Net>("net.rnnts");  // a new model, or
  load(model, "net.rnnts");                   // into one that there is
  // [/save]
  CHECK(again.predict(window)(0) == model.predict(window)(0));
  CHECK(again.predict(window)(0) == Net{seed(7)}.predict(window)(0));
}

TEST_CASE("files.md: another model") {
  const WorkingFolder folder("rnnts_docs_another");
  save(Net{seed(7)}, "net.rnnts");
  std::string said;
  // [another]
  Sequential<float, Input<1>, SimpleRNN<5, ReLU>, Dense<1>> other;
  try {
    load(other, "net.rnnts");
  } catch (const FileError& error) {
    said = error.what();
  }
  // [/another]
  CHECK(said ==
        "net.rnnts: does not fit the model: expected \"0.simple_rnn (5): activation relu\", found \"0.simple_rnn (5): "
        "activation tanh\"");
}

TEST_CASE("files.md: another number type") {
  const WorkingFolder folder("rnnts_docs_double");
  save(Net{seed(7)}, "net.rnnts");
  // [convert]
  const auto floats = load<Net>("net.rnnts");
  Sequential<double, Input<1>, SimpleRNN<5>, Dense<1>> doubles;
  for (const auto& weight : floats.weights()) doubles.set_weight(weight.name, weight.values);
  // [/convert]
  CHECK(doubles.predict(window)(0) == Approx(floats.predict(window)(0)));
}

TEST_CASE("files.md: weights that are not finite") {
  const WorkingFolder folder("rnnts_docs_non_finite");
  Net model{seed(7)};
  model.layer<1>().bias(0) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(save(model, "broken.rnnts"), FileError);
  CHECK_THROWS_AS(to_bytes(model), FileError);
  // [non_finite]
  save(model, "broken.rnnts", {.allow_non_finite = true});
  const auto broken = load<Net>("broken.rnnts", {.allow_non_finite = true});
  // [/non_finite]
  CHECK(std::isnan(broken.layer<1>().bias(0)));
  CHECK_THROWS_AS(load<Net>("broken.rnnts"), FileError);
}

TEST_CASE("files.md: a self-test") {
  const WorkingFolder folder("rnnts_docs_self_test");
  const Net model{seed(7)};
  // [self_test]
  save(model, "net.rnnts", {.self_test = true});
  // [/self_test]
  std::ifstream file("net.rnnts", std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  CHECK_THAT(content, ContainsSubstring("self_test.input: float (32, 1)\n"
                                        "self_test.output: float (1, 1)\n"));
  CHECK(load<Net>("net.rnnts").predict(window)(0) == model.predict(window)(0));
}

TEST_CASE("files.md: memory") {
  const auto stored = to_bytes(Net{seed(7)});
  std::vector<unsigned char> net_rnnts;
  for (const std::byte byte : stored) net_rnnts.push_back(static_cast<unsigned char>(byte));
  // [memory]
  Net model;
  load(model, std::as_bytes(std::span(net_rnnts)));

  const std::vector<std::byte> bytes = to_bytes(model);  // what save would write
  // [/memory]
  CHECK(bytes == stored);
}

TEST_CASE("files.md: the text in a file") {
  const WorkingFolder folder("rnnts_docs_text");
  save(Net{seed(7)}, "net.rnnts");
  std::ifstream file("net.rnnts", std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  CHECK_THAT(content, ContainsSubstring("input (steps, 1)\n"
                                        "0.simple_rnn (5): activation tanh\n"
                                        "1.dense (1): activation linear\n"
                                        "0.simple_rnn.kernel: float (1, 5)\n"
                                        "0.simple_rnn.recurrent_kernel: float (5, 5)\n"
                                        "0.simple_rnn.bias: float (5)\n"
                                        "1.dense.kernel: float (5, 1)\n"
                                        "1.dense.bias: float (1)\n"));
}
