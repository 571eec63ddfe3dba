// Reads a CSV file record by record and knows where each field stands. See csv.hpp for the functions to call.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/series/csv_options.hpp"
#include "rnnts/series/csv_text.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

struct CsvField {
  std::string text;          ///< without quotes
  std::size_t position = 0;  ///< of its first character in the record
};

/// The records of a CSV file by RFC 4180, with lenient line ends: quotes may enclose separators, line ends and doubled
/// quotes; blank lines are skipped, and so is a byte order mark. A first line "sep=;" is not one of the table, and says
/// what the separator is, as Excel has it. Keeps a block of the file in memory, or the current record if that is
/// longer.
class CsvReader {
 public:
  /// Throws FileError if the file cannot be read or holds no records.
  CsvReader(const std::string& path, CsvOptions options)
      : CsvReader(path, std::move(options),
                  [file = std::make_shared<InputFile>(path)](std::string& text) { file->read(text, block); }) {}

  /// The same for what comes piece by piece: `read` appends the next one to a text. Where it appends nothing, a record
  /// ends there, and the next call of it may bring another one. Messages begin with the name.
  CsvReader(std::string name, CsvOptions options, std::function<void(std::string&)> read)
      : path_(std::move(name)), options_(std::move(options)), read_(std::move(read)) {
    if (has(2) && text_.starts_with("\xEF\xBB\xBF")) position_ = 3;
    refuse_utf16();
    read_separator();
    if (!read_record()) throw error_in_file("the file is empty");
    width_ = row_width_ = record_.size();
    at_first_row_ = !options_.header;
    if (!options_.header) return;
    for (const CsvField& field : record_) names_.emplace_back(trimmed(field.text));
    for (const JoinedColumns& join : options_.joined) {
      if (join.columns.empty())
        throw ArgumentError(sentence("CsvOptions::joined: ", in_quotes(join.name), " of no columns"));
      if (std::ranges::find(names_, join.name) != names_.end()) continue;
      joined_.push_back({{}, join.between});
      for (const std::string& column : join.columns) joined_.back().columns.push_back(find_name(column));
      names_.push_back(join.name);
    }
    join();
  }

  /// Goes to the next row, the first one at the first call.
  ///
  /// Throws FileError if its number of fields is not that of the first line, or a quote is not closed or followed by
  /// something else; the next call goes on behind that line.
  bool next() {
    if (!next_of_any_width()) return false;
    if (row_width_ != width_)
      throw error_at(record_.back().position,
                     sentence("expected ", width_, " fields as in the first line, found ", row_width_));
    return true;
  }

  /// The same where rows may have other numbers of fields than the first line. Those have no joined columns.
  bool next_of_any_width() {
    if (std::exchange(at_first_row_, false)) return true;
    if (!read_record()) return false;
    join();
    return true;
  }

  /// How many fields the first line has.
  std::size_t width() const { return width_; }
  /// The names in the header, and of joined columns; none without one.
  const std::vector<std::string>& names() const { return names_; }

  /// How many fields the current row has.
  std::size_t fields() const { return record_.size(); }
  const CsvField& field(std::size_t column) const { return record_[column]; }

  const CsvOptions& options() const { return options_; }

  /// Whether the text of a field stands for a missing number.
  bool is_missing(std::string_view text) const {
    return std::ranges::any_of(options_.missing, [text](const std::string& missing) { return text == missing; });
  }

  /// Index of a column, to be asked for before `next()`.
  ///
  /// Throws FileError if there is no such column, or more than one of that name.
  std::size_t find(const CsvColumn& column) const {
    if (const auto* name = column.name()) return find_name(*name);
    if (column.index() >= width_)
      throw error_at(0, sentence("no column ", column.index(), ": there are ", width_, ", counted from 0"));
    return column.index();
  }

  /// A column as messages call it.
  std::string describe(std::size_t column) const {
    return column < names_.size() ? sentence("column ", in_quotes(names_[column])) : sentence("column ", column);
  }

  /// An error at a character of the current record.
  FileError error_at(std::size_t position, std::string_view message) const {
    std::size_t line = line_;
    std::size_t column = 1;
    for (const char c : std::string_view(text_).substr(start_, position)) {
      if (c == '\n') {
        ++line;
        column = 1;
      } else if (!continues_character(c)) {
        ++column;
      }
    }
    return FileError(sentence(path_, ":", line, ":", column, ": ", message));
  }

  /// An error of the file as a whole.
  FileError error_in_file(std::string_view message) const { return FileError(sentence(path_, ":1:1: ", message)); }

 private:
  std::size_t find_name(std::string_view name) const {
    if (names_.empty())
      throw error_at(0, sentence("no column ", in_quotes(name), ": the file is read without a header, use an index"));
    const auto found = std::ranges::find(names_, name);
    if (found == names_.end())
      throw error_at(0, sentence("no column ", in_quotes(name), ", there are: ", first_names()));
    const auto again = std::find(found + 1, names_.end(), name);
    if (again != names_.end())
      throw error_at(record_[static_cast<std::size_t>(again - names_.begin())].position,
                     sentence("there is more than one column ", in_quotes(name), ": rename one, or use an index"));
    return static_cast<std::size_t>(found - names_.begin());
  }

