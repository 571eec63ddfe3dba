#include "rnnts/io/keras.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/layers/average_pooling1d.hpp"
#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/global_average_pooling1d.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/layer_normalization.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/max_pooling1d.hpp"
#include "rnnts/layers/repeat_vector.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "support/catch.hpp"
#include "unit/io/folder.hpp"

using namespace rnnts;

namespace {

constexpr GRUOptions reset_before{.return_sequences = true, .reset_after = false};
constexpr LayerNormalizationOptions without_gamma{.epsilon = 1e-5, .scale = false};

/// An activation that Keras has not.
struct Square {
  static constexpr std::string_view name = "square";
  static constexpr bool needs_input = true;
  template <Scalar T> static T value(T x) { return x * x; }
  template <Scalar T> static T slope(T x, T) { return 2 * x; }
};

/// All layers that Keras has too.
using Every =
    Sequential<float, Input<>, Conv1D<dynamic, 3, ReLU, Conv1DOptions{.padding = Padding::causal, .dilation_rate = 2}>,
               LayerNormalization<without_gamma>, MaxPooling1D<2>, AveragePooling1D<2, 1>, ReturnSequences<SimpleRNN<>>,
               ReturnSequences<GRU<>>, GRU<dynamic, Softsign, HardSigmoid, reset_before>,
               Bidirectional<ReturnSequences<LSTM<>>, Merge::ave>, GlobalAveragePooling1D, Dropout<0.25>,
               RepeatVector<3>, Flatten, Dense<dynamic, Softmax>>;

Every every(Seed its_seed) {
  return Every(Input(2), Conv1D<dynamic, 3, ReLU, Conv1DOptions{.padding = Padding::causal, .dilation_rate = 2}>(3), {},
               {}, {}, ReturnSequences<SimpleRNN<>>(4), ReturnSequences<GRU<>>(3),
               GRU<dynamic, Softsign, HardSigmoid, reset_before>(2),
               Bidirectional<ReturnSequences<LSTM<>>, Merge::ave>(ReturnSequences<LSTM<>>(2)), {}, {}, {}, {},
               Dense<dynamic, Softmax>(2), its_seed);
}

using Small = Sequential<float, Input<>, GRU<>, Dense<>>;
Small small() { return Small(Input(2), GRU(2), Dense(1), seed(3)); }

std::string golden(std::string_view name) { return std::string(RNNTS_GOLDEN_DIR "/keras/") + std::string(name); }

/// Compares what a model gives with what Keras did.
template <Model M> void check_golden(const M& model, std::string_view name) {
  const auto expected = detail::Json::parse(content_of(golden(name)));
  auto window = xt::xtensor<float, 2>::from_shape({4, 2});
  std::ranges::copy(expected["input"].get<std::vector<float>>(), window.begin());
  const auto found = model.predict(window);
  const auto outputs = expected["output"].get<std::vector<float>>();
  REQUIRE(found.size() == outputs.size());
  for (std::size_t k = 0; k < outputs.size(); ++k) CHECK_THAT(found(k), WithinAbs(outputs[k], 1e-6));
}

/// What loading a file of these bytes into a model says; the model must stay as it was.
template <Model M> std::string said(M& model, std::string bytes, bool has_weights_alone) {
  const auto before = to_bytes(model);
  std::string text = "loaded";
  try {
    detail::load_keras(model, detail::KerasFile("file", std::move(bytes), has_weights_alone), {});
  } catch (const FileError& error) {
    text = error.what();
  }
  if (text != "loaded") CHECK(to_bytes(model) == before);
  return text;
}

/// The parts of the file of `small`, put together again with another description.
struct Parts {
  std::string config, weights;

  explicit Parts(const auto& model) {
    const Folder folder("rnnts_keras_test");
    save_keras(model, folder / "net.keras");
    const std::string file = content_of(folder / "net.keras");
    for (const auto& member : detail::ZipReader("file", file).members()) {
      if (member.name == "config.json") config = member.content;
      if (member.name == "model.weights.h5") weights = member.content;
    }
  }

