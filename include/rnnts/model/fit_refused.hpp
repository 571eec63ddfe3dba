// What is wrong with a call of fit or fit_stateful that neither takes: one sentence in place of a list of candidates.
// Tested in tests/fail, as all it does is not to compile.
#pragma once

#include <concepts>
#include <ranges>
#include <string_view>
#include <type_traits>

#include "rnnts/core/never.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/optimizers/optimizer.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Does not compile, and says why, for a model, a loss and an optimizer as they were passed.
template <bool stateful, class M, class L, class O> consteval bool explain_refusal() {
  using Net = std::remove_cvref_t<M>;
  if constexpr (!Model<Net>) {
    static_assert(never<M>, "fit takes a model, a Sequential, as its first argument.");
  } else if constexpr (!std::is_lvalue_reference_v<M>) {
    static_assert(never<M>,
                  "fit trains the model that it is given, which must not be a temporary: Net model; fit(model, …).");
  } else if constexpr (std::is_const_v<std::remove_reference_t<M>>) {
    static_assert(never<M>, "fit changes the weights of the model, which is const here.");
  } else if constexpr (Optimizer<L, typename Net::Parameters> && Loss<O>) {
    static_assert(never<L>, "fit takes the loss before the optimizer; here they are swapped.");
  } else if constexpr (std::convertible_to<L, std::string_view>) {
    static_assert(never<L>, "fit takes a loss by its type, such as MeanSquaredError{}, not as text.");
  } else if constexpr (std::ranges::range<L>) {
    static_assert(never<L>,
                  "fit takes windows and labels as one range of pairs, as series | views::window(look_back) is, or "
                  "tensor_samples(x, y) of two tensors; not as two arguments.");
  } else if constexpr (!Loss<L>) {
    static_assert(never<L>, "fit takes a loss, such as MeanSquaredError{}, as its third argument.");
  } else if constexpr (std::convertible_to<O, std::string_view>) {
    static_assert(never<O>, "fit takes an optimizer by its type, such as Adam{}, not as text.");
  } else if constexpr (!Optimizer<O, typename Net::Parameters>) {
    static_assert(never<O>, "fit takes an optimizer, such as Adam{}, as its fourth argument.");
  } else if constexpr (stateful) {
    static_assert(never<O>,
                  "fit_stateful does not take these options: a name is misspelt or a value of another type. In their "
                  "order they are epochs, steps, batch_size, seed, validation, callbacks, threads, work_per_thread, "
                  "verbose. A callback is called with an EpochEnd<Net>&, as [](auto& end) is. (Behind the options it "
                  "takes a TrainingState of this model and optimizer.)");
  } else {
    static_assert(never<O>,
                  "fit does not take these options: a name is misspelt or a value of another type. In their order they "
                  "are epochs, batch_size, shuffle, seed, validation, sample_weights, callbacks, threads, "
                  "work_per_thread, verbose, ranks, initial_states. A callback is called with an EpochEnd<Net>&, as "
                  "[](auto& end) is. (Behind the options it takes a TrainingState of this model and optimizer.)");
  }
  return true;
}

/// The same where there are fewer arguments than a training needs.
template <class M> consteval bool explain_missing() {
  static_assert(never<M>,
                "fit takes a model, windows, a loss, an optimizer and options: fit(model, windows, MeanSquaredError{}, "
                "Adam{}, {.epochs = 10}).");
  return true;
}

/// Windows of a call that is refused. Made of anything, so that a function that takes this is chosen where no other can
/// be; and made before the rest of the call is looked at, as options in braces are, of which the compilers say little.
template <bool stateful, class M, class... LossAndOptimizer> struct Refused {
  template <class Windows> Refused(Windows&&, bool = explain_refusal<stateful, M, LossAndOptimizer...>()) {}
};
template <bool stateful, class M> struct Refused<stateful, M> {
  template <class Windows> Refused(Windows&&, bool = explain_missing<M>()) {}
};

}  // namespace rnnts::inline RNNTS_ABI::detail
