// ModelPass: the passes of a model over a batch, with all the memory that they need.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/penalty.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A model with the memory of its passes, whatever it is: what computes losses and trains is compiled once for all
/// models with as many inputs and outputs.
template <Scalar T, std::size_t I, std::size_t N> class AnyPass {
 public:
  explicit AnyPass(Extent<N> outputs) : outputs_(outputs) {}
  AnyPass(const AnyPass&) = delete;
  AnyPass& operator=(const AnyPass&) = delete;
  virtual ~AnyPass() = default;

  using X = Sequence<const T, I>;
  using DX = Sequence<T, I>;
  using Y = Sequence<T, N>;

  /// Overwrites the outputs y. With random numbers, the layers that drop do so.
  virtual void forward(X x, Y y, Random* random) = 0;
  /// After `forward`: overwrites the gradients, and dx unless it is empty.
  virtual void backward(X x, Y y, Y dy, DX dx) = 0;
  /// Of the regularizers of all weights.
  virtual double penalty() const = 0;
  virtual void add_penalty_gradient() = 0;
  /// Of the same model, with a memory of its own.
  virtual std::unique_ptr<AnyPass> another() const = 0;

  /// Of a row.
  Extent<N> outputs() const { return outputs_; }

  /// The gradients, tensor by tensor.
  Tensors<T> tensors() const { return tensors_; }
  void set_gradients_to_zero() {
    for (const auto gradient : tensors_) std::ranges::fill(gradient, T(0));
  }

 protected:
  Tensors<T> tensors_;

 private:
  [[no_unique_address]] Extent<N> outputs_;
};

template <Model M> using AnyPassOf = AnyPass<typename M::scalar, M::input.features, M::output.features>;

/// Gradients, tape and workspace of a model, to which it refers. After the first pass with the largest batch, a pass
/// allocates nothing. May be large.
template <Model M> class ModelPass final : public AnyPassOf<M> {
 public:
  using T = typename M::scalar;
  using typename AnyPassOf<M>::X;
  using typename AnyPassOf<M>::DX;
  using typename AnyPassOf<M>::Y;

  [[gnu::cold, gnu::noinline]] explicit ModelPass(const M& model)
      : AnyPassOf<M>(model.output_shape().features), model_(model), gradients_(model.parameters()) {
    this->tensors_ = all_ = detail::tensors<T>(gradients_);
    this->set_gradients_to_zero();
  }
  [[gnu::cold, gnu::noinline]] ~ModelPass() override {}

  void forward(X x, Y y, Random* random) override { M::forward(model_.parameters(), x, tape_, y, random); }
  void backward(X x, Y y, Y dy, DX dx) override {
    this->set_gradients_to_zero();
    M::backward(model_.parameters(), x, tape_, y, dy, workspace_, gradients_, dx);
  }
  double penalty() const override { return detail::penalty(model_.parameters()); }
  void add_penalty_gradient() override { detail::add_penalty_gradient(model_.parameters(), gradients_); }
  [[gnu::cold]] std::unique_ptr<AnyPassOf<M>> another() const override {
    return std::unique_ptr<AnyPassOf<M>>(new ModelPass(model_));
  }

  const typename M::Parameters& gradients() const { return gradients_; }
  typename M::Tape& tape() { return tape_; }
  const typename M::Workspace& workspace() const { return workspace_; }

 private:
  const M& model_;
  typename M::Parameters gradients_;
  decltype(detail::tensors<T>(gradients_)) all_;
  typename M::Tape tape_;
  typename M::Workspace workspace_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