  std::string file() const { return detail::zip("file", {{"config.json", config}, {"model.weights.h5", weights}}); }

  Parts with(std::string_view old, std::string_view replacement) const {
    Parts parts = *this;
    const std::size_t at = parts.config.find(old);
    REQUIRE(at != std::string::npos);
    parts.config.replace(at, old.size(), replacement);
    return parts;
  }
};

/// What loading a file with this change of its description into the same model says.
std::string said_of(std::string_view old, std::string_view replacement) {
  Small model = small();
  return said(model, Parts(model).with(old, replacement).file(), false);
}

const std::string refused = "file: does not fit the model: ";

}  // namespace

TEST_CASE("every layer goes to a Keras file and back") {
  const Folder folder("rnnts_keras_test");
  const Every model = every(seed(1));
  for (const std::string name : {"net.keras", "net.weights.h5"}) {
    save_keras(model, folder / name);
    Every other = every(seed(2));
    load_keras(other, folder / name);
    CHECK(to_bytes(other) == to_bytes(model));
    CHECK(to_bytes(load_keras<Every>(folder / name)) == to_bytes(model));
    save_keras(other, folder / "again_" + name);
    CHECK(content_of(folder / "again_" + name) == content_of(folder / name));
  }
}

TEST_CASE("sizes that the compiler knows are checked") {
  const Folder folder("rnnts_keras_test");
  save_keras(small(), folder / "net.keras");
  using Static = Sequential<float, Input<2>, GRU<2>, Dense<1>>;
  const auto same = load_keras<Static>(folder / "net.keras");
  CHECK(same.layer<1>().kernel(1, 0) == small().layer<1>().kernel(1, 0));
  using Wider = Sequential<float, Input<2>, GRU<3>, Dense<1>>;
  CHECK_THROWS_MATCHES(load_keras<Wider>(folder / "net.keras"), FileError,
                       Message(folder / "net.keras" + ": does not fit the model: 0.gru, in Keras GRU \"gru\": expected "
                                                      "units 3, found 2"));
}

TEST_CASE("a model is not made of sizes that do not fit each other") {
  const Folder folder("rnnts_keras_test");
  const auto said_of_file = [&](const std::string& bytes) -> std::string {
    std::ofstream(folder / "net.keras", std::ios::binary) << bytes;
    try {
      load_keras<Small>(folder / "net.keras");
      return "loaded";
    } catch (const FileError& error) {
      return error.what();
    }
  };
  const Parts parts(small());
  CHECK(said_of_file(parts.with("\"batch_shape\":[null,null,2]", "\"batch_shape\":[null,null,1000000000]").file()) ==
        folder / "net.keras" + ": does not fit the model: expected inputs of 2 features, found 1000000000");
  Parts wider = parts;
  wider.weights = Parts(Small(Input(2), GRU(300), Dense(1))).weights;
  CHECK(said_of_file(wider.file()) ==
        folder / "net.keras" + ": does not fit the model: 0.gru, in Keras GRU \"gru\": expected units 300, found 2");
}

TEST_CASE("features that go into a Flatten are those of the description") {
  using Net = Sequential<float, Input<dynamic, 4>, Flatten, Dense<>>;
  const Folder folder("rnnts_keras_test");
  const Net model(Input<dynamic, 4>(3), {}, Dense(2), seed(5));
  save_keras(model, folder / "net.keras");
  CHECK(to_bytes(load_keras<Net>(folder / "net.keras")) == to_bytes(model));
  const std::string path = folder / "net.weights.h5";
  save_keras(model, path);
  CHECK_THROWS_MATCHES(load_keras<Net>(path), FileError,
                       Message(path + ": does not say how many features go in, as its first weights stand behind a "
                                      "Flatten: make the model, and load into it"));
  Net other(Input<dynamic, 4>(3), {}, Dense(2), seed(6));
  load_keras(other, path);
  CHECK(to_bytes(other) == to_bytes(model));
}

