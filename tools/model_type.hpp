// The type of a net, as it is written in a program.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/io/any_layer.hpp"
#include "rnnts/io/any_net.hpp"
#include "rnnts/io/config_items.hpp"

namespace tools {

/// "ReLU" for "relu".
inline std::string_view activation_type(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> types{{{"linear", "Linear"},
                                                                                        {"tanh", "Tanh"},
                                                                                        {"sigmoid", "Sigmoid"},
                                                                                        {"fast_tanh", "FastTanh"},
                                                                                        {"fast_sigmoid", "FastSigmoid"},
                                                                                        {"relu", "ReLU"},
                                                                                        {"leaky_relu", "LeakyReLU"},
                                                                                        {"softplus", "Softplus"},
                                                                                        {"elu", "ELU"},
                                                                                        {"selu", "SELU"},
                                                                                        {"silu", "SiLU"},
                                                                                        {"gelu", "GELU"},
                                                                                        {"softsign", "Softsign"},
                                                                                        {"hard_sigmoid", "HardSigmoid"},
                                                                                        {"exponential", "Exponential"},
                                                                                        {"softmax", "Softmax"}}};
  const auto found = std::ranges::find(types, name, &std::pair<std::string_view, std::string_view>::first);
  return found == types.end() ? name : found->second;
}

/// `Name<arguments>`, where those in the end that are the defaults are left out.
class Specification {
 public:
  explicit Specification(std::string_view name) : text_(name) {}

  void add(std::string argument, std::string_view otherwise = "") {
    arguments_.push_back(std::move(argument));
    if (arguments_.back() != otherwise) used_ = arguments_.size();
  }

  std::string text() const {
    std::string text = text_;
    for (std::size_t k = 0; k < used_; ++k) text += (k == 0 ? "<" : ", ") + arguments_[k];
    return used_ == 0 ? text : text + ">";
  }

 private:
  std::string text_;
  std::vector<std::string> arguments_;
  std::size_t used_ = 0;
};

/// `GRUOptions{.return_sequences = true}` of those options that are not the defaults; nothing if all are.
class Options {
 public:
  explicit Options(std::string_view type) : type_(type) {}

  void add(std::string_view name, std::string_view value, bool is_default) {
    if (!is_default) text_ += rnnts::detail::sentence(text_.empty() ? "." : ", .", name, " = ", value);
  }
  std::string text() const { return text_.empty() ? "" : type_ + "{" + text_ + "}"; }

 private:
  std::string type_, text_;
};

/// A layer as a template argument of `Sequential`. `wraps` for the layer in a Bidirectional.
inline std::string layer_type(const rnnts::detail::LayerDescription& layer, std::size_t features) {
  using rnnts::detail::sentence;
  rnnts::detail::ConfigItems items(std::string_view(layer.config).substr(0, layer.config.find(" [")));
  const auto has = [&](std::string_view weight) {
    return std::ranges::find(layer.absent, weight) == layer.absent.end();
  };
  const auto activation = [&](std::string_view option) {
    return std::string(activation_type(items.take_value(option)));
  };
  const auto number = [&](std::string_view option) { return std::string(items.take_value(option)); };
  const std::string_view type = layer.type;
  const auto recurrent = [&](std::string_view name) {
    Specification text(name);
    Options options(sentence(name, "Options"));
    text.add(std::to_string(features));
    if (type != "slstm") text.add(activation("activation"), "Tanh");
    if (type == "lstm" || type == "gru") text.add(activation("recurrent_activation"), "Sigmoid");
    options.add("return_sequences", "true", !layer.is_sequence);
    options.add("go_backwards", "true", !items.take("go_backwards"));
    options.add("use_bias", "false", has("bias"));
    if (type == "gru") options.add("reset_after", "false", items.take("reset_after"));
    options.add("dropout", sentence(layer.dropout), layer.dropout == 0);
    options.add("recurrent_dropout", sentence(layer.recurrent_dropout), layer.recurrent_dropout == 0);
    text.add(options.text());
    return text.text();
  };
  if (type == "simple_rnn") return recurrent("SimpleRNN");
  if (type == "lstm") return recurrent("LSTM");
  if (type == "gru") return recurrent("GRU");
  if (type == "slstm") return recurrent("SLSTM");
  if (type == "bidirectional") {
    const std::size_t begin = layer.config.find(" [0.");
    auto wrapped =
        rnnts::detail::parse_layer(std::string_view(layer.config).substr(begin + 4, layer.config.size() - begin - 5));
    wrapped.absent = layer.absent;
    wrapped.dropout = layer.dropout;
    wrapped.recurrent_dropout = layer.recurrent_dropout;
    Specification text("Bidirectional");
    text.add(layer_type(wrapped, wrapped.features));
    text.add("Merge::" + number("merge"), "Merge::concat");
    return text.text();
  }
  if (type == "dense") {
    Specification text("Dense");
    Options options("DenseOptions");
    text.add(std::to_string(features));
    text.add(activation("activation"), "Linear");
    options.add("use_bias", "false", has("bias"));
    text.add(options.text());
    return text.text();
  }
  if (type == "conv1d") {
    Specification text("Conv1D");
    Options options("Conv1DOptions");
    text.add(std::to_string(features));
    text.add(std::to_string(layer.kernel_size));
    text.add(activation("activation"), "Linear");
    options.add("padding", "Padding::causal", !items.take("causal"));
    for (const std::string_view option : {"strides", "dilation_rate"}) {
      const std::string value = number(option);
      options.add(option, value, value == "1");
    }
    options.add("use_bias", "false", has("bias"));
    text.add(options.text());
    return text.text();
  }
  if (type == "layer_normalization") {
    Specification text("LayerNormalization");
    Options options("LayerNormalizationOptions");
    const std::string epsilon = number("epsilon");
    options.add("epsilon", epsilon, epsilon == "0.001");
    options.add("center", "false", has("beta"));
    options.add("scale", "false", has("gamma"));
    text.add(options.text());
    return text.text() + (options.text().empty() ? "<>" : "");
  }
  if (type == "max_pooling1d" || type == "average_pooling1d") {
    Specification text(type == "max_pooling1d" ? "MaxPooling1D" : "AveragePooling1D");
    const std::string size = number("pool_size");
    text.add(size);
    text.add(number("strides"), size);
    return text.text();
  }
  if (type == "repeat_vector") return sentence("RepeatVector<", number("steps"), ">");
  if (type == "last_steps") return sentence("LastSteps<", number("steps"), ">");
  if (type == "embedding") return sentence("Embedding<", number("input_dim"), ", ", number("output_dim"), ">");
  if (type == "dropout") return sentence("Dropout<", layer.dropout, ">");
  return type == "flatten"                ? "Flatten"
         : type == "last_step"            ? "LastStep"
         : type == "global_max_pooling1d" ? "GlobalMaxPooling1D"
                                          : "GlobalAveragePooling1D";
}

/// `Sequential<float, Input<1>, LSTM<16>, Dense<1>>`, a line for each layer.
inline std::string model_type(const rnnts::detail::AnyNet<float>& net) {
  using rnnts::detail::sentence;
  std::string text = sentence("Sequential<float, Input<", net.input.features);
  if (net.input.steps != rnnts::any_steps) text += sentence(", ", net.input.steps);
  text += ">";
  for (const auto& layer : net.layers) {
    text += ",\n           " + layer_type(layer.description, layer.output.features);
  }
  return text + ">";
}

}  // namespace tools
