#include "rnnts/io/pytorch_names.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;
using detail::StoredTensor;
using detail::TorchLayer;

namespace {

using Names = std::vector<std::string>;

const detail::TorchModule gru{.type = "GRU", .gates = 3}, lstm{.type = "LSTM", .gates = 4}, linear{.type = "Linear"};
const detail::TorchModule both_gru{.type = "GRU", .gates = 3, .is_bidirectional = true};

std::vector<TorchLayer> layers(const std::vector<detail::TorchModule>& modules) {
  std::vector<TorchLayer> all;
  for (const auto& module : modules) {
    const std::size_t index = all.size();
    all.push_back({index, detail::sentence(index, ".layer"), module, "", 0});
  }
  return all;
}

/// As "rnn.0 rnn.1 head.0".
std::string text(const std::vector<TorchLayer>& layers) {
  std::string all;
  for (const auto& layer : layers) all += detail::sentence(all.empty() ? "" : " ", layer.prefix, layer.number);
  return all;
}

std::string named(const std::vector<detail::TorchModule>& modules, const Names& names) {
  auto all = layers(modules);
  try {
    detail::name_modules(all, names);
  } catch (const ArgumentError& error) {
    return error.what();
  }
  return text(all);
}

StoredTensor stored(const std::string& name, std::vector<std::size_t> shape) {
  return {.name = name, .dtype = "F32", .shape = shape};
}

std::string guessed(const std::vector<detail::TorchModule>& modules, const std::vector<StoredTensor>& tensors) {
  auto all = layers(modules);
  try {
    detail::guess_modules("x", all, detail::index_of(tensors));
  } catch (const FileError& error) {
    return error.what();
  }
  return text(all);
}

const auto gru_tensor = stored("rnn.weight_hh_l0", {6, 2}), second_layer = stored("rnn.weight_hh_l1", {6, 2});
const auto reverse = stored("rnn.weight_hh_l0_reverse", {6, 2}), head = stored("head.weight", {3, 2});

}  // namespace

TEST_CASE("the modules that a user names are those of the layers, one name for each") {
  CHECK(named({gru, linear}, {"rnn", "head"}) == "rnn.0 head.0");
  CHECK(named({gru, gru, gru, linear}, {"a", "b", "b", "net.2"}) == "a.0 b.0 b.1 net.2.0");
  CHECK(named({gru}, {""}) == "0");
  CHECK(named({gru, linear}, {"rnn"}) ==
        "modules: expected a name for each of the 2 layers with weights, 0.layer, 1.layer, found 1");
  const std::string again = "\" again for recurrent layers of one kind in a row alone, found it for ";
  CHECK(named({gru, lstm}, {"a", "a"}) == "modules: expected \"a" + again + "1.layer");
  CHECK(named({gru, both_gru}, {"a", "a"}) == "modules: expected \"a" + again + "1.layer");
  CHECK(named({linear, linear}, {"a", "a"}) == "modules: expected \"a" + again + "1.layer");
  CHECK(named({gru, gru, gru}, {"a", "b", "a"}) == "modules: expected \"a" + again + "2.layer");
}

TEST_CASE("modules are found where each is of another type") {
  CHECK(guessed({gru, linear}, {head, gru_tensor}) == "rnn.0 head.0");
  CHECK(guessed({gru, gru, linear}, {head, gru_tensor, second_layer}) == "rnn.0 rnn.1 head.0");
  CHECK(guessed({both_gru}, {gru_tensor, reverse}) == "rnn.0");
  CHECK(guessed({linear}, {stored("weight", {2, 3}), stored("bias", {2})}) == "0");
  CHECK(guessed({linear, lstm}, {stored("a.b.weight_hh_l0", {8, 2}), head}) == "head.0 a.b.0");
}

TEST_CASE("modules with numbers are found in their order") {
  CHECK(guessed({linear, linear, linear}, {stored("10.weight", {1, 1}), stored("2.weight", {1, 1}),
                                           stored("0.weight", {1, 1})}) == "0.0 2.0 10.0");
  CHECK(guessed({gru, gru, linear}, {stored("net.1.weight", {1, 1}), stored("net.0.weight_hh_l0", {3, 1}),
                                     stored("net.0.weight_hh_l1", {3, 1})}) == "net.0.0 net.0.1 net.1.0");
  CHECK(guessed({linear, linear}, {stored("0.weight", {1, 1}), stored("1.weight_hh_l0", {3, 1})}) ==
        "x: 1.layer: expected a module \"Linear\", found \"1\" (GRU)");
}

TEST_CASE("where it is not clear which module is which, that is said") {
  CHECK(guessed({linear, linear}, {stored("a.weight", {2, 3}), stored("b.weight", {2, 2})}) ==
        "x: expected the option modules, which names the module of each layer, as there are several of one type: \"a\" "
        "(Linear), \"b\" (Linear)");
  CHECK(guessed({linear, linear}, {stored("1.weight", {2, 3}), stored("b.2.weight", {2, 2})})
            .starts_with("x: expected the option modules"));
  CHECK(guessed({lstm, linear}, {gru_tensor, second_layer, head}) ==
        "x: 0.layer: expected a module \"LSTM\", found none left of \"head\" (Linear), \"rnn\" (GRU, 2 layers)");
  CHECK(guessed({gru}, {gru_tensor, reverse}) ==
        "x: 0.layer: expected a module \"GRU\", found \"rnn\" (GRU, bidirectional)");
  CHECK(guessed({both_gru}, {gru_tensor}) ==
        "x: 0.layer: expected a module \"GRU\" that is bidirectional, found \"rnn\" (GRU)");
  CHECK(guessed({gru, gru}, {gru_tensor}) == "x: 1.layer: expected a module \"GRU\", found none left of \"rnn\" (GRU)");
  CHECK(guessed({gru}, {}) == "x: 0.layer: expected a module \"GRU\", found none left of none");
  CHECK(guessed({gru}, {stored("rnn.weight_hh_l0", {2, 0})}) ==
        "x: 0.layer: expected a module \"GRU\", found none left of \"rnn\" (LSTM)");
}
