// A layer of a file that the program does not know: from the words of the file to stages that compute it.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/extent.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/io/any_sliding.hpp"
#include "rnnts/io/any_stage.hpp"
#include "rnnts/io/config_items.hpp"
#include "rnnts/kernels/activation.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/embedding.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/global_average_pooling1d.hpp"
#include "rnnts/layers/global_max_pooling1d.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/last_step.hpp"
#include "rnnts/layers/last_steps.hpp"
#include "rnnts/layers/layer_normalization.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/layers/slstm.hpp"
#include "rnnts/layers/stack.hpp"
#include "rnnts/model/weights.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A layer in the words of our own files, into which other formats are put.
struct LayerDescription {
  std::string type, config;         ///< "gru", and what it tells by `config()`
  std::size_t features = 0;         ///< of its outputs
  bool is_sequence = false;         ///< whether they are a sequence
  std::size_t kernel_size = 0;      ///< of a convolution
  std::vector<std::string> absent;  ///< weights that it has not, as "bias"
  double dropout = 0, recurrent_dropout = 0;
};

/// A layer that was made of it.
template <Scalar T> struct AnyLayer {
  LayerDescription description;
  Shape input, output;
  Stages<T> stages;                ///< none for a layer that only does something in training
  std::vector<Weight<T>> weights;  ///< of the stages, named within the layer
};

/// The description of "gru (steps, 5): activation tanh, …", as a line of our files has it behind the position.
inline LayerDescription parse_layer(std::string_view line) {
  LayerDescription layer;
  const std::size_t bracket = std::min(line.find(" ("), line.size());
  const std::size_t end = std::min(line.find(')', bracket), line.size());
  std::string_view shape = line.substr(bracket, end - bracket);
  layer.type = line.substr(0, bracket);
  layer.is_sequence = shape.starts_with(" (steps, ");
  shape.remove_prefix(std::min<std::size_t>(shape.size(), layer.is_sequence ? 9 : 2));
  std::from_chars(shape.data(), shape.data() + shape.size(), layer.features);
  if (line.substr(end).starts_with("): ")) layer.config = line.substr(end + 3);
  return layer;
}

/// Layers as objects are made for sequences of any length.
inline constexpr Shape any_sequence = sequence_shape(any_steps, dynamic);

template <Scalar T, class Specification>
std::shared_ptr<Stage<T>> make_stage(const Specification& specification, std::size_t inputs) {
  return std::make_shared<LayerStage<typename Specification::template Layer<T, any_sequence>>>(specification, inputs);
}

/// What an activation computes.
template <Scalar T> struct KnownActivation {
  std::string_view name;
  typename ActivationStage<T>::Function function;
};

template <Scalar T, class... Activations> constexpr auto list_activations() {
  return std::array{KnownActivation<T>{
      Activations::name, [](Rows<const T, dynamic> x, Rows<T, dynamic> y) { activate<Activations>(x, y); }}...};
}

/// Those that a Dense and a Conv1D can have.
template <Scalar T>
inline constexpr auto known_activations =
    list_activations<T, Linear, Tanh, Sigmoid, FastTanh, FastSigmoid, ReLU, LeakyReLU, Softplus, ELU, SELU, SiLU, GELU,
                     Softsign, HardSigmoid, Exponential, Softmax>();

/// A recurrent layer with its activations.
template <Scalar T> struct KnownRecurrent {
  std::string_view type;
  std::string (*config)();
  std::shared_ptr<Stage<T>> (*make)(std::size_t units, std::size_t inputs);
};

template <Scalar T, class... Specifications> constexpr auto list_recurrent() {
  return std::array{KnownRecurrent<T>{Specifications::template Layer<T, any_sequence>::name,
                                      Specifications::template Layer<T, any_sequence>::config,
                                      [](std::size_t units, std::size_t inputs) {
                                        return make_stage<T>(ReturnSequences<Specifications>(units), inputs);
                                      }}...};
}

/// Those that there are. Each takes seconds to compile, and so they are the usual ones.
template <Scalar T>
inline constexpr auto known_recurrent =
    list_recurrent<T, SimpleRNN<>, SimpleRNN<dynamic, ReLU>, SimpleRNN<dynamic, Sigmoid>, SimpleRNN<dynamic, Linear>,
                   LSTM<>, LSTM<dynamic, ReLU>, LSTM<dynamic, Tanh, HardSigmoid>, LSTM<dynamic, FastTanh, FastSigmoid>,
                   GRU<>, GRU<dynamic, ReLU>, GRU<dynamic, Tanh, HardSigmoid>, GRU<dynamic, FastTanh, FastSigmoid>,
                   GRU<dynamic, Tanh, Sigmoid, GRUOptions{.reset_after = false}>, SLSTM<>>();

