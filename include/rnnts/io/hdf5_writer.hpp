// The part of HDF5 that Keras writes, written: groups of groups and of arrays of floating-point numbers.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/io/hdf5_types.hpp"
#include "rnnts/io/little_endian.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Collects groups and arrays, and lays them out as a file of "HDF5 File Format Specification Version 3.0" that every
/// version of libhdf5 reads: superblock 0, object headers 1, symbol tables, contiguous arrays. The same content gives
/// the same bytes.
class Hdf5Writer {
 public:
  /// Makes a group and those that it is in, as far as they are not there: "layers/gru/cell/vars".
  void add_group(std::string_view path) { object(path); }

  /// Makes an array, and the groups that it is in, from numbers in row-major order. Its path must not be taken.
  template <Scalar T> void add_array(std::string_view path, std::vector<std::size_t> shape, std::span<const T> values) {
    Object& array = object(path);
    array.shape = std::move(shape);
    array.type = std::same_as<T, float> ? hdf5_float32 : hdf5_float64;
    for (const T value : values) append_little_endian(array.values, value);
  }

  /// The whole file.
  std::string file() const {
    const std::size_t leaf_k = std::max<std::size_t>(smallest_leaf_k, ceil_div(most_children(root_), 4 * tree_k));
    std::string bytes(hdf5_superblock_size, '\0');
    const Place root = write(root_, leaf_k, bytes);
    std::string block(hdf5_magic);
    block.append({0, 0, 0, 0, 0, 8, 8, 0});  // versions; bytes of an offset and of a length
    append_little_endian(block, static_cast<std::uint16_t>(leaf_k));
    append_little_endian(block, static_cast<std::uint16_t>(tree_k));
    block.append(4, '\0');
    for (const std::uint64_t address : {std::uint64_t{0}, nowhere, std::uint64_t{bytes.size()}, nowhere}) {
      append_little_endian(block, address);
    }
    append_entry(block, 0, root);
    bytes.replace(0, hdf5_superblock_size, block);
    return bytes;
  }

 private:
  /// A group, or an array if it has a type.
  struct Object {
    std::string name;
    std::vector<Object> children;  ///< by their names
    std::vector<std::size_t> shape;
    std::string_view type;
    std::string values;
  };

  /// Where an object's header stands; of a group also where its tree and its heap do.
  struct Place {
    std::size_t header, tree = 0, heap = 0;
  };

  static constexpr std::uint64_t nowhere = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::size_t tree_k = 16, smallest_leaf_k = 4;  ///< half of what a node and a leaf can hold

  Object& object(std::string_view path) {
    Object* at = &root_;
    while (!path.empty()) {
      const std::string name(path.substr(0, path.find('/')));
      path.remove_prefix(std::min(name.size() + 1, path.size()));
      const auto child = std::ranges::lower_bound(at->children, name, {}, &Object::name);
      const bool is_there = child != at->children.end() && child->name == name;
      at = is_there ? &*child : &*at->children.insert(child, {name, {}, {}, {}, {}});
    }
    return *at;
  }

  static std::size_t most_children(const Object& object) {
    std::size_t most = object.children.size();
    for (const Object& child : object.children) most = std::max(most, most_children(child));
    return most;
  }

  static Place write(const Object& object, std::size_t leaf_k, std::string& bytes) {
    return object.type.empty() ? write_group(object, leaf_k, bytes) : write_array(object, bytes);
  }

  static Place write_array(const Object& array, std::string& bytes) {
    const std::size_t values = bytes.size();
    bytes += array.values;
    pad(bytes, 8);
    std::string space{1, static_cast<char>(array.shape.size()), 0, 0, 0, 0, 0, 0}, layout{3, 1};
    for (const std::size_t extent : array.shape) append_little_endian(space, std::uint64_t{extent});
    append_little_endian(layout, std::uint64_t{values});
    append_little_endian(layout, std::uint64_t{array.values.size()});
    return {write_header({{hdf5_dataspace, space}, {hdf5_datatype, std::string(array.type)}, {hdf5_layout, layout}},
                         bytes)};
  }

