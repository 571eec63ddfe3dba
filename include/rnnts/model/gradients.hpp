// gradients: the loss of a batch and all its derivatives, with their names.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/check_labels.hpp"
#include "rnnts/model/model_pass.hpp"
#include "rnnts/model/parallel_backpropagation.hpp"
#include "rnnts/model/sample_batches.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/states.hpp"
#include "rnnts/tensor/named_tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI {

/// The loss of a batch and its derivatives.
template <Scalar T> struct Gradients {
  double loss;                                 ///< with the penalties of the regularizers
  std::vector<NamedTensor<T>> weights;         ///< named and shaped as `model.weights()`
  NamedTensor<T> input;                        ///< by the windows, (B,T,I); zero beyond the end of a shorter one
  std::vector<NamedTensor<T>> initial_states;  ///< by those that were given, each in its shape, (B,N) or (1,N)
};

template <Model M> struct GradientsOptions {
  /// That recurrent layers start from, N numbers for each window or N for all; those that are not named as usual
  std::vector<NamedTensor<typename M::scalar>> initial_states = {};
};

/// The mean loss of a model over windows with their labels, all in one batch, and its gradients by weights, windows and
/// initial states. The model stays as it is; nothing is dropped.
///
///     const auto g = gradients(model, windows, MeanSquaredError{});
///
/// Takes samples as `fit` does. An initial state that is given, be it zero, has a gradient; one that is not has none.
/// Throws as `fit` for windows and losses that cannot be used, and as `Scratch::set_initial_states`.
template <Model M, class Windows, Loss L>
Gradients<typename M::scalar> gradients(const M& model, Windows&& windows, L loss,
                                        const std::type_identity_t<GradientsOptions<M>>& options = {}) {
  using T = typename M::scalar;
  using Samples = typename M::template SamplesWith<detail::label_count<L, M::output.features>>;
  static_assert(std::constructible_from<Samples, Windows>,
                "gradients takes a range of (window, label) pairs, as series | views::window(look_back) is.");
  if constexpr (requires { loss.check(); }) loss.check();
  const Samples samples(std::forward<Windows>(windows));
  if (samples.empty()) throw DataError("gradients: expected at least one window, found none");
  detail::SampleBatches<T, Samples::input, Samples::output> batches(
      samples, {samples.size(), detail::sample_shapes(model, loss), detail::LabelCheck<T>(loss)});
  batches.begin(nullptr);
  const auto& batch = *batches.next();

  const auto pass = std::make_unique<detail::ModelPass<M>>(model);  // which may be large
  detail::ParallelBackpropagation<T, M::input.features, M::output.features, L> backpropagation(*pass, loss, 1);
  detail::set_initial_states(pass->tape(), options.initial_states);
  const auto x = batch.x;
  SequenceBuffer<T, M::input.features> dx_memory;
  const auto dx = dx_memory.resize(x.steps, x.batch, x.width);
  const double value = backpropagation.backward(x, batch.y, dx, nullptr, {});

  Gradients<T> result{value,
                      {},
                      {"input", {x.batch, x.steps, x.width}, {}},
                      detail::initial_state_gradients<T>(pass->tape(), pass->workspace())};
  detail::visit_fields(
      [&](const detail::FieldInfo& field, const auto& gradient) {
        result.weights.push_back({field.path(), extents_of(gradient), {gradient.begin(), gradient.end()}});
      },
      pass->gradients());
  for (std::size_t b = 0; b < x.batch; ++b) {
    for (std::size_t t = 0; t < x.steps; ++t) {
      result.input.values.insert(result.input.values.end(), dx[t].row(b).begin(), dx[t].row(b).end());
    }
  }
  return result;
}

}  // namespace rnnts::inline RNNTS_ABI