  /// The first names, and how many more there are.
  std::string first_names() const {
    constexpr std::size_t most = 10;
    std::string list;
    for (std::size_t column = 0; column < std::min(width_, most); ++column)
      list += sentence(column == 0 ? "" : ", ", in_quotes(names_[column]));
    if (width_ > most) list += sentence(" and ", width_ - most, " more");
    return list;
  }

  /// Appends the fields of joined columns to the current record.
  void join() {
    row_width_ = record_.size();
    if (row_width_ != width_) return;
    for (const auto& [columns, between] : joined_) {
      CsvField field{{}, record_[columns[0]].position};
      for (const std::size_t column : columns) {
        if (!field.text.empty()) field.text += between;
        field.text += trimmed(record_[column].text);
      }
      record_.push_back(std::move(field));
    }
  }

  /// Goes behind a first line as "sep=;", and takes its separator.
  void read_separator() {
    constexpr std::string_view key = "sep=";
    if (!has(key.size()) || std::string_view(text_).substr(position_, key.size()) != key) return;
    const std::size_t at = position_;
    const char mark = text_[at + key.size()];
    position_ += key.size() + 1;
    if (mark != '\n' && mark != '\r' && at_line_end()) {
      options_.separator = mark;
      skip_line_end();
    } else {
      position_ = at;
    }
  }

  /// Throws FileError for text of two bytes for each character.
  void refuse_utf16() {
    if (!has(1)) return;
    const std::string_view begin = std::string_view(text_).substr(0, 2);
    if (begin != "\xFF\xFE" && begin != "\xFE\xFF" && begin.find('\0') == begin.npos) return;
    throw error_in_file("expected text in UTF-8, found UTF-16; save the file as CSV in UTF-8");
  }

  /// Whether there is a character so many characters after the current one.
  bool has(std::size_t ahead = 0) { return position_ + ahead < text_.size() || (read_block() && has(ahead)); }

  /// Reads on, and forgets what stands before the current record.
  bool read_block() {
    text_.erase(0, start_);
    position_ -= start_;
    start_ = 0;
    const auto size = text_.size();
    read_(text_);
    return text_.size() > size;
  }

  bool at_line_end() {
    if (!has() || text_[position_] == '\n') return true;
    return text_[position_] == '\r' && (!has(1) || text_[position_ + 1] == '\n');
  }

  void skip_line_end() {
    if (has() && text_[position_] == '\r') ++position_;
    if (has()) ++position_;
  }

  bool read_record() {
    for (;;) {
      line_ += static_cast<std::size_t>(std::ranges::count(record_text(), '\n'));
      start_ = position_;
      if (!has()) return false;
      record_.clear();
      for (;;) {
        record_.push_back(read_field());
        if (at_line_end()) break;
        ++position_;  // the separator
      }
      const bool blank = record_.size() == 1 && trimmed(record_text()).empty();
      skip_line_end();
      if (!blank) return true;
    }
  }

  /// What has been read of the current record.
  std::string_view record_text() const { return std::string_view(text_).substr(start_, position_ - start_); }

  CsvField read_field() {
    CsvField field{{}, position_ - start_};
    if (has() && text_[position_] == '"') {
      read_quoted(field);
      if (!at_line_end() && text_[position_] != options_.separator) {
        const auto error =
            error_at(position_ - start_, "expected a separator or the end of the line after a closing quote");
        while (has() && text_[position_] != '\n') ++position_;
        throw error;
      }
    } else {
      while (!at_line_end() && text_[position_] != options_.separator) field.text += text_[position_++];
    }
    return field;
  }

  void read_quoted(CsvField& field) {
    for (;;) {
      ++position_;  // the quote
      while (has() && text_[position_] != '"') field.text += text_[position_++];
      if (!has()) throw error_at(field.position, "a quote is opened and never closed");
      ++position_;
      const bool doubled = has() && text_[position_] == '"';
      if (!doubled) return;
      field.text += '"';
    }
  }

  static constexpr std::size_t block = std::size_t{1} << 16;

  std::string path_;
  CsvOptions options_;
  std::function<void(std::string&)> read_;
  std::string text_;          ///< of the file, from the current record, or from before it, as far as it is read
  std::size_t start_ = 0;     ///< of the current record in text_
  std::size_t position_ = 0;  ///< of the current character in text_
  std::size_t line_ = 1;      ///< in which the current record starts
  std::vector<CsvField> record_;
  struct Joined {
    std::vector<std::size_t> columns;
    char between;
  };
  std::vector<Joined> joined_;
  std::vector<std::string> names_;         ///< in the header, if there is one
  std::size_t width_ = 0, row_width_ = 0;  ///< fields in the first line, and in the current row
  bool at_first_row_ = false;
};

/// read_row(file, indices of the columns) for each row of a file, as a vector.
///
/// Throws FileError if there are no rows.
template <std::size_t N, class ReadRow>
auto read_csv_rows(const std::string& path, const CsvColumn (&columns)[N], CsvOptions options, ReadRow read_row) {
  CsvReader file(path, std::move(options));
  std::array<std::size_t, N> indices;
  std::ranges::transform(columns, indices.begin(), [&file](const CsvColumn& column) { return file.find(column); });

  std::vector<decltype(read_row(file, indices))> rows;
  while (file.next()) rows.push_back(read_row(file, indices));
  if (rows.empty()) throw file.error_in_file("there are no rows below the header");
  return rows;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
