#include "rnnts/io/pytorch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/lstm.hpp"
#include "support/catch.hpp"
#include "unit/io/folder.hpp"

using namespace rnnts;

namespace {

using Both = Bidirectional<ReturnSequences<GRU<>>>;
using Golden = Sequential<float, Input<>, Both, Both, Dense<>>;
using Chosen = Sequential<float, Input<>, LSTM<>, Dropout<0.5>, Dense<>>;
using Fixed = Sequential<float, Input<2>, LSTM<3>, Dropout<0.5>, Dense<1>>;

const std::string golden = RNNTS_GOLDEN_DIR "/pytorch/gru.safetensors";
const PyTorchOptions names{.modules = {"rnn", "head"}};

std::vector<float> weights_of(const auto& model) {
  std::vector<float> all;
  for (const auto& weight : model.weights()) all.insert(all.end(), weight.values.begin(), weight.values.end());
  return all;
}

/// A model of which all weights differ.
Fixed filled() {
  Fixed model;
  float next = 0;
  for (const auto& weight : model.weights()) {
    for (float& value : weight.values) value = next += 1;
  }
  return model;
}

/// A file of these tensors, all of ones.
void store(const std::string& path, const std::vector<detail::TensorToStore>& shapes, std::string_view dtype = "F32") {
  auto tensors = shapes;
  for (auto& tensor : tensors) {
    std::size_t count = 1;
    for (const std::size_t extent : tensor.shape) count *= extent;
    for (std::size_t i = 0; i < count; ++i) {
      if (dtype == "F32") detail::append_little_endian(tensor.numbers, 1.0f);
      if (dtype == "F64") detail::append_little_endian(tensor.numbers, 1.0);
    }
  }
  std::ofstream(path, std::ios::binary) << detail::encode_safetensors(tensors, dtype);
}

/// Tensors of `Fixed`.
std::vector<detail::TensorToStore> fixed_tensors() {
  return {{"rnn.weight_ih_l0", {12, 2}, {}}, {"rnn.weight_hh_l0", {12, 3}, {}}, {"rnn.bias_ih_l0", {12}, {}},
          {"rnn.bias_hh_l0", {12}, {}},      {"head.weight", {1, 3}, {}},       {"head.bias", {1}, {}}};
}

/// What loading into a model, and loading one of the file's sizes, say; the first leaves it as it was.
struct Refusals {
  std::string fixed = "loaded", chosen = "loaded";
};
Refusals refusals(const std::string& path, const PyTorchOptions& options = names) {
  Refusals said;
  Fixed model = filled();
  const auto what = [&](const Error& error) {
    const std::string text = error.what();
    return text.starts_with(path + ": ") ? text.substr(path.size() + 2) : text;
  };
  try {
    load_pytorch(model, path, options);
  } catch (const Error& error) {
    said.fixed = what(error);
    CHECK(weights_of(model) == weights_of(filled()));
  }
  try {
    load_pytorch<Chosen>(path, options);
  } catch (const Error& error) {
    said.chosen = what(error);
  }
  return said;
}

/// … of a file where `change` has changed one of the tensors.
Refusals refusals_with(const std::string& tensor, const auto& change) {
  const Folder folder("rnnts_pytorch_test");
  auto tensors = fixed_tensors();
  const auto changed = std::ranges::find(tensors, tensor, &detail::TensorToStore::name);
  REQUIRE(changed != tensors.end());
  change(*changed);
  store(folder / "x", tensors);
  return refusals(folder / "x");
}

Refusals refusals_of_shape(const std::string& tensor, std::vector<std::size_t> shape) {
  return refusals_with(tensor, [&](auto& changed) { changed.shape = shape; });
}

}  // namespace

TEST_CASE("a module of torch is computed as torch does it, and saved as safetensors does it") {
  const auto model = load_pytorch<Golden>(golden);
  const auto expected = nlohmann::json::parse(content_of(RNNTS_GOLDEN_DIR "/pytorch/gru.json"));
  const auto output = model.predict(expected["input"].get<std::vector<std::array<float, 2>>>());
  const auto rows = expected["output"].get<std::vector<std::array<float, 2>>>();
  REQUIRE(output.size() == 2 * rows.size());
  for (std::size_t i = 0; i < output.size(); ++i) {
    CHECK_THAT(output.data()[i], WithinAbs(rows[i / 2][i % 2], 1e-6));
  }

  const Folder folder("rnnts_pytorch_test");
  save_pytorch(model, folder / "again", {.modules = {"rnn", "rnn", "head"}});
  CHECK(content_of(folder / "again") == content_of(golden));
}

