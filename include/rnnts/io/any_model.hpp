// AnyModel: a net whose layers a file says, where the program does not know them. Not part of rnnts.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/any_net.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/model_file.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/io/self_test.hpp"
#include "rnnts/model/finite_outputs.hpp"
#include "rnnts/model/gather.hpp"
#include "rnnts/model/predict.hpp"
#include "rnnts/model/sample_batches.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/summary.hpp"
#include "rnnts/model/weights.hpp"
#include "rnnts/series/tensor_view.hpp"
#include "rnnts/tensor/xtensor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A net of layers that a file says: what `load_any` gives. It predicts, runs step by step, is saved and becomes a
/// `Sequential` by `as`; it cannot be trained.
///
/// A value: a copy is the same net, which nothing changes. Many threads may use it at once.
template <Scalar T> class AnyModel {
 public:
  using scalar = T;

  explicit AnyModel(detail::AnyNet<T> net) : net_(std::make_shared<const detail::AnyNet<T>>(std::move(net))) {}

  /// The shape of a sample that goes in, and that of what comes out. Where a layer needs to know the steps, they are
  /// those that it needs, else `any_steps`.
  Shape input_shape() const { return net_->input; }
  Shape output_shape() const { return net_->layers.back().output; }

  /// All weights with their names, as "0.simple_rnn.kernel", and shapes.
  std::vector<Weight<const T>> weights() const {
    std::vector<Weight<const T>> all;
    for (const auto& weight : net_->weights()) all.push_back({weight.name, weight.shape, weight.values});
    return all;
  }
  std::size_t parameter_count() const {
    std::size_t count = 0;
    for (const auto& weight : net_->weights()) count += weight.values.size();
    return count;
  }

  /// The text by which a file of ours says which net it is of: a line for the input, each layer and each weight.
  std::string contents() const { return net_->contents(); }

  /// A table of layers, output shapes and numbers of parameters.
  std::string summary() const {
    std::vector<std::vector<std::string>> rows{{"Layer", "Output shape", "Parameters"},
                                               {"input", detail::batch_shape_text(net_->input), "0"}};
    for (const auto& layer : net_->listed()) {
      std::size_t count = 0;
      for (const auto& weight : layer.weights) count += weight.values.size();
      rows.push_back({layer.name(), detail::batch_shape_text(layer.output), std::to_string(count)});
    }
    const std::size_t total = parameter_count();
    return detail::format_table(rows) +
           detail::sentence("Total parameters: ", total, " (", total * sizeof(T), " bytes)\n");
  }

  /// The outputs for a tensor (B,T,I), or a range of windows, which are ranges of rows of I numbers, and of one length:
  /// (B,T',N). A net that gives vectors gives one step.
  ///
  /// Throws ShapeError if steps or features are not those of the net, DataError if there are no windows, one is empty
  /// or a number of a range is not finite; Error if an output is not finite.
  template <class Windows> xt::xtensor<T, 3> predict(const Windows& windows) const {
    if constexpr (detail::TensorExpression<Windows>) {
      static_assert(detail::rank_of<Windows> == 3, "AnyModel predicts tensors (batch, steps, features).");
      const auto& shape = windows.shape();
      if (shape[2] != net_->input.features) {
        throw ShapeError(detail::sentence("predict: expected a tensor of shape (batch, steps, ", net_->input.features,
                                          "), found ", detail::shape_text(shape)));
      }
      detail::TensorBatches<T, dynamic, Windows> batches(windows);
      return outputs(batches, shape[0], shape[1]);
    } else {
      using Source = Samples<T, detail::any_sequence, vector_shape(0)>;
      static_assert(detail::depth<std::ranges::range_reference_t<Windows>>() <= 2,
                    "AnyModel predicts ranges of windows, and a window is a range of rows.");
      const Source samples(windows);
      const detail::OutputSteps as_many{nullptr, [](const void*, std::size_t steps) { return steps; }};
      const detail::SampleShapes shapes{net_->input, vector_shape(0), as_many};
      detail::SampleBatches<T, detail::any_sequence, vector_shape(0)> batches(
          samples, {detail::windows_at_once(samples.size()), shapes});
      const std::size_t steps = samples.empty() ? 0 : samples.input_steps(0, net_->input);
      for (std::size_t k = 1; k < samples.size(); ++k) {
        if (const auto found = samples.input_steps(k, net_->input); found != steps) {
          throw ShapeError(
              detail::sentence("window ", k, ": expected ", steps, " steps, as in the first, found ", found));
        }
      }
      return outputs(batches, samples.size(), steps);
    }
  }

  /// The typed net of this type. Sizes that are `dynamic` there are those of this net.
  ///
  /// Throws FileError with the first layer or weight that differs.
  template <Model M> M as() const {
    const std::string name = "AnyModel", file = bytes(name, {});
    const std::string_view beginning = std::string_view(file).substr(0, detail::model_header + contents().size());
    M model = [&] {
      if constexpr (detail::has_chosen_sizes<M>) {
        return detail::model_of<M>(name, std::string(beginning));
      } else {
        return detail::not_drawn<M>();
      }
    }();
    detail::decode(model, file, name, {.allow_non_finite = true});
    return model;
  }

  /// The bytes of a file of ours; `name` begins messages. Throws FileError if a weight is not finite, unless that is
  /// allowed.
  std::string bytes(const std::string& name, SaveOptions options) const {
    std::string numbers;
    for (const auto& weight : net_->weights()) {
      for (const T number : weight.values) {
        if (!options.allow_non_finite && !std::isfinite(number)) {
          throw FileError(detail::sentence(name, ": ", weight.name, ": expected finite numbers, found ", number,
                                           "; others are allowed by SaveOptions::allow_non_finite"));
        }
        detail::append_little_endian(numbers, number);
      }
    }
    std::string text = contents();
    if (options.self_test) {
      const auto test = detail::make_self_test(name, *this);
      text += detail::self_test_text(test);
      detail::append_self_test(test, numbers);
    }
    return detail::file_of(text, numbers);
  }

  /// For readers and writers of files.
  const detail::AnyNet<T>& net() const { return *net_; }

  /// The net between two steps, which it shares. Its outputs are what `predict` gives for the last step of all since
  /// the beginning.
  class Stream {
   public:
    /// Throws ArgumentError, naming the layer, if one needs the whole sequence.
    explicit Stream(const AnyModel& model) : net_(model.net_), x_(net_->input.features) {
      for (const auto& layer : net_->listed()) {
        Shape shape = layer.input;
        for (const auto& stage : net_->layers[layer.index].stages) {
          auto state = stage->state(shape);
          if (!state) {
            throw ArgumentError(detail::sentence(layer.name(), ": cannot run step by step: it needs a whole window"));
          }
          shape = stage->output(shape);
          places_.push_back({stage.get(), std::move(state), std::vector<T>(shape.features)});
        }
      }
    }

    /// One step: I numbers in, N numbers out, valid until the next step. Allocates nothing.
    ///
    /// Throws ShapeError if they are not I.
    std::span<const T> step(std::span<const T> x) {
      if (x.size() != x_.size()) {
        throw ShapeError(detail::sentence("step: expected ", x_.size(), " numbers, found ", x.size()));
      }
      std::ranges::copy(x, x_.begin());
      std::span<const T> h = x_;
      for (auto& [stage, state, y] : places_) {
        stage->step(h, *state, y);
        h = y;
      }
      return h;
    }

   private:
    struct Place {
      const detail::Stage<T>* stage;
      std::unique_ptr<detail::StageMemory> state;
      std::vector<T> y;
    };

    std::shared_ptr<const detail::AnyNet<T>> net_;
    std::vector<T> x_;
    std::vector<Place> places_;
  };

 private:
  xt::xtensor<T, 3> outputs(detail::BatchSource<T, dynamic, 0>& batches, std::size_t count, std::size_t steps) const {
    if (count == 0 || steps == 0) throw DataError("predict: expected at least one window of one step, found none");
    if (net_->input.steps != any_steps && steps != net_->input.steps) {
      throw ShapeError(detail::sentence("predict: the model expects ", net_->input.steps, " steps, found ", steps));
    }
    const FlushSubnormals flush;
    struct Place {
      const detail::Stage<T>* stage;
      std::unique_ptr<detail::StageMemory> tape;
      SequenceBuffer<T, dynamic> y;
      Shape output;
    };
    std::vector<Place> places;
    Shape shape = sequence_shape(steps, net_->input.features);
    for (const auto& layer : net_->layers) {
      for (const auto& stage : layer.stages) {
        shape = stage->output(shape);
        places.push_back({stage.get(), stage->tape(), {}, shape});
      }
    }
    xt::xtensor<T, 3> result(std::array<std::size_t, 3>{count, shape.steps, shape.features});
    batches.begin(nullptr);
    while (const auto* const batch = batches.next()) {
      Sequence<const T, dynamic> h = batch->x;
      for (auto& [stage, tape, buffer, out] : places) {
        const auto y = buffer.resize(out.steps, h.batch, out.features);
        stage->forward(h, *tape, y);
        h = y;
      }
      for (std::size_t b = 0; b < h.batch; ++b) {
        for (std::size_t t = 0; t < h.steps; ++t) {
          std::ranges::copy(h[t].row(b), &result(batch->first + b, t, 0));
        }
      }
    }
    if (!detail::all_finite(std::span<const T>(result.data(), result.size()))) {
      throw Error("predict: an output is not finite: look at the weights and the inputs");
    }
    return result;
  }

  std::shared_ptr<const detail::AnyNet<T>> net_;
};

namespace detail {

template <Scalar T> void run_self_test(const AnyModel<T>& model, SelfTest<T>& test) {
  xt::xtensor<T, 3> x(std::array<std::size_t, 3>{1, test.input_shape[0], test.input_shape[1]});
  std::ranges::copy(test.input, x.data());
  const auto y = model.predict(x);
  test.output_shape = {y.shape()[1], y.shape()[2]};
  test.output.assign(y.data(), y.data() + y.size());
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