TEST_CASE("files that Keras has written give what Keras computes") {
  using Recurrent = Sequential<float, Input<>, GRU<>, Dense<>>;
  check_golden(load_keras<Recurrent>(golden("gru.keras")), "gru.json");
  using Both = Sequential<float, Input<>, Bidirectional<LSTM<>>, LayerNormalization<>>;
  check_golden(load_keras<Both>(golden("bidirectional.weights.h5")), "bidirectional.json");
}

TEST_CASE("an option or activation that differs is refused") {
  const std::string gru = refused + "0.gru, in Keras GRU \"gru\": expected ";
  CHECK(said_of("\"reset_after\":true", "\"reset_after\":false") == gru + "reset_after true, found false");
  CHECK(said_of("\"return_sequences\":false", "\"return_sequences\":true") ==
        gru + "return_sequences false, found true");
  CHECK(said_of("\"go_backwards\":false", "\"go_backwards\":true") == gru + "go_backwards false, found true");
  CHECK(said_of("\"activation\":\"tanh\"", "\"activation\":\"relu\"") == gru + "activation \"tanh\", found \"relu\"");
  CHECK(said_of("\"recurrent_activation\":\"sigmoid\"", "\"recurrent_activation\":{}") ==
        gru + "recurrent_activation \"sigmoid\", found {}");
  CHECK(said_of("\"reset_after\":true", "\"return_state\":true,\"reset_after\":true") ==
        gru + "return_state false, found true");
  CHECK(said_of("\"reset_after\":true,", "") == gru + "reset_after true, found none");
  CHECK(said_of("\"units\":2", "\"units\":2,\"gates\":5") == gru + "no option gates, found 5");
  CHECK(said_of("\"dtype\":\"float32\",\"go", "\"dtype\":\"float16\",\"go") ==
        gru + "the dtype float32 or float64, found \"float16\"");
  // What is skipped.
  CHECK(said_of("\"dropout\":0.0", "\"dropout\":0.5") == "loaded");
  CHECK(said_of("\"name\":\"gru\"", "\"name\":\"mine\",\"bias_initializer\":{\"class_name\":\"Zeros\"}") == "loaded");
}

TEST_CASE("a layer that is missing, left over or another one is refused") {
  CHECK(said_of("\"class_name\":\"GRU\"", "\"class_name\":\"LSTM\"") ==
        refused + "0.gru: expected a GRU, found LSTM \"gru\"");
  CHECK(said_of("\"class_name\":\"InputLayer\"", "\"class_name\":\"Masking\"") ==
        refused + "0.gru: expected a GRU, found Masking \"input_layer\"");
  CHECK(said_of("\"batch_shape\":[null,null,2]", "\"batch_shape\":[null,null,3]") ==
        refused + "expected inputs of 2 features, found 3");
  CHECK(said_of("\"batch_shape\":[null,null,2]", "\"batch_shape\":[null,2]") ==
        "file: expected inputs of the shape (batch, steps, features), found [null,2]");
  Small model = small();
  Sequential<float, Input<>, GRU<>> shorter(Input(2), GRU(2));
  CHECK(said(model, Parts(shorter).file(), false) == refused + "expected 1.dense, a Dense, found no more layers");
  CHECK(said(shorter, Parts(model).file(), false) == refused + "expected 1 layers, found one more, Dense \"dense\"");
  // Weights alone have the names of the layers.
  CHECK(said(model, Parts(shorter).weights, true) ==
        refused + "expected 1.dense.kernel in layers/dense/vars/0, found none");
  CHECK(said(shorter, Parts(model).weights, true) == refused + "expected no layer dense, found one");
}

