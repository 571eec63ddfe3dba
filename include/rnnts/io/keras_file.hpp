// The files of Keras 3, .keras and .weights.h5: what is in them, and how the weights of a net are found there.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/hdf5_reader.hpp"
#include "rnnts/io/hdf5_writer.hpp"
#include "rnnts/io/keras_config.hpp"
#include "rnnts/io/keras_layers.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/zip.hpp"
#include "rnnts/model/weights.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

inline constexpr std::string_view keras_metadata = "metadata.json", keras_description = "config.json",
                                  keras_weights = "model.weights.h5",
                                  keras_self_test_name = "self_test.json";  ///< which Keras passes over

/// Whether a path is that of weights alone. Throws FileError if it is of neither kind.
inline bool is_keras_weights(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (name.ends_with(".weights.h5")) return true;
  if (name.ends_with(".keras")) return false;
  throw FileError(sentence(path.string(), ": expected a name that ends in .keras or .weights.h5"));
}

/// A file that was read, and what its containers say.
class KerasFile {
 public:
  /// Throws FileError if it cannot be read, or is not a file as Keras 3 writes it. What does not begin like one is not
  /// read any further.
  explicit KerasFile(const std::filesystem::path& path) : name_(path.string()) {
    const bool has_weights_alone = is_keras_weights(path);
    const std::string_view magic = has_weights_alone ? hdf5_magic : zip_local_magic;
    InputFile file(path);
    file.read(bytes_, magic.size());
    if (bytes_ != magic) {
      throw FileError(sentence(name_, ": not a file of Keras 3: expected it to begin with the bytes ",
                               hexadecimal(magic), ", found ", bytes_.empty() ? "nothing" : hexadecimal(bytes_)));
    }
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) throw FileError(sentence(name_, ": cannot be read: ", error.message()));
    bytes_.reserve(static_cast<std::size_t>(size));
    file.read(bytes_, static_cast<std::size_t>(size) - std::min<std::size_t>(bytes_.size(), size));
    open(has_weights_alone);
  }

  /// The same from memory.
  KerasFile(std::string name, std::string bytes, bool has_weights_alone)
      : name_(std::move(name)), bytes_(std::move(bytes)) {
    open(has_weights_alone);
  }

  KerasFile(const KerasFile&) = delete;
  KerasFile& operator=(const KerasFile&) = delete;

  const std::string& name() const { return name_; }
  /// None of weights alone.
  const std::optional<KerasConfig>& config() const { return config_; }
  /// The JSON of a self-test, where there is one.
  const std::optional<std::string_view>& self_test() const { return self_test_; }
  std::size_t size() const { return bytes_.size(); }

  /// The array that has this path, of a weight that we call `weight`. Throws FileError if there is none.
  const Hdf5Object& array(std::string_view path, std::string_view weight) const {
    const std::size_t found = weights_->find(path);
    if (found == 0 || weights_->objects()[found].is_group) {
      throw FileError(sentence(name_, ": does not fit the model: expected ", weight, " in ", path, ", found none"));
    }
    return weights_->objects()[found];
  }

  /// Throws FileError for the first layer or array that is none of these.
  void check_nothing_is_left(std::span<const std::string> groups, std::span<const std::string> paths) const {
    const auto& objects = weights_->objects();
    const std::size_t layers = weights_->find("layers");
    for (std::size_t k = 1; k < objects.size(); ++k) {
      const bool is_layer = objects[k].is_group && objects[k].parent == layers;
      if (is_layer && std::ranges::find(groups, objects[k].name) == groups.end()) {
        throw FileError(
            sentence(name_, ": does not fit the model: expected no layer ", objects[k].name, ", found one"));
      }
    }
    for (std::size_t k = 1; k < objects.size(); ++k) {
      if (!objects[k].is_group && std::ranges::find(paths, weights_->path(k)) == paths.end()) {
        throw FileError(sentence(name_, ": does not fit the model: expected no weight ", weights_->path(k),
                                 ", found one of ", shape_text(objects[k].shape)));
      }
    }
  }

 private:
  void open(bool has_weights_alone) {
    std::string_view weights = bytes_;
    if (!has_weights_alone) {
      std::optional<std::string_view> description, stored;
      for (const ZipMember& member : ZipReader(name_, bytes_).members()) {
        if (member.name == keras_description) {
          description = member.content;
        } else if (member.name == keras_weights) {
          stored = member.content;
        } else if (member.name == keras_self_test_name) {
          self_test_ = member.content;
        } else if (member.name != keras_metadata) {
          throw FileError(sentence(name_, ": expected no \"", member.name, "\", found one"));
        }
      }
      if (!description || !stored) {
        throw FileError(sentence(name_, ": expected ", keras_description, " and ", keras_weights, ", found no ",
                                 description ? keras_weights : keras_description));
      }
      config_.emplace(name_, *description);
      weights = *stored;
    }
    weights_.emplace(name_, weights, "optimizer");
    const std::size_t layers = weights_->find("layers");
    if (layers == 0 || !weights_->objects()[layers].is_group) {
      throw FileError(sentence(name_,
                               ": expected weights as Keras 3 writes them, in a group \"layers\", found none; load "
                               "the model in Keras 3 and save it again"));
    }
  }

  std::string name_, bytes_;
  std::optional<KerasConfig> config_;
  std::optional<Hdf5Reader> weights_;
  std::optional<std::string_view> self_test_;
};

