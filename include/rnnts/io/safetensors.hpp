// The container of safetensors: the size of a header, the header, which says what tensors there are, and their numbers
// (github.com/huggingface/safetensors). Needs nlohmann-json.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/json.hpp"
#include "rnnts/io/little_endian.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A tensor as the header of a file lists it.
struct StoredTensor {
  std::string name;
  std::string dtype;  ///< as "F32"
  std::vector<std::size_t> shape;
  std::uint64_t begin = 0, end = 0;  ///< of its bytes, behind the header
};

/// "F32 (2, 3)"
inline std::string stored_text(std::string_view dtype, const std::vector<std::size_t>& shape) {
  return sentence(dtype, " ", shape_text(shape));
}

/// Bytes of one number of a type; 0 if there is no such type.
inline std::size_t stored_size(std::string_view dtype) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> types) {
    return std::ranges::find(types, dtype) != types.end();
  };
  if (is_one_of({"BOOL", "I8", "U8", "F8_E4M3", "F8_E5M2"})) return 1;
  if (is_one_of({"I16", "U16", "F16", "BF16"})) return 2;
  if (is_one_of({"I32", "U32", "F32"})) return 4;
  if (is_one_of({"I64", "U64", "F64"})) return 8;
  return 0;
}

template <class T> inline constexpr std::string_view stored_type = sizeof(T) == 4 ? "F32" : "F64";

/// Reads {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …, "__metadata__": {"key": "text", …}}.
class SafetensorsHeader : public JsonReader {
 public:
  explicit SafetensorsHeader(std::string file) : JsonReader(std::move(file), 3) {}

  std::vector<StoredTensor> tensors;  ///< in the order of the header
  std::string self_test;              ///< the text of this name among the metadata

 private:
  bool in_metadata() const { return key_at(0) == "__metadata__"; }

  void begin(bool is_array) final {
    const bool is_list = depth() == 3;
    if (is_array != is_list || (is_list && (in_metadata() || (key_at(1) != "shape" && key_at(1) != "data_offsets")))) {
      refuse("expected a header as safetensors files have it, found other brackets");
    }
    if (depth() == 2 && !in_metadata()) tensors.push_back({.name = key_at(0), .dtype = {}, .shape = {}});
  }

  void text(const std::string& value) final {
    if (depth() != 2 || (!in_metadata() && key_at(1) != "dtype")) refuse("expected no text");
    if (!in_metadata()) {
      tensors.back().dtype = value;
    } else if (key_at(1) == "rnnts.self_test") {
      self_test = value;
    }
  }

  void whole_number(std::uint64_t value) final {
    if (depth() != 3) refuse("expected no number");
    StoredTensor& tensor = tensors.back();
    if (key_at(1) == "shape") {
      if (value > std::numeric_limits<std::size_t>::max()) refuse("expected a size that memory could hold");
      tensor.shape.push_back(static_cast<std::size_t>(value));
    } else if (count_at(2) < 2) {
      (count_at(2) == 0 ? tensor.begin : tensor.end) = value;
    } else {
      refuse("expected two numbers, found more");
    }
  }

  void end(bool) final {
    if (depth() == 3 && key_at(1) == "data_offsets" && count_at(2) != 2) refuse("expected two numbers, found fewer");
    if (depth() != 2 || in_metadata()) return;
    if (!has("dtype") || !has("shape") || !has("data_offsets") || count_at(1) != 3) {
      refuse("expected dtype, shape and data_offsets, and nothing else");
    }
    check_size(tensors.back());
  }

  /// The shape must be that of as many numbers as there are bytes for.
  void check_size(const StoredTensor& tensor) const {
    std::uint64_t size = stored_size(tensor.dtype);
    if (size == 0) refuse(sentence("expected a type of numbers, found \"", tensor.dtype, "\""));
    const std::uint64_t found = tensor.end - tensor.begin;
    bool fits = tensor.begin <= tensor.end;
    if (std::ranges::find(tensor.shape, 0u) != tensor.shape.end()) size = 0;
    for (const std::size_t extent : tensor.shape) {
      if (size == 0) break;
      fits = fits && size <= found / extent;
      size *= extent;
    }
    if (!fits || size != found) {
      refuse(sentence("expected data_offsets for ", stored_text(tensor.dtype, tensor.shape), ", found [", tensor.begin,
                      ", ", tensor.end, "]"));
    }
  }
};

/// A safetensors file whose header was read, and then its numbers.
class SafetensorsFile {
 public:
  static constexpr std::uint64_t largest_header = 100'000'000;

