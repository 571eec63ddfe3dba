// Reads a CSV file record by record and knows where each field stands. See csv.hpp for the functions to call.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"

namespace rnnts::inline RNNTS_ABI {

/// How a CSV file is written.
struct CsvOptions {
  char separator = ',';
  char decimal = '.';  ///< the mark before the decimals of a number
  /// The mark that groups digits by thousands, as in 1,234.5; '\0': they are not grouped. ' ' is also a no-break space,
  /// U+00A0 or U+202F, and '\'' also U+2019.
  char thousands = '\0';
  bool header = true;  ///< whether the first line names the columns
  /// Fields that stand for a missing number, as in {"", "NA"}, where "" is an empty one: `read_csv` makes NaN of them.
  std::vector<std::string> missing = {};
};

/// A column of a CSV file, by its name in the header or by its index counted from 0.
class CsvColumn {
 public:
  template <std::convertible_to<std::string_view> Name>
  CsvColumn(const Name& name) : key_(std::string(std::string_view(name))) {}
  CsvColumn(std::size_t index) : key_(index) {}

  const std::string* name() const { return std::get_if<std::string>(&key_); }
  std::size_t index() const { return std::get<std::size_t>(key_); }

 private:
  std::variant<std::string, std::size_t> key_;
};

namespace detail {

inline std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Whether a byte goes on with a character that one before it has begun, in UTF-8.
inline bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Text as messages show it: in quotes, and its beginning only if it is long.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 60;
  if (text.size() <= longest) return sentence("\"", text, "\"");
  std::size_t end = longest;
  while (end > 0 && continues_character(text[end])) --end;
  return sentence("\"", text.substr(0, end), "...\"");
}

struct CsvField {
  std::string text;          ///< without quotes
  std::size_t position = 0;  ///< of its first character in the record
};

/// The records of a CSV file by RFC 4180, with lenient line ends: quotes may enclose separators, line ends and doubled
/// quotes; blank lines are skipped, and so is a byte order mark. Keeps a block of the file in memory, or the current
/// record if that is longer.
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
    if (!read_record()) throw error_in_file("the file is empty");
    if (options_.header) {
      for (const CsvField& field : record_) names_.emplace_back(trimmed(field.text));
    }
    width_ = record_.size();
    at_first_row_ = !options_.header;
  }

  /// Goes to the next row, the first one at the first call.
  ///
  /// Throws FileError if its number of fields is not that of the first line, or a quote is not closed or followed by
  /// something else; the next call goes on behind that line.
  bool next() {
    if (!next_of_any_width()) return false;
    if (record_.size() != width_)
      throw error_at(record_.back().position,
                     sentence("expected ", width_, " fields as in the first line, found ", record_.size()));
    return true;
  }

  /// The same where rows may have other numbers of fields than the first line.
  bool next_of_any_width() { return std::exchange(at_first_row_, false) || read_record(); }

  /// How many fields the first line has.
  std::size_t width() const { return width_; }
  /// The names in the header; none without one.
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
                     sentence("there is more than one column ", in_quotes(name), ", use an index"));
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
  std::vector<std::string> names_;  ///< in the header, if there is one
  std::size_t width_ = 0;
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

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