TEST_CASE("a weight that is left over, of another shape or of other numbers is refused") {
  Small model = small(), wider(Input(2), GRU(3), Dense(1));
  CHECK(said(model, Parts(wider).weights, true) ==
        refused + "expected 0.gru.kernel in layers/gru/cell/vars/0 of (2, 6), found (2, 9)");
  using NoBias = Sequential<float, Input<>, GRU<>, Dense<dynamic, Linear, DenseOptions{.use_bias = false}>>;
  NoBias no_bias(Input(2), GRU(2), Dense<dynamic, Linear, DenseOptions{.use_bias = false}>(1));
  CHECK(said(no_bias, Parts(model).weights, true) ==
        refused + "expected no weight layers/dense/vars/1, found one of (1)");
  CHECK(said(model, Parts(no_bias).weights, true) ==
        refused + "expected 1.dense.bias in layers/dense/vars/1, found none");

  using Doubles = Sequential<double, Input<>, GRU<>, Dense<>>;
  Doubles doubles(Input(2), GRU(2), Dense(1));
  CHECK(said(model, Parts(doubles).weights, true) ==
        refused +
            "expected 0.gru.kernel in layers/gru/cell/vars/0 of float32, found float64, which a model of double takes");
  CHECK(said(doubles, Parts(model).file(), false) == "loaded");
  CHECK(doubles.layer<0>().kernel(1, 5) == static_cast<double>(model.layer<0>().kernel(1, 5)));

  const Folder folder("rnnts_keras_test");
  const std::string path = folder / "net.weights.h5";
  save_keras(model, path);
  const std::string before = content_of(path);
  Small broken = small();
  broken.layer<1>().bias(0) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_MATCHES(save_keras(broken, path), FileError,
                       Message(path + ": 1.dense.bias: expected finite numbers, found nan; others are allowed by "
                                      "SaveOptions::allow_non_finite"));
  CHECK(content_of(path) == before);
  save_keras(broken, path, {.allow_non_finite = true});
  CHECK(said(model, content_of(path), true) ==
        "file: 1.dense.bias: expected finite numbers, found nan; others are allowed by LoadOptions::allow_non_finite");
  load_keras(model, path, {.allow_non_finite = true});
  CHECK(std::isnan(model.layer<1>().bias(0)));
}

TEST_CASE("what is no file of Keras 3 is refused") {
  Small model = small();
  const Parts parts(model);
  CHECK(said_of("\"class_name\":\"Sequential\"", "\"class_name\":\"Functional\"") ==
        "file: expected a Sequential, found a model of the class Functional; where its layers follow each other, save "
        "keras.Sequential(model.layers)");
  CHECK(said_of("\"layers\":", "\"players\":") == "file: config.json: expected \"layers\", found none");
  CHECK(said_of("\"units\":2", "\"units\":2]").starts_with("file: config.json: expected JSON, found what is none: "));
  const std::string deep = "\"units\":" + std::string(1000000, '[');
  CHECK(said_of("\"units\":", deep.substr(0, 100000)) == "file: config.json: expected JSON nested at most 64 deep");
  CHECK(said_of("\"units\":", deep + deep) == "file: config.json: expected at most 1048576 bytes of JSON, found " +
                                                  std::to_string(parts.config.size() + 2 * deep.size() - 8));
  CHECK(said(model, detail::zip("file", {{"config.json", parts.config}}), false) ==
        "file: expected config.json and model.weights.h5, found no model.weights.h5");
  CHECK(said(model, detail::zip("file", {{"assets/x", ""}}), false) == "file: expected no \"assets/x\", found one");
  CHECK(
      said(model, detail::Hdf5Writer().file(), true) ==
      "file: expected weights as Keras 3 writes them, in a group \"layers\", found none; load the model in Keras 3 and "
      "save it again");

  const Folder folder("rnnts_keras_test");
  CHECK_THROWS_MATCHES(save_keras(model, folder / "net.h5"), FileError,
                       Message(folder / "net.h5" + ": expected a name that ends in .keras or .weights.h5"));
  save(model, folder / "net.keras");
  CHECK_THROWS_MATCHES(
      load_keras(model, folder / "net.keras"), FileError,
      Message(folder / "net.keras" + ": not a file of Keras 3: expected it to begin with the bytes 50 4b "
                                     "03 04, found 89 52 4e 4e"));
  CHECK_THROWS_AS(load_keras(model, folder / "none.keras"), FileError);
}

