// What is compared: a job that each library does with the same numbers, and how a library does it.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../multiply_adds.hpp"

namespace bench {

enum class Layer { flatten, simple_rnn, lstm, gru };
enum class Work { training_step, prediction };

/// A layer and `Dense(1)`, with mse and Adam, on a batch of windows.
struct Shape {
  Layer layer = Layer::simple_rnn;
  std::size_t units = 1, inputs = 1, steps = 20, batch = 1;
  bool sigmoid = false;  ///< the activation of Dense, else it has none
  Work work = Work::training_step;

  /// How many numbers per unit a step computes; 0 if there is nothing recurrent.
  std::size_t gates() const;
  std::string name() const;
  /// Multiply-adds of the matrix products.
  std::size_t multiply_adds() const;
};

std::string name(Layer layer);
std::string name(Work work);

/// Numbers by name, row-major. Weights and gradients are in Keras' layout, with the gates i, f, c, o of LSTM and z, r,
/// h of GRU: "kernel" (I,gates*N), "recurrent_kernel" (N,gates*N), "bias" (gates*N), of GRU (2,gates*N), "dense_kernel"
/// (N,1), "dense_bias" (1). After Flatten, "dense_kernel" is (T*I,1), and the first three are not there.
using Tensors = std::map<std::string, std::vector<float>>;

/// Names of the weights, in the order of Keras.
std::vector<std::string> weight_names(const Shape& shape);

/// A shape and the numbers that all libraries start from.
struct Problem {
  explicit Problem(const Shape& shape);

  Shape shape;
  std::vector<float> x;                      ///< (T,B,I)
  std::array<std::vector<float>, 2> labels;  ///< (B), in turn: no weights fit both, so the gradients do not vanish
  Tensors weights;
};

/// One library at work on one problem.
class Contestant {
 public:
  virtual ~Contestant() = default;

  /// What it computes with the weights of the problem: "output" (B), and if it trains, "loss" (1) with the first labels
  /// and the gradients by all weights, by their names. Called before `work`.
  virtual Tensors results() = 0;

  /// What is timed: a training step, or a prediction.
  virtual void work() = 0;
};

using MakeContestant = std::function<std::unique_ptr<Contestant>(const Problem&)>;

/// One row of the comparison, and how this library does it.
struct Job {
  Shape shape;
  MakeContestant make_ours;
};
std::vector<Job> jobs();

/// Null where the library has nothing for the shape. Each runs in one thread.
std::unique_ptr<Contestant> make_onednn(const Problem& problem);
std::unique_ptr<Contestant> make_libtorch(const Problem& problem);

/// With their versions.
std::string onednn_name();
std::string libtorch_name();

}  // namespace bench
