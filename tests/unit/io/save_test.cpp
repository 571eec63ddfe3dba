#include "rnnts/io/save.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/series/scale.hpp"
#include "support/catch.hpp"
#include "unit/io/folder.hpp"

using namespace rnnts;

namespace {

using Tiny = Sequential<float, Input<1>, SimpleRNN<1>>;
template <class T> using Net = Sequential<T, Input<2>, SimpleRNN<3>, Dense<1>>;

/// The bits of all weights, in which NaN equals NaN and 0 differs from -0.
template <Model M> std::string bits(const M& model) {
  std::string all;
  for (const auto& weight : model.weights()) {
    const auto bytes = std::as_bytes(weight.values);
    all.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return all;
}

std::span<const std::byte> bytes_of(const std::string& file) { return std::as_bytes(std::span(file)); }

/// What loading says; the model must stay as it was.
template <Model M> std::string refusal(const std::string& file) {
  M model{seed(1)};
  const std::string before = bits(model);
  std::string said = "loaded";
  try {
    load(model, bytes_of(file));
  } catch (const FileError& error) {
    said = error.what();
  }
  CHECK(bits(model) == before);
  return said;
}

template <Savable S> std::string encoded(const S& saved) { return detail::encode(saved, "bytes", {}); }

/// A file with changed parts and the checksum that they need.
std::string sealed(std::string file) {
  file.resize(file.size() - 4);
  detail::append_little_endian(file, detail::crc32c(file));
  return file;
}

template <Model M> void check_round_trip() {
  const Folder folder("rnnts_save_test");
  const M model{seed(7)};
  M loaded{seed(8)};
  REQUIRE(bits(loaded) != bits(model));
  save(model, folder / "net.rnnts");
  load(loaded, folder / "net.rnnts");
  CHECK(bits(loaded) == bits(model));
  CHECK(bits(load<M>(folder / "net.rnnts")) == bits(model));

  M from_memory{seed(9)};
  load(from_memory, to_bytes(model));
  CHECK(bits(from_memory) == bits(model));
  CHECK(content_of(folder / "net.rnnts") == encoded(model));
}

}  // namespace

TEST_CASE("a model is loaded as it was saved") {
  check_round_trip<Net<float>>();
  check_round_trip<Net<double>>();
  check_round_trip<
      Sequential<float, Input<1>, GRU<3, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>, LSTM<2>, Dense<1>>>();
  check_round_trip<Sequential<double, Input<3>, LSTM<40>, Dense<2>>>();  // has tensors on the heap
}

TEST_CASE("a file with a self-test is loaded where it computes the same, and refused where not") {
  const Folder folder("rnnts_save_test_self_test");
  const std::string path = folder / "net.rnnts";
  using Dynamic = Sequential<float, Input<>, SimpleRNN<>, Dense<>>;
  Net<float> model{seed(7)}, other{seed(8)};
  save(model, path, {.self_test = true});
  const std::string file = content_of(path);
  CHECK_THAT(file, ContainsSubstring("1.dense.bias: float (1)\nself_test.input: float (32, 2)\n"
                                     "self_test.output: float (1, 1)\n"));
  CHECK(to_bytes(model, {.self_test = true}).size() == file.size());
  CHECK(bits(load<Net<float>>(path)) == bits(model));
  CHECK(bits(load<Dynamic>(path)) == bits(model));
  load(other, path);
  CHECK(bits(other) == bits(model));
  load(other, to_bytes(model));                          // without one, as before
  save(load<Dynamic>(path), path, {.self_test = true});  // whose output may be another one, by rounding
  CHECK(bits(load<Net<float>>(path)) == bits(model));

  // As if this build computed otherwise: the output, in the end of the file, is another one.
  std::string changed = file;
  const std::size_t last = file.size() - 8;
  const auto output = detail::read_little_endian<float>(file, last);
  const auto with_output = [&](float number) {
    std::string bytes;
    detail::append_little_endian(bytes, number);
    return sealed(changed.replace(last, 4, bytes));
  };
  CHECK(refusal<Net<float>>(with_output(output + 0.25f)) ==
        "bytes: computes otherwise here than where it was written: expected the output of its self-test, to 1e-05, "
        "found a difference of 0.25; the option self_test leaves it out");
  CHECK_THAT(refusal<Net<float>>(with_output(std::numeric_limits<float>::quiet_NaN())),
             ContainsSubstring("found a difference of nan; "));
  load(other, bytes_of(with_output(output + 5e-6f)));
  std::ofstream(path, std::ios::binary) << with_output(output - 1);
  CHECK_THROWS_AS(load<Dynamic>(path), FileError);
  CHECK_THROWS_AS(load<Net<float>>(path), FileError);
  CHECK(bits(load<Net<float>>(path, {.self_test = false})) == bits(model));
  CHECK(bits(load<Dynamic>(path, {.self_test = false})) == bits(model));

  // Whatever is wrong with it, the file does not fit.
  for (std::size_t size = 0; size < file.size(); ++size) CHECK(refusal<Net<float>>(file.substr(0, size)) != "loaded");
  for (std::size_t at = 0; at < file.size(); at += 3) {
    changed = file;
    changed[at] = static_cast<char>(changed[at] ^ 2);
    CHECK(refusal<Net<float>>(changed) != "loaded");
  }
  const auto with_shape = [&](std::string_view shape) {
    changed = file;
    const std::size_t begin = changed.find("(32, 2)");
    return sealed(changed.replace(begin, 7, shape));
  };
  const std::string no_room = "bytes: does not fit the model: expected nothing, found \"self_test.input: float ";
  CHECK(refusal<Net<float>>(with_shape("(99, 2)")) == no_room + "(99, 2)\"");
  CHECK(refusal<Net<float>>(with_shape("(00, 2)")) == no_room + "(00, 2)\"");
  CHECK(refusal<Net<float>>(with_shape("(0, 20)")) == no_room + "(0, 20)\"");
  CHECK_THAT(refusal<Net<float>>(with_shape("(64, 1)")), ContainsSubstring("for 2 features, found it for 1; "));
}

TEST_CASE("a self-test has the steps that the model needs, and is of nothing but a model") {
  using Long = Sequential<double, Input<1>, Conv1D<2, 50>>;
  const Long model{seed(7)};
  const auto bytes = to_bytes(model, {.self_test = true});
  Long loaded{seed(8)};
  load(loaded, bytes);
  CHECK(bits(loaded) == bits(model));
  CHECK_THAT(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
             ContainsSubstring("self_test.input: double (64, 1)\nself_test.output: double (15, 2)\n"));

  // The number of steps does not make another model, but what needs one cannot run the self-test of another.
  using OfSteps = Sequential<float, Input<2, 20>, SimpleRNN<3>, Dense<1>>;
  Net<float> of_any;
  load(of_any, to_bytes(OfSteps{seed(7)}, {.self_test = true}));
  CHECK_THAT(refusal<OfSteps>(detail::encode(of_any, "bytes", {.self_test = true})),
             ContainsSubstring("expected the output of its self-test, for 20 steps, found it for 32; "));

  Net<float> broken{seed(7)};
  broken.layer<1>().bias(0) = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(to_bytes(broken, {.allow_non_finite = true, .self_test = true}),
                    "bytes: self-test: expected finite outputs, found another");
  using Two = Sequential<float, Input<1>, SimpleRNN<2>, Dense<2>>;
  Two two{seed(7)};
  const auto test = detail::make_self_test("bytes", two);
  two.layer<1>().bias(0) = std::numeric_limits<float>::quiet_NaN();  // the other output is right
  CHECK_THROWS_WITH(detail::check_self_test("bytes", two, test), ContainsSubstring("found a difference of nan; "));
  CHECK_THROWS_AS(to_bytes(StandardScaler<float>(), {.self_test = true}), ArgumentError);
  CHECK_THROWS_WITH(
      to_bytes(StandardScaler<float>(), {.self_test = true}),
      "bytes: expected no SaveOptions::self_test, as a file of anything but a model keeps none, found it");
}

TEST_CASE("NaN and infinity are neither saved nor loaded unasked, and the message names the weight") {
  const Folder folder("rnnts_save_test_not_finite");
  const std::string path = folder / "net.rnnts";
  Tiny model{seed(1)}, broken = model;
  broken.layer<0>().recurrent_kernel(0, 0) = std::numeric_limits<float>::quiet_NaN();
  save(model, path);
  const std::string before = content_of(path);
  CHECK_THROWS_AS(save(broken, path), FileError);
  CHECK_THROWS_WITH(save(broken, path),
                    path +
                        ": 0.simple_rnn.recurrent_kernel: expected finite numbers, found nan; others are allowed by "
                        "SaveOptions::allow_non_finite");
  CHECK(content_of(path) == before);
  broken.layer<0>().kernel(0, 0) = -std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(to_bytes(broken),
                    "bytes: 0.simple_rnn.kernel: expected finite numbers, found -inf; others are allowed by "
                    "SaveOptions::allow_non_finite");

  const std::string bits_before = bits(model);
  save(broken, path, {.allow_non_finite = true});
  CHECK_THROWS_AS(load(model, path), FileError);
  CHECK_THROWS_WITH(load(model, path),
                    path +
                        ": 0.simple_rnn.kernel: expected finite numbers, found -inf; others are allowed by "
                        "LoadOptions::allow_non_finite");
  CHECK_THROWS_AS(load<Tiny>(path), FileError);
  CHECK_THROWS_AS(load(model, to_bytes(broken, {.allow_non_finite = true})), FileError);
  CHECK(bits(model) == bits_before);
  CHECK(bits(load<Tiny>(path, {.allow_non_finite = true})) == bits(broken));
  load(model, path, {.allow_non_finite = true});
  CHECK(bits(model) == bits(broken));
}

TEST_CASE("NaN, infinity and -0 are kept bit by bit where they are allowed") {
  Tiny model, loaded;
  model.layer<0>().kernel(0, 0) = std::numeric_limits<float>::quiet_NaN();
  model.layer<0>().recurrent_kernel(0, 0) = -std::numeric_limits<float>::infinity();
  model.layer<0>().bias(0) = -0.0f;
  load(loaded, to_bytes(model, {.allow_non_finite = true}), {.allow_non_finite = true});
  CHECK(bits(loaded) == bits(model));
}

TEST_CASE("the bytes of a file are those of docs/files.md") {
  Tiny model;
  model.layer<0>().kernel(0, 0) = 0.5f;
  model.layer<0>().recurrent_kernel(0, 0) = -2;
  model.layer<0>().bias(0) = 0.1f;
  using namespace std::string_literals;
  CHECK(encoded(model) ==
        "\x89RNNTS\r\n"
        "\xc6\0\0\0\0\0\0\0"
        "\x01\0\0\0"
        "\x9e\0\0\0"
        "input (steps, 1)\n"
        "0.simple_rnn (1): activation tanh\n"
        "0.simple_rnn.kernel: float (1, 1)\n"
        "0.simple_rnn.recurrent_kernel: float (1, 1)\n"
        "0.simple_rnn.bias: float (1)\n"
        "\0\0\0\x3f"
        "\0\0\0\xc0"
        "\xcd\xcc\xcc\x3d"
        "\x89\x9e\xfc\xa1"s);
}

TEST_CASE("a file that is cut off at any byte is refused") {
  const std::string file = encoded(Tiny{});
  for (std::size_t size = 0; size < file.size(); ++size) CHECK(refusal<Tiny>(file.substr(0, size)) != "loaded");
  CHECK(refusal<Tiny>("") ==
        "bytes: not a model file: expected it to begin with the bytes 89 52 4e 4e 54 53 0d 0a, found nothing");
  CHECK(refusal<Tiny>(file.substr(0, 8)) == "bytes: truncated: expected at least 28 bytes, found 8");
  CHECK(refusal<Tiny>(file.substr(0, 197)) == "bytes: truncated: expected 198 bytes, found 197");
  CHECK(refusal<Tiny>(file + "x") == "bytes: too long: expected 198 bytes, found more");
}

TEST_CASE("a file with any byte changed is refused") {
  const std::string file = encoded(Tiny{});
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const int change : {0x01, 0x80, 0xff}) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      CHECK(refusal<Tiny>(damaged) != "loaded");
    }
  }
}