  /// Reads the header.
  ///
  /// Throws FileError if the file cannot be read, is none of safetensors, or if its header is not as it should be:
  /// tensors that lie one after the other, without holes, each as large as its shape says.
  explicit SafetensorsFile(const std::filesystem::path& path) : name_(path.string()), file_(path) {
    std::string content;
    file_.read(content, 9);
    check_beginning(content);
    const auto size = read_little_endian<std::uint64_t>(content, 0);
    file_.read(content, static_cast<std::size_t>(size - 1));
    const auto json = std::string_view(content).substr(8);
    if (json.size() != size) refuse(sentence("truncated: expected a header of ", size, " bytes, found ", json.size()));
    SafetensorsHeader header(name_);
    header.read(json);
    tensors_ = std::move(header.tensors);
    self_test_ = std::move(header.self_test);
    check_places();
  }

  const std::string& name() const { return name_; }
  const std::vector<StoredTensor>& tensors() const { return tensors_; }
  std::uint64_t size() const { return size_; }  ///< bytes of all numbers
  /// The JSON of a self-test among the metadata, or nothing.
  const std::string& self_test() const { return self_test_; }

  /// Reads the numbers of all tensors, once; memory is taken for what is there.
  ///
  /// Throws FileError if the file ends before them, or goes on behind them.
  void read_numbers() {
    if (!numbers_.empty()) return;
    file_.read(numbers_, static_cast<std::size_t>(size_ + 1));
    if (numbers_.size() < size_) {
      refuse(sentence("truncated: expected ", size_, " bytes of numbers, found ", numbers_.size()));
    }
    if (numbers_.size() > size_) refuse(sentence("too long: expected ", size_, " bytes of numbers, found more"));
  }

  /// Those of one tensor, as they stand in the file.
  std::string_view numbers(const StoredTensor& tensor) const {
    return std::string_view(numbers_).substr(static_cast<std::size_t>(tensor.begin),
                                             static_cast<std::size_t>(tensor.end - tensor.begin));
  }

 private:
  [[noreturn]] void refuse(std::string_view what) const { throw FileError(sentence(name_, ": ", what)); }

  void check_beginning(const std::string& content) const {
    if (content.size() == 9 && content[8] == '{') {
      const auto size = read_little_endian<std::uint64_t>(content, 0);
      if (size >= 2 && size <= largest_header) return;
      refuse(sentence("expected a header of 2 to ", largest_header, " bytes, found ", size));
    }
    if (content.starts_with("PK\x03\x04") || content.starts_with("\x80\x02") || content.starts_with("\x80\x04")) {
      refuse(
          "a file of torch.save, which is a program in pickle's language, is not read: expected safetensors. In "
          "Python, "
          "safetensors.torch.save_file(model.state_dict(), \"model.safetensors\") writes it.");
    }
    refuse(sentence("not a safetensors file: expected the size of a header and then {, found ",
                    content.empty() ? "nothing" : hexadecimal(content)));
  }

  void check_places() {
    std::vector<const StoredTensor*> in_order;
    for (const StoredTensor& tensor : tensors_) in_order.push_back(&tensor);
    std::ranges::sort(in_order, {}, [](const auto* tensor) { return std::pair(tensor->begin, tensor->end); });
    for (const StoredTensor* const tensor : in_order) {
      if (tensor->begin != size_) {
        refuse(sentence(tensor->name, ": expected its numbers to begin at byte ", size_,
                        ", without a hole and an overlap, found ", tensor->begin));
      }
      size_ = tensor->end;
    }
  }

  std::string name_;
  InputFile file_;
  std::vector<StoredTensor> tensors_;
  std::uint64_t size_ = 0;
  std::string numbers_, self_test_;
};

/// A tensor to write; all of a file are of one type.
struct TensorToStore {
  std::string name;
  std::vector<std::size_t> shape;
  std::string numbers;  ///< row-major, the lowest byte of each first
};

/// The bytes of a file of these tensors, laid out as the reference writer does it: the header filled up with spaces to
/// a multiple of 8, the tensors in the order of their names.
inline std::string encode_safetensors(std::vector<TensorToStore> tensors, std::string_view dtype) {
  std::ranges::sort(tensors, {}, &TensorToStore::name);
  std::string header = R"({"__metadata__":{"format":"pt"})", numbers;
  for (const TensorToStore& tensor : tensors) {
    header += sentence(",", json_text(tensor.name), R"(:{"dtype":")", dtype, R"(","shape":[)");
    for (const std::size_t extent : tensor.shape) header += sentence(header.back() == '[' ? "" : ",", extent);
    header += sentence(R"(],"data_offsets":[)", numbers.size(), ",", numbers.size() + tensor.numbers.size(), "]}");
    numbers += tensor.numbers;
  }
  header += "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string file;
  append_little_endian(file, std::uint64_t{header.size()});
  return file + header + numbers;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
