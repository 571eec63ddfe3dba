// oneDNN, of which the recurrent layer alone is timed: it has no Dense and no optimizer. What training does to its
// outputs, and from there to the gradients by its states, is computed once, so that results can be compared.
//
// Weights are packed for its kernels beforehand and not in each step, as training would have to: what is timed is the
// least that a program could spend.
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <dnnl.hpp>
#include <span>
#include <unordered_map>

#include "contestant.hpp"

namespace bench {
namespace {

using dnnl::memory, dnnl::prop_kind;
using Arguments = std::unordered_map<int, memory>;
constexpr auto direction = dnnl::rnn_direction::unidirectional_left2right;

/// What the layers' descriptions have in common. The initial state is zero but has to be there: without one, the
/// gradients by the recurrent kernel are wrong (in 2.6.3). Last states are not asked for: the outputs have them.
struct Descriptions {
  memory::desc x, state, kernel, recurrent_kernel, bias, h;
  memory::desc none = {};
};

struct SimpleRNN {
  using Forward = dnnl::vanilla_rnn_forward;
  using Backward = dnnl::vanilla_rnn_backward;
  static constexpr auto activation = dnnl::algorithm::eltwise_tanh;

  static Forward::desc forward(prop_kind kind, const Descriptions& d) {
    return {kind, activation, direction, d.x, d.state, d.kernel, d.recurrent_kernel, d.bias, d.h, d.none};
  }
  static Backward::desc backward(const Descriptions& d, const Descriptions& dd) {
    // clang-format off
    return {prop_kind::backward, activation, direction,
            d.x,  d.state,  d.kernel,  d.recurrent_kernel,  d.bias,  d.h,  d.none,
            dd.x, dd.state, dd.kernel, dd.recurrent_kernel, dd.bias, dd.h, dd.none};
    // clang-format on
  }
};

struct LSTM {
  using Forward = dnnl::lstm_forward;
  using Backward = dnnl::lstm_backward;

  static Forward::desc forward(prop_kind kind, const Descriptions& d) {
    return {kind, direction, d.x, d.state, d.state, d.kernel, d.recurrent_kernel, d.bias, d.h, d.none, d.none};
  }
  static Backward::desc backward(const Descriptions& d, const Descriptions& dd) {
    // clang-format off
    return {prop_kind::backward, direction,
            d.x,  d.state,  d.state,  d.kernel,  d.recurrent_kernel,  d.bias,  d.h,  d.none,  d.none,
            dd.x, dd.state, dd.state, dd.kernel, dd.recurrent_kernel, dd.bias, dd.h, dd.none, dd.none};
    // clang-format on
  }
};

/// The GRU whose reset gate multiplies after the product, as ours and Keras'.
struct GRU {
  using Forward = dnnl::lbr_gru_forward;
  using Backward = dnnl::lbr_gru_backward;