TEST_CASE("the self-test of a file is run again") {
  const Folder folder("rnnts_pytorch_test");
  const std::string path = RNNTS_GOLDEN_DIR "/pytorch/tested.safetensors";  // of scripts/to_rnnts.py
  const auto model = load_pytorch<Golden>(path);
  CHECK(weights_of(model) == weights_of(load_pytorch<Golden>(golden)));

  std::string file = content_of(path);
  const std::size_t digit = file.find("-0.7236024141311646");
  REQUIRE(digit != std::string::npos);
  file[digit + 3] = '8';
  std::ofstream(folder / "x", std::ios::binary) << file;
  auto other = model;
  for (const auto& weight : other.weights()) std::ranges::fill(weight.values, 0.0f);
  CHECK_THROWS_WITH(load_pytorch(other, folder / "x"),
                    folder / "x" +
                        ": computes otherwise here than where it was written: expected the output of its self-test, to "
                        "1.7e-05, found a difference of 0.1; the option self_test leaves it out");
  CHECK(std::ranges::all_of(weights_of(other), [](float weight) { return weight == 0; }));
  CHECK_THROWS_AS(load_pytorch<Golden>(folder / "x"), FileError);
  load_pytorch(other, folder / "x", {.self_test = false});
  CHECK(weights_of(other) == weights_of(model));
}

TEST_CASE("what is saved is loaded, with names and without") {
  const Folder folder("rnnts_pytorch_test");
  const Fixed model = filled();
  for (const auto& options : {PyTorchOptions{}, names}) {
    save_pytorch(model, folder / "x", options);
    Fixed again;
    load_pytorch(again, folder / "x", options);
    CHECK(weights_of(again) == weights_of(model));
    CHECK(weights_of(load_pytorch<Fixed>(folder / "x")) == weights_of(model));
    const auto chosen = load_pytorch<Chosen>(folder / "x");
    CHECK(weights_of(chosen) == weights_of(model));
    CHECK(chosen.summary() == model.summary());
  }
  CHECK_THROWS_WITH(save_pytorch(model, folder / "x", {.modules = {"rnn"}}),
                    "modules: expected a name for each of the 2 layers with weights, 0.lstm, 2.dense, found 1");
}

TEST_CASE("two biases are added, and the second is written as zeros") {
  const Folder folder("rnnts_pytorch_test");
  store(folder / "x", fixed_tensors());
  const auto model = load_pytorch<Fixed>(folder / "x");
  CHECK(std::ranges::all_of(model.layer<0>().bias, [](float b) { return b == 2; }));
  CHECK(model.layer<2>().bias(0) == 1);

  save_pytorch(model, folder / "x", names);
  detail::SafetensorsFile file(folder / "x");
  file.read_numbers();
  const auto& second = file.tensors()[2];
  CHECK(second.name == "rnn.bias_hh_l0");
  CHECK(file.numbers(second) == std::string(48, '\0'));
}

