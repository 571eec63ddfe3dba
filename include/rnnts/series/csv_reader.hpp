// Reads a CSV file record by record and knows where each field stands. See csv.hpp for the functions to call.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"

namespace rnnts::inline v0 {

/// How a CSV file is written.
struct CsvOptions {
  char separator = ',';
  bool header = true;  ///< whether the first line names the columns
};

/// A column of a CSV file, by its name in the header or by its index counted from 0.
class CsvColumn {
 public:
  template <std::convertible_to<std::string_view> Name>
  constexpr CsvColumn(const Name& name) : key_(std::string_view(name)) {}
  constexpr CsvColumn(std::size_t index) : key_(index) {}

  constexpr const std::string_view* name() const { return std::get_if<std::string_view>(&key_); }
  constexpr std::size_t index() const { return std::get<std::size_t>(key_); }

 private:
  std::variant<std::string_view, std::size_t> key_;
};

namespace detail {

inline std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct CsvField {
  std::string text;          ///< without quotes
  std::size_t position = 0;  ///< of its first character in the file
};

/// The records of a CSV file by RFC 4180, with lenient line ends: quotes may enclose separators, line ends
/// and doubled quotes; blank lines are skipped, and so is a byte order mark.
class CsvReader {
 public:
  using Record = std::vector<CsvField>;

  /// \throws FileError if the file cannot be read or holds no records.
  CsvReader(std::string path, CsvOptions options) : path_(std::move(path)), options_(options) {
    InputFile(path_).read(text_, static_cast<std::size_t>(-1));
    if (text_.starts_with("\xEF\xBB\xBF")) text_.erase(0, 3);
    if (!read_record(record_)) throw error_at(0, "the file is empty");
    if (options_.header) header_ = record_;
    width_ = record_.size();
    at_first_row_ = !options_.header;
  }

  /// Goes to the next row, the first one at the first call.
  /// \throws FileError if its number of fields is not that of the first line.
  bool next() {
    if (std::exchange(at_first_row_, false)) return true;
    if (!read_record(record_)) return false;
    if (record_.size() != width_)
      throw error_at(record_.back().position,
                     sentence("expected ", width_, " fields as in the first line, found ", record_.size()));
    return true;
  }

  const CsvField& field(std::size_t column) const { return record_[column]; }

  /// Index of a column.
  /// \throws FileError if there is no such column, or more than one of that name.
  std::size_t find(const CsvColumn& column) const {
    if (const auto* name = column.name()) return find_name(*name);
    if (column.index() >= width_)
      throw error_at(0, sentence("no column ", column.index(), ": there are ", width_, ", counted from 0"));
    return column.index();
  }

  /// A column as messages call it.
  std::string describe(std::size_t column) const {
    return header_.empty() ? sentence("column ", column) : sentence("column \"", name_of(column), "\"");
  }

  /// An error at a character of the file.
  FileError error_at(std::size_t position, std::string_view message) const {
    std::size_t line = 1;
    std::size_t column = 1;
    for (const char c : std::string_view(text_).substr(0, position)) {
      const bool continues_character = (static_cast<unsigned char>(c) & 0xC0) == 0x80;  // UTF-8
      if (c == '\n') {
        ++line;
        column = 1;
      } else if (!continues_character) {
        ++column;
      }
    }
    return FileError(sentence(path_, ":", line, ":", column, ": ", message));
  }

 private:
  std::string_view name_of(std::size_t column) const { return trimmed(header_[column].text); }

  std::size_t find_name(std::string_view name) const {
    if (header_.empty())
      throw error_at(0, sentence("no column \"", name, "\": the file is read without a header, use an index"));
    std::size_t found = width_;
    std::string names;
    for (std::size_t column = 0; column < width_; ++column) {
      if (name_of(column) == name) {
        if (found != width_)
          throw error_at(header_[column].position,
                         sentence("there is more than one column \"", name, "\", use an index"));
        found = column;
      }
      names += sentence(column == 0 ? "" : ", ", "\"", name_of(column), "\"");
    }
    if (found == width_) throw error_at(0, sentence("no column \"", name, "\", there are: ", names));
    return found;
  }

  bool at_line_end() const {
    return position_ == text_.size() || text_[position_] == '\n' ||
           (text_[position_] == '\r' && (position_ + 1 == text_.size() || text_[position_ + 1] == '\n'));
  }

  void skip_line_end() {
    if (position_ < text_.size() && text_[position_] == '\r') ++position_;
    if (position_ < text_.size()) ++position_;
  }

  bool read_record(Record& record) {
    while (position_ < text_.size()) {
      const auto start = position_;
      record.clear();
      for (;;) {
        record.push_back(read_field());
        if (at_line_end()) break;
        ++position_;  // the separator
      }
      const auto line = std::string_view(text_).substr(start, position_ - start);
      skip_line_end();
      const bool blank = record.size() == 1 && trimmed(line).empty();
      if (!blank) return true;
    }
    return false;
  }

  CsvField read_field() {
    CsvField field{{}, position_};
    if (position_ < text_.size() && text_[position_] == '"') {
      read_quoted(field);
      if (!at_line_end() && text_[position_] != options_.separator)
        throw error_at(position_, "expected a separator or the end of the line after a closing quote");
    } else {
      while (!at_line_end() && text_[position_] != options_.separator) field.text += text_[position_++];
    }
    return field;
  }

  void read_quoted(CsvField& field) {
    for (;;) {
      const auto quote = text_.find('"', position_ + 1);
      if (quote == std::string::npos) throw error_at(field.position, "a quote is opened and never closed");
      field.text.append(text_, position_ + 1, quote - position_ - 1);
      position_ = quote + 1;
      const bool doubled = position_ < text_.size() && text_[position_] == '"';
      if (!doubled) return;
      field.text += '"';
    }
  }

  std::string path_;
  CsvOptions options_;
  std::string text_;
  std::size_t position_ = 0;
  Record header_;
  Record record_;
  std::size_t width_ = 0;
  bool at_first_row_ = false;
};

/// read_row(file, indices of the columns) for each row of a file, as a vector.
/// \throws FileError if there are no rows.
template <std::size_t N, class ReadRow>
auto read_csv_rows(const std::string& path, const CsvColumn (&columns)[N], CsvOptions options, ReadRow read_row) {
  CsvReader file(path, options);
  std::array<std::size_t, N> indices;
  std::ranges::transform(columns, indices.begin(), [&file](const CsvColumn& column) { return file.find(column); });

  std::vector<decltype(read_row(file, indices))> rows;
  while (file.next()) rows.push_back(read_row(file, indices));
  if (rows.empty()) throw file.error_at(0, "there are no rows below the header");
  return rows;
}

}  // namespace detail
}  // namespace rnnts::inline v0
