// The code of docs/pytorch.md and docs/rtneural.md.
#include <rnnts/io/pytorch.hpp>
#include <rnnts/io/rtneural.hpp>
#include <rnnts/rnnts.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

#include "support/catch.hpp"
#include "support/working_folder.hpp"

using namespace rnnts;

namespace {

// [net]
using Net = Sequential<float, Input<3>, ReturnSequences<GRU<16>>, GRU<16>, Dense<1>>;
// [/net]

// [chosen]
using Chosen = Sequential<float, Input<>, ReturnSequences<GRU<>>, GRU<>, Dense<>>;
// [/chosen]

bool same_weights(const auto& one, const auto& other) {
  const auto a = one.weights(), b = other.weights();
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return std::ranges::equal(x.values, y.values); });
}

}  // namespace

TEST_CASE("pytorch.md: there and back") {
  const WorkingFolder folder("rnnts_docs_pytorch");
  const Net drawn{seed(7)};
  {
    const auto& model = drawn;
    // [save]
    save_pytorch(model, "model.safetensors", {.modules = {"rnn", "rnn", "head"}});
    // [/save]
  }
  // [load]
  const auto model = load_pytorch<Net>("model.safetensors");
  // [/load]
  CHECK(same_weights(model, drawn));
  // [load_chosen]
  const auto of_any_size = load_pytorch<Chosen>("model.safetensors");
  // [/load_chosen]
  CHECK(same_weights(of_any_size, drawn));
  // [modules]
  const auto named = load_pytorch<Net>("model.safetensors", {.modules = {"rnn", "rnn", "head"}});
  // [/modules]
  CHECK(same_weights(named, drawn));

  std::string said;
  // [refused]
  try {
    load_pytorch<Sequential<float, Input<3>, GRU<16>, Dense<1>>>("model.safetensors");
  } catch (const FileError& error) {
    said = error.what();
  }
  // [/refused]
  CHECK(said ==
        "model.safetensors: expected no further tensor than those of the model, found \"rnn.bias_hh_l1\" of F32 (48)");
}

TEST_CASE("rtneural.md: there and back") {
  const WorkingFolder folder("rnnts_docs_rtneural");
  {
    const Net model{seed(7)};
    // [save_rtneural]
    save_rtneural(model, "model.json");
    // [/save_rtneural]
  }
  // [load_rtneural]
  auto model = load_rtneural<Net>("model.json");
  Stream stream(model);
  // [/load_rtneural]
  CHECK(same_weights(model, Net{seed(7)}));
  CHECK(stream.step(std::array<float, 3>{1, 2, 3}).size() == 1);
}