  static Forward::desc forward(prop_kind kind, const Descriptions& d) {
    return {kind, direction, d.x, d.state, d.kernel, d.recurrent_kernel, d.bias, d.h, d.none};
  }
  static Backward::desc backward(const Descriptions& d, const Descriptions& dd) {
    // clang-format off
    return {prop_kind::backward, direction,
            d.x,  d.state,  d.kernel,  d.recurrent_kernel,  d.bias,  d.h,  d.none,
            dd.x, dd.state, dd.kernel, dd.recurrent_kernel, dd.bias, dd.h, dd.none};
    // clang-format on
  }
};

template <class Kind> class OneDNN final : public Contestant {
 public:
  explicit OneDNN(const Problem& problem)
      : problem_(problem), shape_(problem.shape), trains_(shape_.work == Work::training_step) {
    omp_set_num_threads(1);
    const auto kind = trains_ ? prop_kind::forward_training : prop_kind::forward_inference;
    const typename Kind::Forward::primitive_desc chosen(Kind::forward(kind, layouts(any)), engine_);
    forward_ = typename Kind::Forward(chosen);

    const Descriptions plain = layouts(ours);
    forward_arguments_ = {
        {DNNL_ARG_SRC_LAYER, filled(plain.x, problem.x)},
        {DNNL_ARG_SRC_ITER, zeros(plain.state)},
        {DNNL_ARG_WEIGHTS_LAYER, packed("kernel", plain.kernel, chosen.weights_layer_desc())},
        {DNNL_ARG_WEIGHTS_ITER, packed("recurrent_kernel", plain.recurrent_kernel, chosen.weights_iter_desc())},
        {DNNL_ARG_BIAS, filled(plain.bias, bias())},
        {DNNL_ARG_DST_LAYER, memory(plain.h, engine_)}};
    if (is_lstm) forward_arguments_[DNNL_ARG_SRC_ITER_C] = zeros(plain.state);
    if (trains_) prepare_backward(chosen, plain);
  }

  Tensors results() override {
    run_forward();
    Tensors results = dense();
    if (trains_) {
      run_backward();
      for (const auto& [name, gradient] : gradients_) results[name] = numbers(gradient);
      if (is_gru) results["bias"] = bias_gradient_of_gru(results["bias"]);
    }
    return results;
  }

  void work() override {
    run_forward();
    if (trains_) run_backward();
  }

 private:
  static constexpr auto any = memory::format_tag::any, ours = memory::format_tag::ldigo;
  static constexpr bool is_lstm = std::same_as<Kind, LSTM>, is_gru = std::same_as<Kind, GRU>;

  memory::dim steps() const { return memory::dim(shape_.steps); }

  /// Weights are (layers, directions, inputs, gates, units), which with one layer and direction is Keras' layout.
  Descriptions layouts(memory::format_tag weights) const {
    constexpr auto f32 = memory::data_type::f32;
    constexpr auto sequence = memory::format_tag::tnc, biases = memory::format_tag::ldgo;
    const auto I = memory::dim(shape_.inputs), N = memory::dim(shape_.units), G = memory::dim(shape_.gates()),
               B = memory::dim(shape_.batch);
    return {.x = {{steps(), B, I}, f32, sequence},
            .state = {{1, 1, B, N}, f32, memory::format_tag::ldnc},
            .kernel = {{1, 1, I, G, N}, f32, weights},
            .recurrent_kernel = {{1, 1, N, G, N}, f32, weights},
            .bias = {{1, 1, is_gru ? 4 : G, N}, f32, biases},
            .h = {{steps(), B, N}, f32, sequence}};
  }

  void prepare_backward(const auto& forward, const Descriptions& plain) {
    const typename Kind::Backward::primitive_desc chosen(Kind::backward(layouts(any), plain), engine_, forward);
    backward_ = typename Kind::Backward(chosen);
    forward_arguments_[DNNL_ARG_WORKSPACE] = memory(forward.workspace_desc(), engine_);
    dh_ = zeros(plain.h);
    gradients_ = {{"kernel", memory(plain.kernel, engine_)},
                  {"recurrent_kernel", memory(plain.recurrent_kernel, engine_)},
                  {"bias", memory(plain.bias, engine_)}};
    backward_arguments_ = forward_arguments_;
    backward_arguments_[DNNL_ARG_WEIGHTS_LAYER] = packed("kernel", plain.kernel, chosen.weights_layer_desc());
    backward_arguments_[DNNL_ARG_WEIGHTS_ITER] =
        packed("recurrent_kernel", plain.recurrent_kernel, chosen.weights_iter_desc());
    backward_arguments_[DNNL_ARG_DIFF_SRC_LAYER] = memory(plain.x, engine_);  // cannot be left out
    backward_arguments_[DNNL_ARG_DIFF_SRC_ITER] = memory(plain.state, engine_);
    if (is_lstm) backward_arguments_[DNNL_ARG_DIFF_SRC_ITER_C] = memory(plain.state, engine_);
    backward_arguments_[DNNL_ARG_DIFF_WEIGHTS_LAYER] = gradients_.at("kernel");
    backward_arguments_[DNNL_ARG_DIFF_WEIGHTS_ITER] = gradients_.at("recurrent_kernel");
    backward_arguments_[DNNL_ARG_DIFF_BIAS] = gradients_.at("bias");
    backward_arguments_[DNNL_ARG_DIFF_DST_LAYER] = dh_;
  }

  void run_forward() {
    forward_.execute(stream_, forward_arguments_);
    stream_.wait();
  }

  /// Gradients by weights are added to what is there.
  void run_backward() {
    for (auto& [name, gradient] : gradients_) std::ranges::fill(values(gradient), 0.0F);
    backward_.execute(stream_, backward_arguments_);
    stream_.wait();
  }

  /// Dense, the loss, and their gradients; leaves those by the last states in `dh_`.
  Tensors dense() {
    const std::size_t N = shape_.units, B = shape_.batch;
    const auto& kernel = problem_.weights.at("dense_kernel");
    const auto h = values(forward_arguments_.at(DNNL_ARG_DST_LAYER)).last(B * N);
    Tensors results{{"output", std::vector<float>(B)}};
    for (std::size_t b = 0; b < B; ++b) {
      double y = problem_.weights.at("dense_bias")[0];
      for (std::size_t n = 0; n < N; ++n) y += double(h[b * N + n]) * double(kernel[n]);
      results["output"][b] = float(shape_.sigmoid ? 1 / (1 + std::exp(-y)) : y);
    }
    if (!trains_) return results;
    results["dense_kernel"].resize(N);
    results["dense_bias"].resize(1);
    const auto dh = values(dh_).last(B * N);
    double loss = 0;
    for (std::size_t b = 0; b < B; ++b) {
      const float y = results["output"][b], error = y - problem_.labels[0][b];
      loss += double(error) * double(error) / double(B);
      const float dz = 2 * error / float(B) * (shape_.sigmoid ? y * (1 - y) : 1);
      results["dense_bias"][0] += dz;
      for (std::size_t n = 0; n < N; ++n) {
        results["dense_kernel"][n] += dz * h[b * N + n];
        dh[b * N + n] = dz * kernel[n];
      }
    }
    results["loss"] = {float(loss)};
    return results;
  }

  /// Of GRU (4,N): z, r, g, and that of the state's share in g. Ours are (2,3N), which add up for z and r.
  std::vector<float> bias() const {
    std::vector<float> bias = problem_.weights.at("bias");
    if (!is_gru) return bias;
    const std::size_t N = shape_.units;
    for (std::size_t n = 0; n < 2 * N; ++n) bias[n] += bias[3 * N + n];
    bias.erase(bias.begin() + std::ptrdiff_t(3 * N), bias.begin() + std::ptrdiff_t(5 * N));
    return bias;
  }
  std::vector<float> bias_gradient_of_gru(std::vector<float> gradient) const {
    const auto begin = gradient.begin(), end_of_r = begin + std::ptrdiff_t(2 * shape_.units);
    const std::vector<float> z_and_r(begin, end_of_r);
    gradient.insert(begin + std::ptrdiff_t(3 * shape_.units), z_and_r.begin(), z_and_r.end());
    return gradient;
  }

  static std::span<float> values(const memory& memory) {
    return {static_cast<float*>(memory.get_data_handle()), memory.get_desc().get_size() / sizeof(float)};
  }
  static std::vector<float> numbers(const memory& memory) { return {values(memory).begin(), values(memory).end()}; }

  memory filled(const memory::desc& description, const std::vector<float>& numbers) const {
    memory result(description, engine_);
    std::ranges::copy(numbers, values(result).begin());
    return result;
  }

  memory zeros(const memory::desc& description) const {
    memory result(description, engine_);
    std::ranges::fill(values(result), 0.0F);
    return result;
  }

  /// A weight in the layout that a kernel asks for.
  memory packed(const char* name, const memory::desc& from, const memory::desc& to) {
    memory source = filled(from, problem_.weights.at(name)), result(to, engine_);
    dnnl::reorder(source, result).execute(stream_, source, result);
    stream_.wait();
    return result;
  }

  const Problem& problem_;
  const Shape& shape_;
  bool trains_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  dnnl::primitive forward_, backward_;
  Arguments forward_arguments_, backward_arguments_;
  std::map<std::string, memory> gradients_;
  memory dh_;  ///< by the output of each step: zero, but for the last one
};

}  // namespace

std::unique_ptr<Contestant> make_onednn(const Problem& problem) {
  switch (problem.shape.layer) {
    case Layer::simple_rnn: return std::make_unique<OneDNN<SimpleRNN>>(problem);
    case Layer::lstm: return std::make_unique<OneDNN<LSTM>>(problem);
    case Layer::gru: return std::make_unique<OneDNN<GRU>>(problem);
    case Layer::flatten: break;
  }
  return nullptr;
}

std::string onednn_name() {
  const dnnl_version_t& version = *dnnl::version();
  return "oneDNN " + std::to_string(version.major) + '.' + std::to_string(version.minor);
}

}  // namespace bench