TEST_CASE("a damaged number is found by the checksum") {
  Tiny model;
  model.layer<0>().kernel(0, 0) = 0.5f;
  model.layer<0>().recurrent_kernel(0, 0) = -2;
  model.layer<0>().bias(0) = 0.25f;
  std::string file = encoded(model);
  file[file.size() - 5] = '\0';
  CHECK_THAT(refusal<Tiny>(file), StartsWith("bytes: damaged: expected the checksum "));
}

TEST_CASE("what is not a model file is refused") {
  CHECK(refusal<Tiny>("year,passengers\n1949,112\n") ==
        "bytes: not a model file: expected it to begin with the bytes 89 52 4e 4e 54 53 0d 0a, found 79 65 61 72 2c 70 "
        "61 73");
  std::string file = encoded(Tiny{});
  file.replace(file.find("\r\n"), 2, "\n");  // as a transfer of text does it
  CHECK(refusal<Tiny>(file) ==
        "bytes: not a model file: expected it to begin with the bytes 89 52 4e 4e 54 53 0d 0a, found 89 52 4e 4e 54 53 "
        "0a c6");
}

TEST_CASE("another version of the format is refused") {
  std::string file = encoded(Tiny{});
  file[16] = 2;
  CHECK(refusal<Tiny>(sealed(file)) ==
        "bytes: written by another version of the library: expected version 1 of the format, found version 2");
}

