// JSON, read piece by piece: nothing is kept that the reader of a format does not ask for. Needs nlohmann-json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/io/nlohmann_json.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// What reads a format derives from this, and gets each value of the text when it comes. Refused are, with the name of
/// the file and where it stands, what is no JSON, what is nested deeper than `deepest`, and a key that is there twice.
class JsonReader : private nlohmann::json_sax<nlohmann::json> {
 public:
  JsonReader(std::string file, std::size_t deepest) : file_(std::move(file)), deepest_(deepest) {}

  /// Throws FileError as above, or as the derived class does.
  void read(std::string_view json) { nlohmann::json::sax_parse(json, static_cast<json_sax*>(this)); }

 protected:
  ~JsonReader() override = default;

  /// The value that is read now, each with a default that refuses it. The levels of `begin` and `end` include the
  /// object or array itself.
  virtual void text(const std::string&) { refuse("expected no text"); }
  virtual void number(double) { refuse("expected no number of this kind"); }
  virtual void whole_number(std::uint64_t value) { number(static_cast<double>(value)); }
  virtual void nothing() { refuse("expected no null"); }
  virtual void begin(bool is_array) = 0;
  virtual void end(bool is_array) = 0;

  /// How many objects and arrays are around what is read.
  std::size_t depth() const { return levels_.size(); }
  /// Of the objects and arrays around it, counted from 0: which of an object's keys is read, and how many values of it
  /// are complete.
  const std::string& key_at(std::size_t level) const { return levels_[level].key; }
  std::size_t count_at(std::size_t level) const { return levels_[level].count; }
  bool has(const char* name) const { return levels_.back().keys.contains(name); }

  [[noreturn]] void refuse(std::string_view what) const {
    std::string where;
    for (const Level& level : levels_) {
      if (level.is_array) {
        where += sentence("[", level.count, "]");
      } else if (!level.key.empty()) {
        where += sentence(where.empty() ? "" : ".", level.key);
      }
    }
    throw FileError(sentence(file_, ": ", where, where.empty() ? "" : ": ", what));
  }

 private:
  struct Level {
    bool is_array;
    std::size_t count = 0;
    std::string key;
    std::unordered_set<std::string> keys;
  };

  bool done() {
    if (!levels_.empty()) ++levels_.back().count;
    return true;
  }
  bool open(bool is_array) {
    if (levels_.size() == deepest_)
      refuse(sentence("expected at most ", deepest_, " brackets in each other, found more"));
    levels_.push_back({.is_array = is_array, .count = 0, .key = {}, .keys = {}});
    begin(is_array);
    return true;
  }
  bool close(bool is_array) {
    levels_.back().key.clear();
    end(is_array);
    levels_.pop_back();
    return done();
  }

  bool null() final { return nothing(), done(); }
  bool boolean(bool value) final { refuse(value ? "expected no true" : "expected no false"); }
  bool number_integer(std::int64_t value) final { return number(static_cast<double>(value)), done(); }
  bool number_unsigned(std::uint64_t value) final { return whole_number(value), done(); }
  bool number_float(double value, const std::string&) final { return number(value), done(); }
  bool string(std::string& value) final { return text(value), done(); }
  bool binary(nlohmann::json::binary_t&) final { refuse("expected no bytes"); }
  bool start_object(std::size_t) final { return open(false); }
  bool end_object() final { return close(false); }
  bool start_array(std::size_t) final { return open(true); }
  bool end_array() final { return close(true); }
  bool key(std::string& name) final {
    levels_.back().key = name;
    if (!levels_.back().keys.insert(name).second) refuse("expected this key once, found it twice");
    return true;
  }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::json::exception&) final {
    throw FileError(sentence(file_, ": expected JSON, found something else at its byte ", at));
  }

  std::string file_;
  std::size_t deepest_;
  std::vector<Level> levels_;
};

/// A text as JSON has it, in quotation marks.
inline std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace rnnts::inline RNNTS_ABI::detail
