// Covariates: the columns beside a series that a forecaster looks at, checked and standardised.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "rnnts/forecast/series_rows.hpp"
#include "rnnts/forecast/window_layout.hpp"
#include "rnnts/series/scale.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The names of the columns, and the mean and deviation of each over the training part of all series together.
///
/// In what is given out, columns known in advance come first, then those of the past only, then static ones, each in
/// the order of their names. With a season, the known ones come a second time behind the first, divided by the
/// deviation of their changes from a season before: of these, only differences mean something.
class Covariates {
 public:
  /// Throws ArgumentError if a name is empty or stands twice.
  Covariates(std::vector<std::string> known, std::vector<std::string> past, std::vector<std::string> fixed,
             std::size_t known_season = 0, SeriesRows rows = {})
      : known_(std::move(known)),
        past_(std::move(past)),
        fixed_(std::move(fixed)),
        known_season_(known_season),
        rows_(std::move(rows)) {
    std::set<std::string_view> names;
    for_each_name([&](std::string_view role, const std::string& name) {
      if (name.empty())
        throw ArgumentError(sentence("Forecaster: expected a ", role, " column with a name, found \"\""));
      if (!names.insert(name).second) {
        throw ArgumentError(
            sentence("Forecaster: expected each column once, found \"", name, "\" again as a ", role, " one"));
      }
    });
    means_.resize(names.size());
    deviations_.resize(names.size() + changes());
  }

  /// Columns that are given out.
  std::size_t size() const { return deviations_.size(); }

  /// Learns from all but the last `held_out` numbers of each series. A column that is constant there has deviation 1.
  ///
  /// Throws DataError, naming series and column, if a column does not fit the values of its series.
  [[gnu::cold]] void fit(std::string_view function, const std::vector<ForecastSeries>& all, std::size_t held_out) {
    rows_.fit(function, all);
    const std::size_t names = means_.size();
    std::vector<std::vector<double>> training(size());  // the changes at the end
    for (const ForecastSeries& series : all) {
      for_each_column(function, series, 0, [&](std::size_t c, std::span<const double> numbers) {
        const auto known = numbers.first(is_fixed(c) ? 1 : series.values.size() - held_out);
        training[c].insert(training[c].end(), known.begin(), known.end());
        if (c >= changes()) return;
        for (std::size_t t = known_season_; t < known.size(); ++t) {
          training[names + c].push_back(known[t] - known[t - known_season_]);
        }
      });
    }
    for (std::size_t c = 0; c < size(); ++c) {
      const auto [low, high] = std::ranges::minmax(training[c]);
      const bool is_constant = low == high;
      const auto scaler = is_constant ? StandardScaler<double>() : StandardScaler<double>().fit(training[c]);
      deviations_(c) = is_constant ? 1 : scaler.scale();
      if (c < names) means_(c) = is_constant ? low : scaler.mean();
    }
  }

  /// The columns of a series, standardised, and its place in a table: from number `first` on, those known in advance
  /// for `steps` steps to come.
  ///
  /// Throws DataError, naming series and column, if a column does not fit the values of the series.
  [[gnu::cold]] SeriesColumns columns(std::string_view function, const ForecastSeries& series, std::size_t first,
                                      std::size_t steps) const {
    SeriesColumns all(size());
    for_each_column(function, series, steps, [&](std::size_t c, std::span<const double> numbers) {
      auto& column = all[c < known_.size() ? c : c + changes()];
      for (const double x : numbers.subspan(is_fixed(c) ? 0 : first)) {
        column.push_back((x - means_(c)) / deviations_(c));
        if (c < changes()) all[known_.size() + c].push_back((x - means_(c)) / deviations_(means_.size() + c));
      }
    });
    const std::vector<double> place = rows_.place(function, series, first);
    if (!place.empty()) all.push_back(place);
    return all;
  }

  /// Throws ArgumentError if what is past only would have to be known in the future.
  [[gnu::cold]] void refuse_feedback(std::size_t steps, std::size_t horizon) const {
    if (past_.empty() || steps <= horizon) return;
    throw ArgumentError(sentence("Forecaster::predict: expected a horizon of at most ", horizon, ", as the column \"",
                                 past_[0], "\" is past only and its future not known, found ", steps));
  }