TEST_CASE("a tensor that is missing, left over, of another shape or type is named with its layer") {
  const auto missing = refusals_with("rnn.weight_hh_l0", [](auto& tensor) { tensor.name = "rnn.weight_hh_l1"; });
  CHECK(missing.fixed == "0.lstm: expected a tensor \"rnn.weight_hh_l0\", found none");
  CHECK(missing.chosen == missing.fixed);

  const auto shape = refusals_of_shape("head.weight", {3, 1});
  CHECK(shape.fixed == "2.dense: expected \"head.weight\" of (1, 3), found (3, 1)");
  CHECK(shape.chosen == "does not fit the model: 2.dense: expected a kernel for 3 inputs, found one for 1");

  const Folder folder("rnnts_pytorch_test");
  auto tensors = fixed_tensors();
  tensors.push_back({"rnn.weight_ih_l1", {12, 3}, {}});
  store(folder / "x", tensors);
  CHECK(refusals(folder / "x").fixed ==
        "expected no further tensor than those of the model, found \"rnn.weight_ih_l1\" of F32 (12, 3)");
  CHECK(refusals(folder / "x").chosen == refusals(folder / "x").fixed);

  tensors.back().name = "rnn.weight_hr_l0";
  store(folder / "x", tensors);
  CHECK(refusals(folder / "x").fixed ==
        "expected no \"rnn.weight_hr_l0\": there is no layer like an nn.LSTM with a proj_size");
  CHECK(refusals(folder / "x").chosen == refusals(folder / "x").fixed);

  store(folder / "x", fixed_tensors(), "F64");
  CHECK(refusals(folder / "x").fixed == "0.lstm: expected \"rnn.weight_ih_l0\" of F32, found F64");
  CHECK(refusals(folder / "x").chosen == refusals(folder / "x").fixed);
  CHECK(refusals(folder / "x", {.modules = {"rnn", "rnn", "head"}}).fixed ==
        "modules: expected a name for each of the 2 layers with weights, 0.lstm, 2.dense, found 3");
  CHECK(refusals(folder / "none").fixed.starts_with("cannot be opened: "));
}

TEST_CASE("tensors of a file that do not fit each other are refused before a model is made of them") {
  CHECK(refusals_of_shape("rnn.weight_hh_l0", {12, 12}).chosen ==
        "0.lstm: expected \"rnn.weight_hh_l0\" of (12, 3), found (12, 12)");
  CHECK(refusals_of_shape("rnn.weight_hh_l0", {1, 1'000'000}).chosen ==
        "0.lstm: expected \"rnn.weight_hh_l0\" of 12 rows, found (1, 1000000)");
  CHECK(refusals_of_shape("rnn.bias_hh_l0", {9}).chosen == "0.lstm: expected \"rnn.bias_hh_l0\" of 12 rows, found (9)");
  CHECK(refusals_of_shape("rnn.weight_ih_l0", {12}).chosen ==
        "0.lstm: expected \"rnn.weight_ih_l0\" of 2 axes, found (12)");
  CHECK(refusals_of_shape("rnn.weight_ih_l0", {12, 0}).chosen.starts_with("does not fit the model: input: expected"));
  CHECK(refusals_of_shape("head.weight", {1'000'000'000, 0}).chosen ==
        "does not fit the model: 2.dense: expected a kernel for 3 inputs, found one for 0");
}

TEST_CASE("NaN and infinity are neither read nor written unasked") {
  const Folder folder("rnnts_pytorch_test");
  Fixed broken = filled();
  broken.layer<2>().kernel(1, 0) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(save_pytorch(broken, folder / "x"),
                    folder / "x" +
                        ": 2.dense.kernel: expected finite numbers, found nan; others are allowed by "
                        "PyTorchOptions::allow_non_finite");
  CHECK(files_in(folder.path).empty());

  PyTorchOptions options = names;
  options.allow_non_finite = true;
  save_pytorch(broken, folder / "x", options);
  CHECK(refusals(folder / "x").fixed ==
        "\"head.weight\": expected finite numbers, found nan; others are allowed by PyTorchOptions::allow_non_finite");
  const auto again = load_pytorch<Chosen>(folder / "x", options);
  CHECK(std::isnan(again.layer<2>().kernel(1, 0)));
  CHECK(again.layer<2>().bias(0) == broken.layer<2>().bias(0));
}

TEST_CASE("of each truncation and each flipped bit, a file is refused or makes a model that fits") {
  const Folder folder("rnnts_pytorch_test");
  save_pytorch(filled(), folder / "x", names);
  const std::string whole = content_of(folder / "x");
  const auto try_out = [&](const std::string& content) {
    std::ofstream(folder / "x", std::ios::binary) << content;
    const auto said = refusals(folder / "x");
    return said.fixed != "loaded" && said.chosen != "loaded";
  };
  const std::size_t header = 8 + detail::read_little_endian<std::uint64_t>(whole, 0);
  for (std::size_t size = 0; size < whole.size(); size += size < header ? 1 : 7) CHECK(try_out(whole.substr(0, size)));
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < 8 * header; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    refused += try_out(damaged);
  }
  CHECK(refused > 7 * header);  // all but those in "__metadata__" and in the spaces behind the header
}