TEST_CASE("a text that does not go with the numbers is refused") {
  std::string file = encoded(Tiny{});
  file.erase(file.size() - 8, 4);
  file[8] = static_cast<char>(file.size());
  CHECK(refusal<Tiny>(sealed(file)) == "bytes: damaged: expected 198 bytes, found a file of 194");

  // A line end too few or too many, where a number begins like one, makes no line that differs.
  Tiny model;
  model.layer<0>().kernel(0, 0) = std::bit_cast<float>(0x3f00000au);
  file = encoded(model);
  file[20] = '\x9d';
  CHECK(refusal<Tiny>(sealed(file)) == "bytes: damaged: expected a text of 158 bytes, found 157");
  file[20] = '\x9f';
  CHECK(refusal<Tiny>(sealed(file)) == "bytes: damaged: expected a text of 158 bytes, found 159");

  file = encoded(Tiny{});
  file[23] = '\x7f';  // a text of two billion characters
  CHECK_THAT(refusal<Tiny>(sealed(file)), StartsWith("bytes: does not fit the model: expected nothing, found "));
}

TEST_CASE("another model is refused, and the message names the first difference") {
  const std::string file = encoded(Net<float>{});
  const auto difference = [](const std::string& said) {
    const std::string start = "bytes: does not fit the model: ";
    REQUIRE_THAT(said, StartsWith(start));
    return said.substr(start.size());
  };

  SECTION("the number type") {
    CHECK(difference(refusal<Net<double>>(file)) ==
          "expected \"0.simple_rnn.kernel: double (2, 3)\", found \"0.simple_rnn.kernel: float (2, 3)\"");
    CHECK(difference(refusal<Net<float>>(encoded(Net<double>{}))) ==
          "expected \"0.simple_rnn.kernel: float (2, 3)\", found \"0.simple_rnn.kernel: double (2, 3)\"");
  }
  SECTION("the inputs") {
    CHECK(difference(refusal<Sequential<float, Input<1>, SimpleRNN<3>, Dense<1>>>(file)) ==
          "expected \"input (steps, 1)\", found \"input (steps, 2)\"");
  }
  SECTION("the size of a layer") {
    CHECK(difference(refusal<Sequential<float, Input<2>, SimpleRNN<4>, Dense<1>>>(file)) ==
          "expected \"0.simple_rnn (4): activation tanh\", found \"0.simple_rnn (3): activation tanh\"");
  }
  SECTION("the layer") {
    CHECK(
        difference(refusal<Sequential<float, Input<2>, LSTM<3>, Dense<1>>>(file)) ==
        "expected \"0.lstm (3): activation tanh, recurrent_activation sigmoid\", found \"0.simple_rnn (3): activation "
        "tanh\"");
  }
  SECTION("an activation") {
    CHECK(difference(refusal<Sequential<float, Input<2>, SimpleRNN<3, ReLU>, Dense<1>>>(file)) ==
          "expected \"0.simple_rnn (3): activation relu\", found \"0.simple_rnn (3): activation tanh\"");
  }
  SECTION("an option") {
    constexpr SimpleRNNOptions backwards{.go_backwards = true};
    CHECK(difference(refusal<Sequential<float, Input<2>, SimpleRNN<3, Tanh, backwards>, Dense<1>>>(file)) ==
          "expected \"0.simple_rnn (3): activation tanh, go_backwards\", found \"0.simple_rnn (3): activation tanh\"");
  }
  SECTION("fewer and more layers") {
    CHECK(difference(refusal<Sequential<float, Input<2>, SimpleRNN<3>>>(file)) ==
          "expected \"0.simple_rnn.kernel: float (2, 3)\", found \"1.dense (1): activation linear\"");
    CHECK(difference(refusal<Sequential<float, Input<2>, SimpleRNN<3>, Dense<1>, Dense<1>>>(file)) ==
          "expected \"2.dense (1): activation linear\", found \"0.simple_rnn.kernel: float (2, 3)\"");
  }
  SECTION("a tensor too many or too few") {
    using WithoutBias = Sequential<float, Input<2>, SimpleRNN<3>, Dense<1, Linear, DenseOptions{.use_bias = false}>>;
    CHECK(difference(refusal<WithoutBias>(file)) == "expected nothing, found \"1.dense.bias: float (1)\"");
    CHECK(difference(refusal<Net<float>>(encoded(WithoutBias{}))) ==
          "expected \"1.dense.bias: float (1)\", found nothing");
  }
}