  /// `known "price", past "visitors", "wind"`, and of which season changes are, as it stands in files.
  [[gnu::cold]] std::string config() const {
    std::string text;
    std::string_view last_role;
    for_each_name([&](std::string_view role, const std::string& name) {
      text +=
          sentence(text.empty() ? "" : ", ", role == last_role ? "" : role, role == last_role ? "" : " ", quoted(name));
      last_role = role;
    });
    if (changes() > 0) text += sentence(", changes of the known from ", known_season_, " steps before");
    const std::string rows = rows_.config();
    if (!rows.empty()) text += sentence(text.empty() ? "" : ", ", rows);
    return text;
  }

  static constexpr auto fields() {
    return std::tuple{Field{"means", &Covariates::means_}, Field{"deviations", &Covariates::deviations_},
                      Field{"series", &Covariates::rows_}};
  }

 private:
  static std::string quoted(const std::string& name) { return sentence("\"", name, "\""); }

  std::size_t changes() const { return known_season_ > 0 ? known_.size() : 0; }
  bool is_fixed(std::size_t column) const { return column >= known_.size() + past_.size(); }

  /// visit(role, name)
  void for_each_name(auto visit) const {
    for (const auto& name : known_) visit(std::string_view("known"), name);
    for (const auto& name : past_) visit(std::string_view("past"), name);
    for (const auto& name : fixed_) visit(std::string_view("static"), name);
  }

  /// Calls visit(c, numbers) with each column of a series, for its values, and of `steps` further steps if they are
  /// known in advance; a static one has one number.
  void for_each_column(std::string_view function, const ForecastSeries& series, std::size_t steps, auto visit) const {
    const std::string whose = sentence(function, ": ", series_text(series.unique_id), ": ");
    const std::size_t values = series.values.size();
    std::size_t c = 0;
    const auto visit_finite = [&](std::string_view role, const std::string& name, std::span<const double> numbers) {
      for (std::size_t t = 0; t < numbers.size(); ++t) {
        if (std::isfinite(numbers[t])) continue;
        throw DataError(sentence(whose, role, " column ", quoted(name), ": number ", t, " (counted from 0) is ",
                                 numbers[t], ", expected a finite one"));
      }
      visit(c++, numbers);
    };
    for (const auto& name : known_) {
      const std::vector<double>& numbers = find(whose, "known", series.known, name);
      if (numbers.size() < values + steps) {
        throw DataError(sentence(whose, "known column ", quoted(name), ": expected at least ", values + steps,
                                 " numbers, ", values, " beside the values and ", steps,
                                 " of the steps to come, found ", numbers.size()));
      }
      visit_finite("known", name, std::span(numbers).first(values + steps));
    }
    for (const auto& name : past_) {
      const std::vector<double>& numbers = find(whose, "past", series.past, name);
      if (numbers.size() != values) {
        throw DataError(sentence(whose, "past column ", quoted(name), ": expected ", values,
                                 " numbers, as many as values, since its future is not known; found ", numbers.size()));
      }
      visit_finite("past", name, numbers);
    }
    for (const auto& name : fixed_) {
      visit_finite("static", name, std::span(&find(whose, "static", series.fixed, name), 1));
    }
  }

  template <class Numbers>
  static const Numbers& find(const std::string& whose, std::string_view role,
                             const std::map<std::string, Numbers>& columns, const std::string& name) {
    const auto found = columns.find(name);
    if (found != columns.end()) return found->second;
    std::string names;
    for (const auto& [other, numbers] : columns) names += sentence(names.empty() ? "" : ", ", quoted(other));
    throw DataError(
        sentence(whose, "expected the ", role, " column ", quoted(name), ", found ", names.empty() ? "none" : names));
  }

  std::vector<std::string> known_, past_, fixed_;
  std::size_t known_season_;
  SeriesRows rows_;
  Tensor<double, dynamic> means_, deviations_;  ///< a number for each name; of the changes too, deviations alone
};

}  // namespace rnnts::inline RNNTS_ABI::detail
