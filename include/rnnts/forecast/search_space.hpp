// SearchSpace: what may be chosen for a forecaster, and Trial, one choice of it all.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/random.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A number or a text.
class Setting {
 public:
  template <class Number>
    requires(std::integral<Number> || std::floating_point<Number>)
  Setting(Number number) : value_(static_cast<double>(number)) {}
  template <std::convertible_to<std::string_view> Text>
  Setting(const Text& text) : value_(std::string(std::string_view(text))) {}

  /// Null if it is a text.
  const double* number() const { return std::get_if<double>(&value_); }
  /// The text, or the number in its shortest exact form.
  std::string text() const {
    const double* const of = number();
    return of == nullptr ? std::get<std::string>(value_) : detail::sentence(*of);
  }

  bool operator==(const Setting&) const = default;

 private:
  std::variant<double, std::string> value_;
};

/// One of these values, each as likely as the others: `Choice{24, 48}`, `Choice{"level", "log level"}`.
struct Choice {
  Choice(std::initializer_list<Setting> of) : values(of) {}
  explicit Choice(std::vector<Setting> of) : values(std::move(of)) {}

  std::vector<Setting> values;
};

/// A number from `low` to `high`.
struct Uniform {
  double low = 0, high = 1;
};

/// A number from `low`, above 0, to `high`, whose logarithm is uniform: each power of ten is as likely as the others.
struct LogUniform {
  double low = 1e-4, high = 1e-2;
};

/// A whole number from `low` to `high`, these included.
struct Integers {
  std::size_t low = 1, high = 1;
};

/// A name, and what stands for choice.
struct SearchDimension {
  std::string name;
  std::variant<Choice, Uniform, LogUniform, Integers> values;
};

using SearchSpace = std::vector<SearchDimension>;

/// One choice of all that a space has, and how much is to be spent on it.
struct Trial {
  std::size_t index = 0;  ///< counted from 0, in the order in which they were drawn
  double effort = 1;      ///< above 0, and 1 for the whole of it
  Seed seed = {};         ///< for the weights of its nets; the same for each effort
  std::vector<std::pair<std::string, Setting>> settings = {};

  /// Throws ArgumentError if there is no such setting, or it is no number.
  double number(std::string_view name) const {
    const Setting& setting = find(name);
    if (setting.number() == nullptr) refuse(name, "a number");
    return *setting.number();
  }

  /// Throws ArgumentError if there is no such setting, or it is no whole number from 0 on.
  std::size_t integer(std::string_view name) const {
    const double value = number(name);
    if (!(value >= 0 && value < 0x1p53 && value == std::floor(value))) refuse(name, "a whole number");
    return static_cast<std::size_t>(value);
  }

  /// A number as `sentence` writes it. Throws ArgumentError if there is no such setting.
  std::string text(std::string_view name) const { return find(name).text(); }

  /// What the effort leaves of `all`, as epochs: at least 1, if that is not 0.
  std::size_t part_of(std::size_t all) const {
    const auto part = static_cast<std::size_t>(std::round(effort * static_cast<double>(all)));
    return std::min(all, std::max<std::size_t>(1, part));
  }

  /// "trial 3 (look_back 24, path log level)"
  std::string describe() const {
    std::string text;
    for (const auto& [name, setting] : settings) {
      text += detail::sentence(text.empty() ? "" : ", ", name, " ", setting.text());
    }
    return detail::sentence("trial ", index, " (", text, ")");
  }

 private:
  const Setting& find(std::string_view name) const {
    const auto found = std::ranges::find(settings, name, &std::pair<std::string, Setting>::first);
    if (found != settings.end()) return found->second;
    throw ArgumentError(
        detail::sentence("Trial: expected the name of one of its settings, found ", name, ", in ", describe()));
  }
  [[noreturn]] void refuse(std::string_view name, std::string_view expected) const {
    throw ArgumentError(detail::sentence("Trial: expected ", name, " to be ", expected, ", found ", text(name)));
  }
};

namespace detail {

/// Throws ArgumentError, naming the dimension, if there is nothing to choose from.
[[gnu::cold]] inline void check_space(const SearchSpace& space) {
  const auto require = [](bool fulfilled, const SearchDimension& of, std::string_view expected) {
    if (!fulfilled) throw ArgumentError(sentence("search: ", of.name, ": expected ", expected));
  };
  if (space.empty()) throw ArgumentError("search: expected a space with at least 1 dimension, found none");
  for (const SearchDimension& dimension : space) {
    require(std::ranges::count(space, dimension.name, &SearchDimension::name) == 1, dimension, "a name of its own");
    if (const auto* const choice = std::get_if<Choice>(&dimension.values)) {
      require(!choice->values.empty(), dimension, "at least 1 value to choose from");
    } else if (const auto* const uniform = std::get_if<Uniform>(&dimension.values)) {
      require(std::isfinite(uniform->high - uniform->low) && uniform->low <= uniform->high, dimension,
              "finite numbers, low not above high");
    } else if (const auto* const logarithmic = std::get_if<LogUniform>(&dimension.values)) {
      require(logarithmic->low > 0 && logarithmic->low <= logarithmic->high && std::isfinite(logarithmic->high),
              dimension, "finite numbers above 0, low not above high");
    } else if (const auto* const integers = std::get_if<Integers>(&dimension.values)) {
      require(integers->low <= integers->high && integers->high < (std::size_t{1} << 53), dimension,
              "whole numbers below 2^53, low not above high");
    }
  }
}

/// One choice of each dimension.
[[gnu::cold]] inline std::vector<std::pair<std::string, Setting>> draw_settings(const SearchSpace& space,
                                                                                Random& random) {
  struct Draw {
    Random& random;
    Setting operator()(const Choice& of) { return of.values[random.below(of.values.size())]; }
    Setting operator()(const Uniform& of) { return random.uniform(of.low, of.high); }
    Setting operator()(const LogUniform& of) {
      return std::clamp(std::exp(random.uniform(std::log(of.low), std::log(of.high))), of.low, of.high);
    }
    Setting operator()(const Integers& of) { return of.low + random.below(of.high - of.low + 1); }
  };
  std::vector<std::pair<std::string, Setting>> settings;
  for (const auto& [name, values] : space) settings.emplace_back(name, std::visit(Draw{random}, values));
  return settings;
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
