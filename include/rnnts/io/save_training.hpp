// save and load of a model with its TrainingState, so that a training goes on in another run of the program.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <locale>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/io/contents.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/training_state.hpp"
#include "rnnts/optimizers/learning_rate.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

template <class O>
concept HasLearningRate = requires(O& optimizer) {
  { optimizer.learning_rate } -> std::same_as<LearningRate&>;
};

/// A line with the options of an optimizer, but for what training changes, and for a schedule, which is a function.
template <class O> std::string optimizer_text(const O& o) {
  std::string text = "optimizer:";
  const auto add = [&](const char* name, double value) { text += sentence(" ", name, " ", value, ","); };
  if constexpr (HasLearningRate<O>) text += o.learning_rate.has_schedule() ? " a schedule," : " no schedule,";
  if constexpr (requires { o.beta_1; }) add("beta_1", o.beta_1);
  if constexpr (requires { o.beta_2; }) add("beta_2", o.beta_2);
  if constexpr (requires { o.rho; }) add("rho", o.rho);
  if constexpr (requires { o.momentum; }) add("momentum", o.momentum);
  if constexpr (requires { o.initial_accumulator_value; })
    add("initial_accumulator_value", o.initial_accumulator_value);
  if constexpr (requires { o.epsilon; }) add("epsilon", o.epsilon);
  if constexpr (requires { o.amsgrad; }) add("amsgrad", o.amsgrad);
  if constexpr (requires { o.nesterov; }) add("nesterov", o.nesterov);
  if constexpr (requires { o.centered; }) add("centered", o.centered);
  if constexpr (requires { o.weight_decay; }) add("weight_decay", o.weight_decay);
  if constexpr (requires { o.clipnorm; }) add("clipnorm", o.clipnorm);
  if constexpr (requires { o.clipvalue; }) add("clipvalue", o.clipvalue);
  if constexpr (requires { o.global_clipnorm; }) add("global_clipnorm", o.global_clipnorm);
  text += " exclude_from_weight_decay";
  if constexpr (requires { o.exclude_from_weight_decay; }) {
    for (const std::string& name : o.exclude_from_weight_decay) text += " " + name;
  }
  return text + "\n";
}

/// Random numbers, as a file has them.
inline std::vector<std::uint64_t> words_of(const Random& random) {
  std::stringstream stream;
  stream.imbue(std::locale::classic());
  stream << random;
  std::vector<std::uint64_t> words;
  for (std::uint64_t word; stream >> word;) words.push_back(word);
  return words;
}

/// Throws FileError if they are not those of this standard library.
inline Random random_of(const std::vector<std::uint64_t>& words, const std::string& name) {
  constexpr std::size_t size = std::mt19937_64::state_size;
  const std::size_t expected = words_of(Random(seed(0))).size();
  // Some libraries have where they are in the state behind it, and do not look at it when they read it.
  if (words.size() != expected || (expected > size && words.back() > size)) {
    throw FileError(sentence(name, ": random: expected the ", expected, " numbers of this standard library, found ",
                             words.size(), words.size() == expected ? " that it does not write" : ""));
  }
  std::stringstream stream;
  stream.imbue(std::locale::classic());
  for (const std::uint64_t word : words) stream << word << ' ';
  Random random(seed(0));
  stream >> random;
  return random;
}

/// One number of a training, or several.
template <class Numbers> auto span_of(Numbers& numbers) {
  if constexpr (std::is_arithmetic_v<std::remove_const_t<Numbers>>) {
    return std::span<Numbers, 1>(&numbers, 1);
  } else {
    return std::span(numbers);
  }
}

/// As a text of a file calls its type.
template <class T>
  requires std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::uint64_t>
inline constexpr const char* number_name = std::same_as<T, float>    ? "float"
                                           : std::same_as<T, double> ? "double"
                                                                     : "uint64";

