// TrialFile: the trials of a search that are done, as a CSV file, so that a search goes on where it was interrupted.
#pragma once

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/search_result.hpp"
#include "rnnts/forecast/search_space.hpp"
#include "rnnts/series/csv_reader.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A row for each trial: its index, effort, seed and settings, and then its error, those of its cases in one field, and
/// its seconds. Without a path it is empty, and writes nothing.
class TrialFile {
 public:
  /// Reads the file if there is one, and else begins it.
  ///
  /// Throws FileError if it cannot be read or written, or is not of a search in this space.
  TrialFile(std::filesystem::path path, const SearchSpace& space) : path_(std::move(path)) {
    std::vector<std::string> names{"trial", "effort", "seed"};
    for (const SearchDimension& dimension : space) names.push_back(dimension.name);
    names.insert(names.end(), {"error", "cases", "seconds"});
    content_ = csv_row(names);
    if (path_.empty()) return;
    std::error_code error;
    if (!std::filesystem::exists(path_, error)) {
      write_file(path_, content_);  // rather than fail after the first trial
      return;
    }

    CsvReader file(path_.string(), {.header = false});
    for (std::size_t column = 0; column < names.size(); ++column) {
      const std::string& found = file.field(file.find(column)).text;
      if (found == names[column]) continue;
      throw file.error_at(file.field(column).position,
                          sentence("expected ", in_quotes(names[column]),
                                   ", as in a file of the trials of a search in this space, found ", in_quotes(found)));
    }
    file.next();
    while (file.next()) {
      std::vector<std::string> fields;
      for (std::size_t column = 0; column < names.size(); ++column) fields.push_back(file.field(column).text);
      const auto number_of = [&](std::size_t column, std::string_view text) {
        double value = 0;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (problem != std::errc() || end != text.data() + text.size()) {
          throw file.error_at(file.field(column).position,
                              sentence(file.describe(column), ": expected a number, found ", in_quotes(text)));
        }
        return value;
      };
      constexpr std::size_t results = 3;
      const std::size_t first = fields.size() - results;
      Done done{.error = number_of(first, fields[first]), .seconds = number_of(first + 2, fields[first + 2])};
      std::istringstream cases(fields[first + 1]);
      for (std::string one; cases >> one;) done.cases.push_back(number_of(first + 1, one));
      content_ += csv_row(fields);
      fields.resize(first);
      done.fields = fields;
      done_.insert_or_assign({fields[0], fields[1]}, std::move(done));
    }
  }

  /// The trial with its error, if it stands in the file.
  ///
  /// Throws FileError if another one stands there in its place.
  std::optional<TrialResult> find(const Trial& trial) const {
    const auto fields = fields_of(trial);
    const auto found = done_.find({fields[0], fields[1]});
    if (found == done_.end()) return {};
    const auto& [its_fields, error, seconds, cases] = found->second;
    if (its_fields != fields) {
      throw FileError(sentence(path_.string(), ": has the trials of another search: expected ", csv_line(fields),
                               ", found ", csv_line(its_fields)));
    }
    return TrialResult{trial, error, cases, "", seconds};
  }

  /// Writes one that has an error.
  ///
  /// Throws FileError if that does not succeed.
  void add(const TrialResult& trial) {
    if (path_.empty()) return;
    auto fields = fields_of(trial);
    fields.push_back(sentence(*trial.error));
    std::string cases;
    for (const double error : trial.cases) cases += sentence(cases.empty() ? "" : " ", error);
    fields.push_back(cases);
    fields.push_back(sentence(trial.seconds));
    content_ += csv_row(fields);
    write_file(path_, content_);
  }

 private:
  struct Done {
    std::vector<std::string> fields = {};
    double error = 0, seconds = 0;
    std::vector<double> cases = {};
  };

  static std::vector<std::string> fields_of(const Trial& trial) {
    std::vector<std::string> fields{sentence(trial.index), sentence(trial.effort), sentence(trial.seed.value)};
    for (const auto& [name, setting] : trial.settings) fields.push_back(setting.text());
    return fields;
  }

  static std::string csv_line(const std::vector<std::string>& fields) {
    std::string line;
    for (const std::string& field : fields) {
      if (&field != &fields.front()) line += ",";
      line += csv_field(field);
    }
    return line;
  }
  static std::string csv_row(const std::vector<std::string>& fields) { return csv_line(fields) + "\n"; }

  std::filesystem::path path_;
  std::string content_;
  std::map<std::pair<std::string, std::string>, Done> done_;  ///< by index and effort
};

}  // namespace rnnts::inline RNNTS_ABI::detail
