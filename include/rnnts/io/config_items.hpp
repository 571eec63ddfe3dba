// What a layer tells by `config()`, one item after the other.
#pragma once

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The items of `config()`, "activation tanh, go_backwards", which are taken one by one.
class ConfigItems {
 public:
  explicit ConfigItems(std::string_view config) {
    while (!config.empty()) {
      const auto item = config.substr(0, config.find(", "));
      items_.push_back(item);
      config.remove_prefix(std::min(config.size(), item.size() + 2));
    }
  }

  /// Whether there is this item.
  bool take(std::string_view flag) { return std::erase(items_, flag) > 0; }

  /// What stands behind the name of an item; nothing if there is none of the name.
  std::string_view take_value(std::string_view name) {
    for (auto item = items_.begin(); item != items_.end(); ++item) {
      if (item->starts_with(name) && item->substr(name.size()).starts_with(' ')) {
        const auto value = item->substr(name.size() + 1);
        items_.erase(item);
        return value;
      }
    }
    return {};
  }

  /// The same as a number.
  template <class Number> Number take_number(std::string_view name) {
    const auto value = take_value(name);
    Number number{};
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
  }

  const std::vector<std::string_view>& left() const { return items_; }

 private:
  std::vector<std::string_view> items_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