/// What a file has of a training beside the model, in this order: calls `visit(name, numbers, largest)` for each, where
/// `largest` is how many there may be, or none.
template <class State> void visit_training(State& state, auto& words, auto& rate, std::size_t weights, auto visit) {
  constexpr std::size_t any = static_cast<std::size_t>(-1);
  visit("optimizer.learning_rate", rate, 1);
  using Memory = std::remove_cvref_t<decltype(state.optimizer_state)>;
  static_assert(
      HasFields<Memory>,
      "To be saved, the State of an optimizer lists its members, as PerWeight, std::uint64_t or double: static "
      "constexpr auto fields() { return std::tuple{Field{\"m\", &State::m}, …}; }.");
  std::apply(
      [&](const auto&... field) {
        (visit(sentence("optimizer_state.", field.name), std::invoke(field.access, state.optimizer_state), weights),
         ...);
      },
      Memory::fields());
  visit("random", words, any);
  visit("history.loss", state.history.loss, any);
  visit("history.val_loss", state.history.val_loss, any);
  visit("history.seconds", state.history.seconds, 1);
  visit("weights", state.weights, weights);
}

inline void check_finite_number(const std::string& name, std::string_view list, double number,
                                std::string_view option) {
  if (std::isfinite(number)) return;
  throw FileError(
      sentence(name, ": ", list, ": expected finite numbers, found ", number, "; others are allowed by ", option));
}

/// How many numbers each list has, as the lines of a text say, and the bytes that they take.
class ListSizes {
 public:
  ListSizes(const std::string& name, std::string_view lines) : name_(name), lines_(lines) {}

  /// Throws FileError if the next line is not one of such numbers, or of more than there may be.
  template <class Numbers> void read(const std::string& list, const Numbers& numbers, std::size_t largest) {
    using T = std::remove_cvref_t<decltype(span_of(numbers)[0])>;
    const auto line = lines_.substr(0, lines_.find('\n'));
    lines_.remove_prefix(std::min(line.size() + 1, lines_.size()));
    const std::string begin = sentence(list, ": ", number_name<T>, " (");
    std::size_t size = 0;
    const bool begins = line.starts_with(begin);
    const char *const first = line.data() + (begins ? begin.size() : 0), *const last = line.data() + line.size();
    const auto [end, error] = std::from_chars(first, last, size);
    constexpr bool is_one = std::is_arithmetic_v<Numbers>;
    const bool fits = is_one || largest + 1 == 0 ? !is_one || size == 1 : size == 0 || size == largest;
    if (!begins || error != std::errc() || std::string_view(end, last) != ")" || !fits || size > (1ULL << 40)) {
      throw FileError(sentence(name_, ": does not fit the training: expected \"", begin,
                               is_one             ? "1"
                               : largest + 1 == 0 ? "…"
                                                  : sentence("0 or ", largest),
                               ")\", found \"", line, "\""));
    }
    sizes_.push_back(size);
    bytes_ += size * sizeof(T);
  }

  const std::vector<std::size_t>& sizes() const { return sizes_; }
  std::uint64_t bytes() const { return bytes_; }
  std::string_view rest() const { return lines_; }

 private:
  const std::string& name_;
  std::string_view lines_;
  std::vector<std::size_t> sizes_;
  std::uint64_t bytes_ = 0;
};

template <Model M> std::size_t bytes_of_weights(const M& model) {
  return model.parameter_count() * sizeof(typename M::scalar);
}

template <class O> double factor_of(const O& optimizer) {
  if constexpr (HasLearningRate<O>) {
    return optimizer.learning_rate.factor();
  } else {
    return 0;
  }
}

}  // namespace detail

/// Writes a model and the state of its training to one file, as `save` of a model does: with the weights, what the
/// optimizer remembers, the factor of its learning rate, the random numbers and the history. What callbacks remember is
/// not in it, and of the optimizer's options and the schedule no more than a text to compare.
///
/// Throws as `save` of a model, and ArgumentError if `options` ask for a self-test.
template <Model M, class O>
void save(const M& model, const TrainingState<M, O>& state, const std::filesystem::path& path,
          SaveOptions options = {}) {
  using namespace detail;
  const std::string name = path.string();
  if (options.self_test) refuse_self_test(name, "the file of a training");
  std::string text = contents(model) + optimizer_text(state.optimizer), numbers = encode_numbers(model, name, options);
  const auto words = words_of(state.random);
  const double rate = factor_of(state.optimizer);
  visit_training(state, words, rate, model.parameter_count(),
                 [&](const std::string& list, const auto& some, std::size_t) {
                   const auto all = span_of(some);
                   using T = std::remove_cvref_t<decltype(all[0])>;
                   text += sentence(list, ": ", number_name<T>, " (", all.size(), ")\n");
                   for (const T number : all) {
                     if constexpr (std::floating_point<T>) {
                       if (!options.allow_non_finite)
                         check_finite_number(name, list, number, "SaveOptions::allow_non_finite");
                     }
                     append_little_endian(numbers, number);
                   }
                 });
  write_file(path, file_of(text, numbers));
}

