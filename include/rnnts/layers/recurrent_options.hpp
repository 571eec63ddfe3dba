// The options of recurrent layers.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "rnnts/core/error.hpp"
#include "rnnts/core/initializer.hpp"
#include "rnnts/core/regularizer.hpp"
#include "rnnts/kernels/dropout.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// An option that a kind of layer does not have.
struct NoOption {
  constexpr explicit NoOption(bool) {}
};

enum class RecurrentKind { plain, lstm, gru };

template <bool exists> using OptionIf = std::conditional_t<exists, bool, NoOption>;

}  // namespace detail

/// Options of all recurrent layers, with those that only one kind has.
template <detail::RecurrentKind kind = detail::RecurrentKind::plain> struct RecurrentOptions {
  using ForgetBias = detail::OptionIf<kind == detail::RecurrentKind::lstm>;
  using ResetAfter = detail::OptionIf<kind == detail::RecurrentKind::gru>;

  bool return_sequences = false;  ///< the output of every step, (T,B,N), instead of the last one, (1,B,N)
  bool go_backwards = false;      ///< reads the last step first; outputs are in the order of processing
  bool use_bias = true;
  /// LSTM: adds 1 to the initial bias of the forget gate (Jozefowicz and others 2015)
  ForgetBias unit_forget_bias = ForgetBias(true);
  /// GRU: the reset gate multiplies after the product with U, as in Keras and cuDNN, or before it
  ResetAfter reset_after = ResetAfter(true);
  double dropout = 0;            ///< rate of the inputs in training, by one mask for all steps of a sequence
  double recurrent_dropout = 0;  ///< the same of the states on their way into the products
  Initializer kernel_initializer = glorot_uniform;
  Initializer recurrent_initializer = orthogonal();
  Initializer bias_initializer = zeros;
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};

  constexpr bool has_dropout_rates() const {
    return detail::is_dropout_rate(dropout) && detail::is_dropout_rate(recurrent_dropout);
  }
};

namespace detail {

/// The activations, and the options that change the function.
template <RecurrentKind kind>
std::string config_of(std::string_view activation, std::string_view recurrent_activation,
                      const RecurrentOptions<kind>& options) {
  bool resets_after = false;
  if constexpr (kind == RecurrentKind::gru) resets_after = options.reset_after;
  return sentence("activation ", activation, ", recurrent_activation ", recurrent_activation,
                  options.go_backwards ? ", go_backwards" : "", resets_after ? ", reset_after" : "");
}

consteval auto returning_sequences(auto options) {
  options.return_sequences = true;
  return options;
}

template <class L> struct ReturningSequences {
  static_assert(requires { L::options.return_sequences; }, "ReturnSequences takes a recurrent layer, as LSTM<8>.");
  using type = typename L::template With<returning_sequences(L::options)>;
};

}  // namespace detail

/// The same layer with the output of every step: `ReturnSequences<LSTM<8>>` is
/// `LSTM<8, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>`.
template <class L> using ReturnSequences = typename detail::ReturningSequences<L>::type;

}  // namespace rnnts::inline RNNTS_ABI