  /// The children, then their names in a heap, the leaves that list both, and the tree of the leaves.
  static Place write_group(const Object& group, std::size_t leaf_k, std::string& bytes) {
    std::string names(8, '\0');
    std::vector<std::string> leaves;
    std::vector<std::size_t> last_names;  ///< of each leaf
    for (std::size_t c = 0; c < group.children.size(); ++c) {
      if (c % (2 * leaf_k) == 0) {
        const std::size_t count = std::min(group.children.size() - c, 2 * leaf_k);
        leaves.emplace_back("SNOD\1\0", 6);
        append_little_endian(leaves.back(), static_cast<std::uint16_t>(count));
        last_names.emplace_back();
      }
      last_names.back() = names.size();
      append_entry(leaves.back(), names.size(), write(group.children[c], leaf_k, bytes));
      names += group.children[c].name + '\0';
      pad(names, 8);
    }

    Place place{};
    place.heap = bytes.size();
    bytes.append("HEAP\0\0\0", 8);
    constexpr std::uint64_t no_free_block = 1;
    const std::uint64_t start = place.heap + 32;
    for (const std::uint64_t field : {std::uint64_t{names.size()}, no_free_block, start}) {
      append_little_endian(bytes, field);
    }
    bytes += names;

    std::string tree("TREE\0\0", 6);
    append_little_endian(tree, static_cast<std::uint16_t>(leaves.size()));
    for (const std::uint64_t field : {nowhere, nowhere, std::uint64_t{0}}) append_little_endian(tree, field);
    for (std::size_t k = 0; k < leaves.size(); ++k) {
      append_little_endian(tree, std::uint64_t{bytes.size()});
      append_little_endian(tree, std::uint64_t{last_names[k]});
      leaves[k].resize(8 + 2 * leaf_k * hdf5_entry_size);
      bytes += leaves[k];
    }
    tree.resize(24 + (4 * tree_k + 1) * 8);
    place.tree = bytes.size();
    bytes += tree;

    std::string table;
    append_little_endian(table, std::uint64_t{place.tree});
    append_little_endian(table, std::uint64_t{place.heap});
    place.header = write_header({{hdf5_symbol_table, table}}, bytes);
    return place;
  }

  static std::size_t write_header(const std::vector<std::pair<std::size_t, std::string>>& messages,
                                  std::string& bytes) {
    std::string body;
    for (auto [type, data] : messages) {
      pad(data, 8);
      append_little_endian(body, static_cast<std::uint16_t>(type));
      append_little_endian(body, static_cast<std::uint16_t>(data.size()));
      body.append({type == hdf5_datatype, 0, 0, 0});  // constant, or not
      body += data;
    }
    const std::size_t header = bytes.size();
    bytes.append({1, 0});
    append_little_endian(bytes, static_cast<std::uint16_t>(messages.size()));
    append_little_endian(bytes, std::uint32_t{1});  // names that it has
    append_little_endian(bytes, static_cast<std::uint32_t>(body.size()));
    append_little_endian(bytes, std::uint32_t{0});
    bytes += body;
    return header;
  }

  /// Of a symbol table: where the name stands in the heap, where the object does, and of a group what it says itself.
  static void append_entry(std::string& bytes, std::size_t name, const Place& place) {
    append_little_endian(bytes, std::uint64_t{name});
    append_little_endian(bytes, std::uint64_t{place.header});
    append_little_endian(bytes, std::uint64_t{place.tree != 0});  // whether that follows
    append_little_endian(bytes, std::uint64_t{place.tree});
    append_little_endian(bytes, std::uint64_t{place.heap});
  }

  static void pad(std::string& bytes, std::size_t to) { bytes.resize(ceil_div(bytes.size(), to) * to); }

  Object root_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
