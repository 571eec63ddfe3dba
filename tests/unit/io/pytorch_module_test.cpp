#include "rnnts/io/pytorch_module.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"

using namespace rnnts;
using detail::TorchModule;
using detail::TorchTensor;

namespace {

using Numbers = std::vector<float>;

/// The numbers of a weight, 0, 1, …, where PyTorch's tensor has them.
Numbers placed(std::vector<std::size_t> extents, std::size_t gates) {
  Numbers weight(1);
  for (const std::size_t extent : extents) weight.resize(weight.size() * extent);
  for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = static_cast<float>(i);
  const TorchTensor<const float> tensor{.name = "", .weight = "", .extents = extents, .values = weight, .gates = gates};
  Numbers stored(weight.size(), -1);
  for (std::size_t i = 0; i < weight.size(); ++i) stored[tensor.place(i)] = weight[i];
  return stored;
}

/// Names and shapes of the tensors of a layer.
std::string tensors_of(std::vector<Weight<const float>> weights, const TorchModule& module, std::size_t k) {
  const detail::ListedLayer<const float> layer{.index = 0, .type = "", .input = {}, .output = {}, .weights = weights};
  std::string text;
  for (const auto& tensor : detail::torch_tensors(layer, module, "m.", k)) {
    text += tensor.name + detail::shape_text(tensor.shape()) + (tensor.is_second_bias ? "+ " : " ");
  }
  return text;
}

const Numbers numbers(100);
Weight<const float> weight(const std::string& name, std::vector<std::size_t> shape) {
  return {name, shape, std::span(numbers).first(12)};
}

}  // namespace

TEST_CASE("layers stand for modules, and those without weights for none") {
  using Net = BareSequential<float, Input<2, 9>, Conv1D<4, 2>, LayerNormalization<>, Dropout<0.5>,
                             Bidirectional<ReturnSequences<LSTM<3>>>, ReturnSequences<GRU<2>>,
                             ReturnSequences<SimpleRNN<2, ReLU>>, Flatten, Dense<1>>;
  constexpr auto modules = detail::torch_modules(std::type_identity<Net>());
  CHECK(modules == std::array<TorchModule, 8>{{{"Conv1d", 0, false},
                                               {"LayerNorm", 0, false},
                                               {"", 0, false},
                                               {"LSTM", 4, true},
                                               {"GRU", 3, false},
                                               {"RNN", 1, false},
                                               {"", 0, false},
                                               {"Linear", 0, false}}});
}

TEST_CASE("PyTorch has the axes in the opposite order, and of a GRU r before z") {
  CHECK(placed({2, 3}, 1) == Numbers{0, 3, 1, 4, 2, 5});
  CHECK(placed({2, 4}, 4) == Numbers{0, 4, 1, 5, 2, 6, 3, 7});
  CHECK(placed({1, 6}, 3) == Numbers{2, 3, 0, 1, 4, 5});
  CHECK(placed({2, 3}, 3) == Numbers{1, 4, 0, 3, 2, 5});
  CHECK(placed({3}, 3) == Numbers{1, 0, 2});
  CHECK(placed({2, 1, 2}, 1) == Numbers{0, 2, 1, 3});
  CHECK(placed({2, 2, 1}, 1) == Numbers{0, 2, 1, 3});
  CHECK(placed({3, 2, 1}, 1) == Numbers{0, 2, 4, 1, 3, 5});
}

TEST_CASE("tensors have the names that PyTorch gives them") {
  const TorchModule linear{.type = "Linear"}, norm{.type = "LayerNorm"};
  CHECK(tensors_of({weight("kernel", {4, 3}), weight("bias", {12})}, linear, 0) == "m.weight(3, 4) m.bias(12) ");
  CHECK(tensors_of({weight("gamma", {12}), weight("beta", {12})}, norm, 0) == "m.weight(12) m.bias(12) ");
  CHECK(tensors_of({weight("kernel", {3, 4}), weight("recurrent_kernel", {1, 4}), weight("bias", {4})},
                   {.type = "LSTM", .gates = 4},
                   1) == "m.weight_ih_l1(4, 3) m.weight_hh_l1(4, 1) m.bias_ih_l1(4) m.bias_hh_l1(4)+ ");
  CHECK(
      tensors_of({weight("forward.bias", {2, 6}), weight("backward.kernel", {2, 6}), weight("backward.bias", {2, 6})},
                 {.type = "GRU", .gates = 3, .is_bidirectional = true}, 0) ==
      "m.bias_ih_l0(6) m.bias_hh_l0(6) m.weight_ih_l0_reverse(6, 2) m.bias_ih_l0_reverse(6) m.bias_hh_l0_reverse(6) ");
}
