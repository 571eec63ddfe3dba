// PyTorch through its C++ interface, libtorch, eager: layers, loss and Adam of torch::nn and torch::optim. The one file
// that includes its headers, which take long to compile.
#include <torch/torch.h>

#include <functional>

#include "contestant.hpp"

namespace bench {
namespace {

using torch::Tensor;

Tensor tensor(const std::vector<float>& numbers, at::IntArrayRef shape) {
  return torch::tensor(at::ArrayRef<float>(numbers)).reshape(shape);
}

std::vector<float> numbers(const Tensor& tensor) {
  const Tensor plain = tensor.detach().contiguous();
  return {plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel()};
}

/// Gates of GRU are r, z, n here and z, r, h in Keras; others have the same order. Undoes itself.
Tensor reorder_gates(const Tensor& gates_first, Layer layer) {
  return layer == Layer::gru ? gates_first.index_select(0, torch::tensor({1, 0, 2})) : gates_first;
}

class Libtorch final : public Contestant {
 public:
  explicit Libtorch(const Problem& problem)
      : shape_(problem.shape),
        I_(std::int64_t(shape_.inputs)),
        N_(std::int64_t(shape_.units)),
        G_(std::int64_t(shape_.gates())),
        dense_(shape_.gates() > 0 ? N_ : std::int64_t(shape_.steps) * I_, 1) {
    torch::set_num_threads(1);
    const auto T = std::int64_t(shape_.steps), B = std::int64_t(shape_.batch);
    x_ = tensor(problem.x, {T, B, I_});
    if (shape_.gates() == 0) x_ = x_.transpose(0, 1).contiguous();  // Flatten's, (B,T,I)
    for (const std::size_t set : {0U, 1U}) labels_[set] = tensor(problem.labels[set], {B, 1});
    make_recurrent();
    set_weights(problem.weights);
    std::vector<Tensor> parameters = dense_->parameters();
    for (const auto& parameter : recurrent_parameters_) parameters.push_back(parameter);
    adam_ = std::make_unique<torch::optim::Adam>(parameters, torch::optim::AdamOptions(1e-3).eps(1e-7));
  }

  Tensors results() override {
    if (shape_.work == Work::prediction) return {{"output", numbers(forward())}};
    const Tensor y = forward(), loss = torch::mse_loss(y, labels_[0]);
    loss.backward();
    Tensors results = gradients();
    results["output"] = numbers(y);
    results["loss"] = numbers(loss);
    return results;
  }

  void work() override {
    if (shape_.work == Work::prediction) {
      const c10::InferenceMode no_gradients;
      forward();
    } else {
      adam_->zero_grad();
      torch::mse_loss(forward(), labels_[second_ ? 1 : 0]).backward();
      adam_->step();
      second_ = !second_;
    }
  }

 private:
  void make_recurrent() {
    const auto use = [this](auto layer) {
      recurrent_parameters_ = layer->parameters();
      recurrent_ = [layer](const Tensor& x) mutable { return std::get<0>(layer->forward(x)); };
    };
    switch (shape_.layer) {
      case Layer::simple_rnn: return use(torch::nn::RNN(I_, N_));
      case Layer::lstm: return use(torch::nn::LSTM(I_, N_));
      case Layer::gru: return use(torch::nn::GRU(I_, N_));
      case Layer::flatten: return;
    }
  }

  Tensor forward() {
    const Tensor features = recurrent_ ? recurrent_(x_).select(0, -1) : flatten_(x_);
    const Tensor y = dense_(features);
    return shape_.sigmoid ? torch::sigmoid(y) : y;
  }

  /// From Keras' layout. The recurrent layers here have W (gates*N,I), U (gates*N,N), and a bias for each of the two;
  /// Keras has one bias, but for GRU.
  void set_weights(const Tensors& weights) {
    const torch::NoGradGuard no_gradients;
    dense_->weight.copy_(tensor(weights.at("dense_kernel"), {-1, 1}).t());
    dense_->bias.copy_(tensor(weights.at("dense_bias"), {1}));
    if (!recurrent_) return;
    const auto set = [this](Tensor into, const Tensor& columns) {  // (rows, gates, N)
      into.copy_(reorder_gates(columns.permute({1, 2, 0}), shape_.layer).reshape_as(into));
    };
    set(recurrent_parameters_[0], tensor(weights.at("kernel"), {I_, G_, N_}));
    set(recurrent_parameters_[1], tensor(weights.at("recurrent_kernel"), {N_, G_, N_}));
    const Tensor biases = tensor(weights.at("bias"), {-1, 1, G_, N_});
    set(recurrent_parameters_[2], biases[0]);
    if (biases.size(0) == 2) {
      set(recurrent_parameters_[3], biases[1]);
    } else {
      recurrent_parameters_[3].zero_();
    }
  }

  /// In Keras' layout.
  Tensors gradients() const {
    Tensors gradients{{"dense_kernel", numbers(dense_->weight.grad().t())},
                      {"dense_bias", numbers(dense_->bias.grad())}};
    if (!recurrent_) return gradients;
    const auto gradient = [this](std::size_t index) {
      const Tensor rows_last = recurrent_parameters_[index].grad().reshape({G_, N_, -1});
      return numbers(reorder_gates(rows_last, shape_.layer).permute({2, 0, 1}));
    };
    gradients["kernel"] = gradient(0);
    gradients["recurrent_kernel"] = gradient(1);
    gradients["bias"] = gradient(2);
    if (shape_.layer == Layer::gru) {
      const auto of_state = gradient(3);
      gradients["bias"].insert(gradients["bias"].end(), of_state.begin(), of_state.end());
    }
    return gradients;
  }

  const Shape shape_;
  std::int64_t I_, N_, G_;
  Tensor x_;
  std::array<Tensor, 2> labels_;
  bool second_ = false;
  std::function<Tensor(const Tensor&)> recurrent_;  ///< outputs of all steps; null after Flatten
  std::vector<Tensor> recurrent_parameters_;
  torch::nn::Flatten flatten_;
  torch::nn::Linear dense_;
  std::unique_ptr<torch::optim::Adam> adam_;
};

}  // namespace

std::unique_ptr<Contestant> make_libtorch(const Problem& problem) { return std::make_unique<Libtorch>(problem); }

std::string libtorch_name() { return "libtorch " TORCH_VERSION; }

}  // namespace bench
