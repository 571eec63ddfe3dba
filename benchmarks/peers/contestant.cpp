#include "contestant.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>

namespace bench {

std::string name(Layer layer) {
  switch (layer) {
    case Layer::flatten: return "Flatten";
    case Layer::simple_rnn: return "SimpleRNN";
    case Layer::lstm: return "LSTM";
    case Layer::gru: return "GRU";
  }
  return {};
}

std::string name(Work work) { return work == Work::training_step ? "training step" : "prediction"; }

std::size_t Shape::gates() const {
  switch (layer) {
    case Layer::flatten: return 0;
    case Layer::simple_rnn: return 1;
    case Layer::lstm: return 4;
    case Layer::gru: return 3;
  }
  return 0;
}

std::string Shape::name() const {
  std::ostringstream text;
  text << bench::name(layer);
  if (gates() > 0) text << '(' << units << ')';
  text << (sigmoid ? "+Dense(1, sigmoid)" : "+Dense(1)") << ", I=" << inputs << " T=" << steps << " B=" << batch;
  return text.str();
}

std::size_t Shape::multiply_adds() const {
  const bool trains = work == Work::training_step;
  if (gates() == 0) return (trains ? 2 : 1) * batch * steps * inputs;
  const RecurrentSizes sizes{gates(), inputs, units, steps, batch};
  return trains ? backward_multiply_adds(sizes) : forward_multiply_adds(sizes);
}

std::vector<std::string> weight_names(const Shape& shape) {
  if (shape.gates() == 0) return {"dense_kernel", "dense_bias"};
  return {"kernel", "recurrent_kernel", "bias", "dense_kernel", "dense_bias"};
}

Problem::Problem(const Shape& of) : shape(of) {
  std::minstd_rand random(1);
  const auto draw = [&](std::size_t count, float low, float high) {
    std::vector<float> numbers(count);
    std::ranges::generate(numbers, [&] { return std::uniform_real_distribution<float>(low, high)(random); });
    return numbers;
  };
  const auto around_zero = [&](std::size_t count, float bound) { return draw(count, -bound, bound); };

  x = draw(shape.steps * shape.batch * shape.inputs, 0, 1);
  for (auto& set : labels) set = draw(shape.batch, 0, 1);
  const std::size_t columns = shape.gates() * shape.units;
  const std::size_t features = columns > 0 ? shape.units : shape.steps * shape.inputs;
  if (columns > 0) {
    weights["kernel"] = around_zero(shape.inputs * columns, 0.5F);
    // As large as those of an orthogonal matrix: gradients reach back to the first step.
    weights["recurrent_kernel"] = around_zero(shape.units * columns, std::sqrt(3.0F / float(shape.units)));
    weights["bias"] = around_zero((shape.layer == Layer::gru ? 2 : 1) * columns, 0.1F);
    if (shape.layer == Layer::lstm) {
      const auto forget = weights["bias"].begin() + std::ptrdiff_t(shape.units);
      std::for_each(forget, forget + std::ptrdiff_t(shape.units), [](float& bias) { bias += 1; });
    }
  }
  weights["dense_kernel"] = around_zero(features, std::sqrt(1.0F / float(features)));
  weights["dense_bias"] = around_zero(1, 0.1F);
}

}  // namespace bench