/// Sets a model and the state of its training to those of a file that `save` of both wrote, bit by bit: `fit` goes on
/// as if it had not been interrupted. `state.optimizer` has the options and the schedule that the training began with.
///
/// Throws FileError, and leaves both as they were, as `load` of a model, and if the optimizer has other options or a
/// schedule where there was none, or if the program was built with another standard library, whose random numbers have
/// another form.
template <Model M, class O>
void load(M& model, TrainingState<M, O>& state, const std::filesystem::path& path, LoadOptions options = {}) {
  using namespace detail;
  const std::string name = path.string();
  InputFile file(path);
  std::string content = read_beginning(file, name);
  const auto size = check_beginning(name, content);
  const std::string_view text = std::string_view(content).substr(model_header);

  const std::string fixed = contents(model) + optimizer_text(state.optimizer);
  std::size_t lists = 0;  // where the lines behind these begin
  for (auto left = std::ranges::count(fixed, '\n'); left > 0 && lists < text.size(); --left) {
    lists = std::min(text.find('\n', lists), text.size() - 1) + 1;
  }
  check_contents(name, fixed, text.substr(0, lists));

  M new_model = model;
  TrainingState<M, O> new_state = state;
  auto words = words_of(state.random);
  double rate = factor_of(state.optimizer);
  const auto visit = [&](auto visitor) { visit_training(new_state, words, rate, model.parameter_count(), visitor); };

  ListSizes sizes(name, text.substr(lists));
  visit([&](const std::string& list, const auto& some, std::size_t largest) { sizes.read(list, some, largest); });
  if (!sizes.rest().empty()) {
    throw FileError(sentence(name, ": does not fit the training: expected nothing behind the weights, found \"",
                             sizes.rest().substr(0, sizes.rest().find('\n')), "\""));
  }
  const std::uint64_t first = content.size(), weights = bytes_of_weights(model);
  if (size != first + weights + sizes.bytes() + model_checksum) {
    refuse_size(name, first + weights + sizes.bytes() + model_checksum, size);
  }
  file.read(content, static_cast<std::size_t>(size - first + 1));
  check_file(name, content);

  decode_numbers(new_model, std::string_view(content).substr(static_cast<std::size_t>(first)), name, options);
  std::size_t at = static_cast<std::size_t>(first + weights), k = 0;
  visit([&](const std::string& list, auto& some, std::size_t) {
    if constexpr (requires { some.resize(std::size_t{}); }) some.resize(sizes.sizes()[k]);
    ++k;
    for (auto& number : span_of(some)) {
      number = read_little_endian<std::remove_reference_t<decltype(number)>>(content, at);
      at += sizeof number;
      if constexpr (std::floating_point<std::remove_reference_t<decltype(number)>>) {
        if (!options.allow_non_finite) check_finite_number(name, list, number, "LoadOptions::allow_non_finite");
      }
    }
  });
  const auto& history = new_state.history;
  if (!history.val_loss.empty() && history.val_loss.size() != history.loss.size()) {
    throw FileError(sentence(name, ": history.val_loss: expected 0 or ", history.loss.size(), " numbers, found ",
                             history.val_loss.size()));
  }
  new_state.random = random_of(words, name);
  if constexpr (HasLearningRate<O>) {
    if (!(rate >= 0 && std::isfinite(rate))) {
      throw FileError(
          sentence(name, ": optimizer.learning_rate: expected a finite number of at least 0, found ", rate));
    }
    new_state.optimizer.learning_rate.set_factor(rate);
  }
  model = new_model;
  state = std::move(new_state);
}

}  // namespace rnnts::inline RNNTS_ABI