/// The number at an index of an array, which is of T or widened to it.
template <Scalar T> T number_of(const Hdf5Object& array, std::size_t index) {
  if (array.value_size == sizeof(float)) return read_little_endian<float>(array.values, index * sizeof(float));
  return static_cast<T>(read_little_endian<double>(array.values, index * sizeof(double)));
}

/// Throws FileError if a number of a weight is not finite. `option` is what would allow it.
template <Scalar T>
void require_finite(std::string_view file, std::string_view weight, T number, std::string_view option) {
  if (!std::isfinite(number)) {
    throw FileError(
        sentence(file, ": ", weight, ": expected finite numbers, found ", number, "; others are allowed by ", option));
  }
}

/// Sets these weights, after a check of all of them, to those at these paths of a file.
///
/// Throws FileError if one is not there, of another shape, or of more precise numbers; or not finite, unless that is
/// allowed.
template <Scalar T>
void read_keras_weights(const KerasFile& file, std::span<const std::string> paths, std::span<Weight<T>> weights,
                        bool allow_non_finite) {
  std::vector<const Hdf5Object*> arrays;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const Hdf5Object& array = file.array(paths[k], weights[k].name);
    const auto refuse = [&](const auto& expected, const auto& found) {
      throw FileError(sentence(file.name(), ": does not fit the model: expected ", weights[k].name, " in ", paths[k],
                               " of ", expected, ", found ", found));
    };
    if (array.shape != weights[k].shape) refuse(shape_text(weights[k].shape), shape_text(array.shape));
    if (array.value_size > sizeof(T)) refuse("float32", "float64, which a model of double takes");
    for (std::size_t n = 0; !allow_non_finite && n < weights[k].values.size(); ++n) {
      require_finite(file.name(), weights[k].name, number_of<T>(array, n), "LoadOptions::allow_non_finite");
    }
    arrays.push_back(&array);
  }
  for (std::size_t k = 0; k < weights.size(); ++k) {
    for (std::size_t n = 0; n < weights[k].values.size(); ++n) weights[k].values[n] = number_of<T>(*arrays[k], n);
  }
}

/// The file of these weights: `config` in a .keras file, or the weights alone if it is empty.
///
/// Throws FileError if one is not finite, unless that is allowed.
template <Scalar T>
std::string keras_file(const std::string& name, const std::string& config, std::span<const std::string> groups,
                       std::span<const std::string> paths, std::span<const Weight<const T>> weights,
                       bool allow_non_finite, std::string_view self_test = "") {
  for (const auto& weight : weights) {
    for (std::size_t n = 0; !allow_non_finite && n < weight.values.size(); ++n) {
      require_finite(name, weight.name, weight.values[n], "SaveOptions::allow_non_finite");
    }
  }
  Hdf5Writer arrays;
  arrays.add_group("vars");
  for (const std::string& group : groups) arrays.add_group("layers/" + group + "/vars");
  for (std::size_t k = 0; k < weights.size(); ++k) arrays.add_array(paths[k], weights[k].shape, weights[k].values);
  const std::string stored = arrays.file();
  if (config.empty()) return stored;
  std::vector<ZipMember> members{
      {keras_metadata, R"({"keras_version": "3.0.0"})"}, {keras_description, config}, {keras_weights, stored}};
  if (!self_test.empty()) members.push_back({keras_self_test_name, self_test});
  return zip(name, members);
}

}  // namespace rnnts::inline RNNTS_ABI::detail