TEST_CASE("messages about a file begin with its path") {
  const Folder folder("rnnts_save_test_messages");
  Tiny model{seed(1)};
  const std::string before = bits(model), path = folder / "net.rnnts";
  CHECK_THROWS_WITH(load(model, path), path + ": cannot be opened: No such file or directory");
  save(Net<float>{}, path);
  CHECK_THROWS_WITH(load(model, path),
                    path + ": does not fit the model: expected \"input (steps, 1)\", found \"input (steps, 2)\"");
  CHECK_THROWS_AS(load<Tiny>(path), FileError);
  CHECK_THROWS_WITH(load(model, folder.path), folder.path.string() + ": cannot be read: Is a directory");
  CHECK(bits(model) == before);
}

TEST_CASE("a save that fails is an error and leaves what was there") {
  const Folder folder("rnnts_save_test_failures");
  const std::string path = folder / "net.rnnts", missing = folder / "missing/net.rnnts";
  CHECK_THROWS_WITH(save(Tiny{}, missing), missing + ": cannot be written: No such file or directory");
  CHECK(files_in(folder.path).empty());

  std::filesystem::create_directories(folder.path / "taken" / "full");
  CHECK_THROWS_WITH(save(Tiny{}, folder / "taken"),
                    (folder / "taken") + ": cannot be written: it exists, and is not a regular file");
  CHECK(std::filesystem::exists(folder.path / "taken" / "full"));
  CHECK(files_in(folder.path).size() == 1);
}