/// Makes the layers of one net, one after the other.
template <Scalar T> class LayerMaker {
 public:
  /// `numbers` is what the file has of them, and limits what is made, and what is repeated, with a constant beyond it.
  LayerMaker(Shape input, std::size_t numbers) : shape_(input), left_(numbers + beyond) {}

  /// Throws ArgumentError, beginning with `layer_name`, if there is no such layer, option or activation here, or if it
  /// cannot follow the one before it.
  AnyLayer<T> make(std::string layer_name, LayerDescription description) {
    name_ = std::move(layer_name);
    AnyLayer<T> layer{std::move(description), shape_, {}, {}, {}};
    const LayerDescription& said = layer.description;
    const bool takes_vectors = said.type == "dense" || said.type == "layer_normalization" || said.type == "dropout" ||
                               said.type == "repeat_vector" || said.type == "embedding";
    if (!shape_.is_sequence && !takes_vectors) refuse("expected a sequence before it, found a vector");
    const std::string_view config = said.config;
    items_ = ConfigItems(config.substr(0, config.find(" [")));
    layer.stages = stages(said);
    if (!items_.left().empty()) refuse(sentence("expected no option \"", items_.left().front(), "\", found it"));
    for (const auto& stage : layer.stages) {
      for (Weight<T>& weight : stage->weights()) layer.weights.push_back(std::move(weight));
    }
    if (said.type == "conv1d") layer.weights[0].shape = {said.kernel_size, shape_.features, said.features};
    std::erase_if(layer.weights, [&](const Weight<T>& weight) {
      const std::string_view name = std::string_view(weight.name).substr(weight.name.rfind('.') + 1);
      const bool is_absent = std::ranges::find(said.absent, name) != said.absent.end();
      if (is_absent && name == "gamma") std::ranges::fill(weight.values, T(1));  // the others are zero
      return is_absent;
    });
    for (const auto& stage : layer.stages) shape_ = stage->output(shape_);
    layer.output = shape_;
    return layer;
  }

 private:
  static constexpr std::size_t beyond = std::size_t{1} << 20;

  [[noreturn]] void refuse(std::string_view why) const { throw ArgumentError(sentence(name_, ": ", why)); }

  /// Takes them from what may still be made.
  void charge(std::size_t numbers) {
    if (numbers > left_) refuse("expected sizes of as many numbers as the file has");
    left_ -= numbers;
  }
  std::size_t check_size(std::size_t size, std::string_view what) const { return check_extent(name_, size, what); }

  Stages<T> stages(const LayerDescription& said) {
    const std::string_view type = said.type;
    if (type == "dense") return product(said.features, shape_.features);
    if (type == "dropout") return {};
    if (type == "embedding") return embedding();
    if (type == "last_step") return {make_stage<T>(LastStep{}, shape_.features)};
    if (type == "last_steps") {
      const std::size_t steps = check_size(items_.take_number<std::size_t>("steps"), "steps");
      return {make_stage<T>(LastSteps(steps), shape_.features)};
    }
    if (type == "global_max_pooling1d") return {make_stage<T>(GlobalMaxPooling1D{}, shape_.features)};
    if (type == "global_average_pooling1d") return {make_stage<T>(GlobalAveragePooling1D{}, shape_.features)};
    if (type == "layer_normalization") return normalization();
    if (type == "conv1d") return convolution(said);
    if (type == "bidirectional") return bidirectional(said);
    if (type == "flatten") {
      using Layer = Flatten::Layer<T, sequence_shape(dynamic, dynamic)>;
      return {std::make_shared<LayerStage<Layer>>(Flatten{}, shape_.features)};
    }
    if (type == "max_pooling1d" || type == "average_pooling1d") {
      const std::size_t size = check_size(items_.take_number<std::size_t>("pool_size"), "steps of pool_size");
      const std::size_t strides = check_size(items_.take_number<std::size_t>("strides"), "steps of strides");
      return {std::make_shared<PoolingStage<T>>(SlidingSizes{size, strides}, type == "max_pooling1d")};
    }
    if (type == "repeat_vector") {
      if (shape_.is_sequence) refuse("expected a vector before it, found a sequence");
      const std::size_t steps = check_size(items_.take_number<std::size_t>("steps"), "steps");
      charge(steps * shape_.features);
      return {std::make_shared<RepeatStage<T>>(steps)};
    }
    Stages<T> all;
    if (items_.take("go_backwards")) all.push_back(std::make_shared<ReverseStage<T>>());
    all.push_back(recurrent(type, said.features));
    if (!said.is_sequence) all.push_back(make_stage<T>(LastStep{}, said.features));
    return all;
  }

  /// With the options that are left.
  std::shared_ptr<Stage<T>> recurrent(std::string_view type, std::size_t units) {
    if (std::ranges::find(known_recurrent<T>, type, &KnownRecurrent<T>::type) == known_recurrent<T>.end()) {
      refuse("expected one of the layers that AnyModel has, found another");
    }
    std::string config, known;
    const ConfigItems options = std::exchange(items_, ConfigItems(""));
    for (const auto item : options.left()) {
      config += sentence(config.empty() ? "" : ", ", item);
    }
    for (const KnownRecurrent<T>& kind : known_recurrent<T>) {
      if (kind.type != type) continue;
      if (kind.config() == config) {
        const std::size_t gates = type == "simple_rnn" ? 1 : type == "gru" ? 3 : 4;
        charge(gates * check_size(units, "units") * (shape_.features + units + 2));
        return kind.make(units, shape_.features);
      }
      known += sentence(known.empty() ? "\"" : ", \"", kind.config(), "\"");
    }
    refuse(sentence("expected one of ", known, ", which AnyModel has, found \"", config, "\""));
  }

  /// x W + b, and the activation.
  Stages<T> product(std::size_t units, std::size_t inputs) {
    const std::string_view activation = items_.take_value("activation");
    const auto kind = std::ranges::find(known_activations<T>, activation, &KnownActivation<T>::name);
    if (kind == known_activations<T>.end()) {
      refuse(sentence("expected one of the library's activations, found \"", activation, "\""));
    }
    charge(check_size(units, "units") * (inputs + 1));
    Stages<T> all{make_stage<T>(Dense<>(units), inputs)};
    if (activation != Linear::name) all.push_back(std::make_shared<ActivationStage<T>>(kind->function));
    return all;
  }

  Stages<T> convolution(const LayerDescription& said) {
    SlidingSizes sizes{check_size(said.kernel_size, "steps of kernel_size")};
    sizes.is_causal = items_.take("causal");
    if (!sizes.is_causal && !items_.take("valid")) refuse("expected the padding causal or valid");
    sizes.strides = check_size(items_.take_number<std::size_t>("strides"), "steps of strides");
    sizes.dilation = check_size(items_.take_number<std::size_t>("dilation_rate"), "steps of dilation_rate");
    Stages<T> all{std::make_shared<WindowStage<T>>(sizes)};
    for (auto& stage : product(said.features, sizes.size * shape_.features)) all.push_back(std::move(stage));
    return all;
  }

  Stages<T> embedding() {
    const std::size_t rows = check_size(items_.take_number<std::size_t>("input_dim"), "rows of input_dim");
    const std::size_t columns = check_size(items_.take_number<std::size_t>("output_dim"), "columns of output_dim");
    charge(rows * columns);
    return {make_stage<T>(Embedding(rows, columns), shape_.features)};
  }

  Stages<T> normalization() {
    charge(2 * shape_.features);
    const auto epsilon = items_.take_number<double>("epsilon");
    constexpr LayerNormalizationOptions keras{.epsilon = 1e-3}, pytorch{.epsilon = 1e-5}, small{.epsilon = 1e-6};
    if (epsilon == keras.epsilon) return {make_stage<T>(LayerNormalization<keras>{}, shape_.features)};
    if (epsilon == pytorch.epsilon) return {make_stage<T>(LayerNormalization<pytorch>{}, shape_.features)};
    if (epsilon == small.epsilon) return {make_stage<T>(LayerNormalization<small>{}, shape_.features)};
    refuse(sentence("expected the epsilon 0.001, 1e-05 or 1e-06, which AnyModel has, found ", epsilon));
  }

  Stages<T> bidirectional(const LayerDescription& said) {
    constexpr std::array<std::string_view, 4> merges{"concat", "sum", "mul", "ave"};
    const auto merge = std::ranges::find(merges, items_.take_value("merge"));
    const std::size_t begin = said.config.find(" [0.");
    if (merge == merges.end() || begin == std::string::npos || said.config.back() != ']') {
      refuse("expected one of the ways to merge, and a layer");
    }
    const LayerDescription wrapped =
        parse_layer(std::string_view(said.config).substr(begin + 4, said.config.size() - begin - 5));
    const ConfigItems own = std::exchange(items_, ConfigItems(wrapped.config));
    if (items_.take("go_backwards")) refuse("expected a layer that goes forwards, found one that goes backwards");
    if (wrapped.is_sequence != said.is_sequence) refuse("expected the same kind of output as of the layer in it");
    const ConfigItems options = items_;
    auto forward = recurrent(wrapped.type, wrapped.features);
    items_ = options;
    auto backward = recurrent(wrapped.type, wrapped.features);
    items_ = own;
    return {std::make_shared<BidirectionalStage<T>>(std::array{std::move(forward), std::move(backward)},
                                                    static_cast<Merge>(merge - merges.begin()), said.is_sequence)};
  }

  std::string name_;
  ConfigItems items_{""};
  Shape shape_;  ///< what the next layer is given
  std::size_t left_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