TEST_CASE("what Keras cannot say is not saved") {
  const Folder folder("rnnts_keras_test");
  Sequential<float, Input<1>, Dense<1, Square>> model;
  CHECK_THROWS_MATCHES(save_keras(model, folder / "net.keras"), ArgumentError,
                       Message("0.dense: Keras has no activation \"square\""));
  CHECK(files_in(folder.path).empty());
  CHECK(said(model, Parts(Sequential<float, Input<1>, Dense<1>>()).file(), false) ==
        refused + "0.dense: Keras has no activation \"square\"");
}

TEST_CASE("the self-test of a Keras file is run again") {
  check_golden(load_keras<Small>(golden("tested.keras")), "gru.json");  // of scripts/to_rnnts.py

  const Folder folder("rnnts_keras_test");
  const Small model = small();
  save_keras(model, folder / "net.keras", {.self_test = true});
  CHECK(to_bytes(load_keras<Small>(folder / "net.keras")) == to_bytes(model));
  CHECK_THROWS_AS(save_keras(model, folder / "net.weights.h5", {.self_test = true}), ArgumentError);
  CHECK(files_in(folder.path).size() == 1);

  const Parts parts(model);
  const auto file_with = [&](std::string_view self_test) {
    return detail::zip(
        "file", {{"config.json", parts.config}, {"model.weights.h5", parts.weights}, {"self_test.json", self_test}});
  };
  const auto said_with = [&](std::string_view self_test) {
    Small other(Input(2), GRU(2), Dense(1), seed(4));
    return said(other, file_with(self_test), false);
  };
  const auto window = xt::xtensor<float, 2>{{0.5f, -1}, {1, 0.25f}};
  const std::string input = R"({"input": [[0.5, -1], [1, 0.25]], "output": [[)", end = "]]}";
  const float output = model.predict(window)(0);
  CHECK(said_with(input + detail::sentence(output) + end) == "loaded");
  const std::string differs =
      "file: computes otherwise here than where it was written: expected the output of its self-test, ";
  CHECK(said_with(input + detail::sentence(output + 0.5f) + end) ==
        differs + "to 1e-05, found a difference of 0.5; the option self_test leaves it out");
  CHECK_THAT(said_with(input + "1, 2" + end), StartsWith(differs + "of (1, 2), found (1, 1); "));
  CHECK_THAT(said_with(R"({"input": [[1], [2]], "output": [[1]]})"),
             StartsWith(differs + "for 2 features, found it for 1; "));
  CHECK_THAT(said_with("{"), StartsWith("file: self-test: expected "));
  Small loaded = small();
  detail::load_keras(loaded, detail::KerasFile("file", file_with("{"), false), {.self_test = false});
}

TEST_CASE("a truncated or changed file is refused, or gives a model that fits") {
  using Tiny = Sequential<float, Input<>, Dense<>>;
  Tiny model(Input(1), Dense(1));
  const Parts parts(model);
  const std::string file = parts.file();
  for (std::size_t size = 0; size < file.size(); ++size) CHECK(said(model, file.substr(0, size), false) != "loaded");
  for (std::size_t size = 0; size < parts.weights.size(); size += 7) {
    CHECK(said(model, parts.weights.substr(0, size), true) != "loaded");
  }
  std::size_t loaded = 0, tried = 0;
  const auto change = [&](std::string& text, std::size_t byte, bool has_weights_alone) {
    const char before = text[byte];
    text[byte] = static_cast<char>(before ^ (1 << byte % 8));
    Parts changed = parts;
    (has_weights_alone ? changed.weights : changed.config) = text;
    ++tried;
    loaded += said(model, has_weights_alone ? changed.weights : changed.file(), has_weights_alone) == "loaded";
    text[byte] = before;
  };
  std::string weights = parts.weights, config = parts.config;
  for (std::size_t byte = 0; byte < weights.size(); ++byte) change(weights, byte, true);
  for (std::size_t byte = 0; byte < config.size(); ++byte) change(config, byte, false);
  CHECK(loaded > 0);  // bits of padding, and of the numbers
  CHECK(loaded < tried);
}