TEST_CASE("threads that save one file do not meet, and who loads it gets a model that one of them saved") {
  const Folder folder("rnnts_save_test_threads");
  const std::string path = folder / "net.rnnts";
  std::vector<Net<float>> models;
  for (std::uint64_t k = 0; k < 4; ++k) models.push_back(Net<float>{seed(k)});
  save(models[0], path);
  std::atomic<int> saving = 3, failed = 0;
  std::vector<std::thread> threads;
  for (const auto& model : std::span(models).subspan(1)) {
    threads.emplace_back([&] {
      try {
        for (int i = 0; i < 50; ++i) save(model, path);
      } catch (const FileError&) {
        ++failed;
      }
      --saving;
    });
  }
  while (saving > 0) {
    try {
      const auto loaded = load<Net<float>>(path);
      if (std::ranges::none_of(models, [&](const auto& model) { return bits(model) == bits(loaded); })) ++failed;
    } catch (const FileError&) {
      ++failed;
    }
  }
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
  CHECK(files_in(folder.path).size() == 1);
}

TEST_CASE("a pipe can be loaded from") {
  const Folder folder("rnnts_save_test_pipe");
  const std::string path = folder / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const Net<float> model{seed(1)};
  std::thread writer([&] { std::ofstream(path, std::ios::binary) << encoded(model); });
  const auto loaded = load<Net<float>>(path);
  writer.join();
  CHECK(bits(loaded) == bits(model));
}

namespace {

struct Moments {
  Net<double>::Parameters m, v;
  static constexpr auto fields() { return std::tuple{Field{"m", &Moments::m}, Field{"v", &Moments::v}}; }
};

}  // namespace

TEST_CASE("any struct of tensors can be saved and loaded") {
  Moments moments, loaded;
  get<0>(moments.m.layers).kernel(1, 2) = 3;
  get<1>(moments.v.layers).bias(0) = 4;
  load(loaded, to_bytes(moments));
  CHECK(get<0>(loaded.m.layers).kernel(1, 2) == 3);
  CHECK(get<1>(loaded.v.layers).bias(0) == 4);

  Net<double> model{seed(1)};
  CHECK_THROWS_WITH(load(model.parameters(), to_bytes(moments)),
                    "bytes: does not fit the model: expected \"0.simple_rnn.kernel: double (2, 3)\", found "
                    "\"m.0.simple_rnn.kernel: double (2, 3)\"");
}

namespace {

/// Counts the models of this type whose weights were drawn.
struct Drawn : Tiny {
  static inline int count = 0;

  explicit Drawn(Seed seed = {}) : Tiny(seed) { ++count; }
  explicit Drawn(const Parameters& parameters) : Tiny(parameters) {}
};

}  // namespace

TEST_CASE("the model of a file draws no weights that the file replaces") {
  const Folder folder("rnnts_save_test_drawn");
  const Drawn model{seed(3)};
  save(model, folder / "net.rnnts");
  Drawn::count = 0;
  CHECK(bits(load<Drawn>(folder / "net.rnnts")) == bits(model));
  CHECK(Drawn::count == 0);
}

TEST_CASE("a scaler can be saved and loaded") {
  const Folder folder("scaler");
  MinMaxScaler<std::array<float, 2>> scaler(-1, 1);
  scaler.fit(std::vector<std::array<float, 2>>{{1, 0.1f}, {3, 0.3f}});
  save(scaler, folder / "scaler");
  const auto again = load<MinMaxScaler<std::array<float, 2>>>(folder / "scaler");
  CHECK(again.minimum() == scaler.minimum());
  CHECK(again.transform({1.5f, 0.25f}) == scaler.transform({1.5f, 0.25f}));

  StandardScaler<std::array<float, 2>> standard;
  CHECK_THROWS_WITH(
      load(standard, folder / "scaler"),
      ContainsSubstring("does not fit the model: expected \"mean: double (2)\", found \"minimum: double (2)\""));
}

namespace {

struct Forecaster {
  Sequential<float, Input<1>, Dense<1, ReLU>> model{seed(1)};
  StandardScaler<float> scaler;

  static constexpr auto fields() {
    return std::tuple{Field{"model", &Forecaster::model}, Field{"scaler", &Forecaster::scaler}};
  }
};

/// Another activation with the same weights.
struct OtherForecaster {
  Sequential<float, Input<1>, Dense<1>> model{seed(1)};
  StandardScaler<float> scaler;

  static constexpr auto fields() {
    return std::tuple{Field{"model", &OtherForecaster::model}, Field{"scaler", &OtherForecaster::scaler}};
  }
};

}  // namespace

TEST_CASE("a model and its scaler stand in one file") {
  const Folder folder("forecaster");
  Forecaster forecaster;
  forecaster.scaler.set(0.1, 7);
  forecaster.model.initialize(seed(9));
  save(forecaster, folder / "forecaster");
  const auto again = load<Forecaster>(folder / "forecaster");
  CHECK(again.scaler.mean() == 0.1);
  CHECK(again.scaler.scale() == 7);
  CHECK(std::ranges::equal(again.model.layer<0>().kernel, forecaster.model.layer<0>().kernel));

  OtherForecaster other;
  CHECK_THROWS_WITH(load(other, folder / "forecaster"),
                    ContainsSubstring("expected \"model: 0.dense (steps, 1): activation linear\", found "
                                      "\"model: 0.dense (steps, 1): activation relu\""));
}
