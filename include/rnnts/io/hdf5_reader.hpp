// The part of HDF5 that Keras writes, read: groups of groups and of arrays of floating-point numbers.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/io/hdf5_types.hpp"
#include "rnnts/io/little_endian.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A group or an array of a file. Refers to the file's bytes.
struct Hdf5Object {
  std::size_t parent;                ///< its number; that of the root, 0, is its own
  std::string_view name;             ///< within the parent
  std::size_t header;                ///< where it stands in the file
  bool is_group = true;              ///< else it is an array:
  std::size_t value_size = 0;        ///< 4 or 8 bytes for each number
  std::vector<std::size_t> shape{};  ///< extents, none for a single number
  std::string_view values{};         ///< row-major
};

/// Reads the whole structure of a file of "HDF5 File Format Specification Version 3.0", whose bytes must live longer.
///
/// It takes superblocks of version 0, object headers of version 1, symbol tables and contiguous arrays of float32 and
/// float64, lowest byte first, which is what h5py writes unless it is asked for more. Attributes are skipped. All else,
/// as compressed or chunked arrays, links and numbers of other types, is refused.
///
/// Whatever is read is charged to a budget, the size of the file: parts that overlap, or lead to each other in circles,
/// exceed it. So both time and memory are at most proportional to the size of the file.
class Hdf5Reader {
 public:
  /// `name` begins each message. `skipped` is a group of the root, which is not entered. Throws FileError if this is
  /// not such a file, if it is truncated or damaged, and for what is said above.
  Hdf5Reader(std::string_view name, std::string_view bytes, std::string_view skipped = {})
      : name_(name), bytes_(bytes), left_(bytes.size()) {
    read_superblock();
    for (std::size_t k = 0; k < objects_.size(); ++k) {
      if (k == 0 || objects_[k].parent != 0 || objects_[k].name != skipped) read_object(k);
    }
  }

  /// All of them, parents before their children; number 0 is the root.
  const std::vector<Hdf5Object>& objects() const { return objects_; }

  /// "layers/gru/cell/vars/0"; of the root, nothing.
  std::string path(std::size_t object) const {
    const Hdf5Object& of = objects_[object];
    if (object == 0) return "";
    return of.parent == 0 ? std::string(of.name) : path(of.parent) + "/" + std::string(of.name);
  }

  /// The number of what has this path; 0 if there is none.
  std::size_t find(std::string_view path) const {
    std::size_t at = 0;
    while (!path.empty()) {
      const auto name = path.substr(0, path.find('/'));
      path.remove_prefix(name.size() < path.size() ? name.size() + 1 : path.size());
      std::size_t child = at + 1;
      while (child < objects_.size() && (objects_[child].parent != at || objects_[child].name != name)) ++child;
      if (child == objects_.size()) return 0;
      at = child;
    }
    return at;
  }

 private:
  static constexpr std::size_t deepest = 16;  ///< groups within groups; Keras has seven

  void read_superblock() {
    if (bytes_.substr(0, hdf5_magic.size()) != hdf5_magic) fail("not an HDF5 file");
    const std::size_t block = take(0, hdf5_superblock_size, "its superblock");
    const auto version = byte(block + 8);
    if (version != 0) fail("expected a superblock of version 0, found version ", version);
    if (byte(block + 13) != 8 || byte(block + 14) != 8) fail("expected offsets and lengths of 8 bytes");
    if (number<std::uint64_t>(block + 24) != 0) fail("expected the base address 0");
    if (const auto end = number<std::uint64_t>(block + 40); end != bytes_.size()) {
      fail("truncated or damaged: expected ", end, " bytes, found ", bytes_.size());
    }
    objects_.push_back({0, {}, address(block + 64)});
    depths_.push_back(0);
  }

  /// Messages of an object header, which say what the object is, where they stand.
  struct Messages {
    std::size_t table = 0, space = 0, type = 0, layout = 0;
  };

  void read_object(std::size_t k) {
    const Messages found = read_messages(k);
    if (found.table != 0) {
      if (found.space != 0 || found.type != 0 || found.layout != 0) fail_at(k, "expected a group or an array");
      read_group(k, address(found.table), address(found.table + 8));
    } else if (found.space != 0 && found.type != 0 && found.layout != 0) {
      read_array(k, found);
    } else {
      fail_at(k, "expected a group or an array");
    }
  }

  Messages read_messages(std::size_t k) {
    const std::size_t header = take(objects_[k].header, 16, "an object header");
    if (byte(header) != 1) fail_at(k, "expected an object header of version 1, found version ", byte(header));
    std::size_t left = number<std::uint16_t>(header + 2);
    struct Block {
      std::size_t at, size;
    };
    std::vector<Block> blocks{{header + 16, number<std::uint32_t>(header + 8)}};
    Messages found;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      std::size_t at = take(blocks[b].at, blocks[b].size, "an object header");
      const std::size_t end = at + blocks[b].size;
      while (end - at >= 8 && left > 0) {
        const std::size_t type = number<std::uint16_t>(at), size = number<std::uint16_t>(at + 2);
        const std::size_t data = at + 8;
        if (end - data < size) fail_at(k, "damaged: a message of its header is truncated");
        const bool is_shared = (byte(at + 4) & 2) != 0;
        const auto keep = [&](std::size_t& place, std::size_t smallest) {
          if (place != 0 || size < smallest || is_shared) fail_at(k, "damaged: unexpected message ", type);
          place = data;
        };
        switch (type) {
          case hdf5_dataspace: keep(found.space, 8 + (size > 1 ? 8 * byte(data + 1) : 0)); break;
          case hdf5_datatype: keep(found.type, 8); break;
          case hdf5_layout: keep(found.layout, 18); break;
          case hdf5_symbol_table: keep(found.table, 16); break;
          case hdf5_continuation:
            if (size < 16) fail_at(k, "damaged: unexpected message ", type);
            blocks.push_back({address(data), address(data + 8)});
            break;
          // Nothing, two kinds of fill value, an attribute, two kinds of modification time.
          case 0x00:
          case 0x04:
          case 0x05:
          case 0x0c:
          case 0x0e:
          case 0x12: break;
          default: fail_at(k, "expected a plain group or array, found the message ", type, " in its header");
        }
        at = data + size;
        --left;
      }
    }
    if (left != 0) fail_at(k, "damaged: ", left, " messages are missing in its header");
    return found;
  }

  /// A group's names stand in a heap, and what has them in the leaves of a tree.
  void read_group(std::size_t k, std::size_t tree, std::size_t heap) {
    if (depths_[k] == deepest) fail_at(k, "expected at most ", deepest, " groups within each other, found more");
    const std::size_t at = take(heap, 32, "a heap");
    if (!has(at, "HEAP") || byte(at + 4) != 0) fail_at(k, "damaged: expected a heap of version 0");
    const std::size_t size = address(at + 8), start = address(at + 24);
    if (start > bytes_.size() || bytes_.size() - start < size) fail_at(k, "damaged: its heap is truncated");
    const std::string_view names = bytes_.substr(start, size);

    std::vector<std::size_t> nodes{tree};
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      if (has(nodes[n], "SNOD")) {
        read_names(k, nodes[n], names);
        continue;
      }
      const std::size_t node = take(nodes[n], 24, "a tree");
      if (!has(node, "TREE") || byte(node + 4) != 0) fail_at(k, "damaged: expected a tree of names");
      const std::size_t count = number<std::uint16_t>(node + 6);
      const std::size_t children = take(node + 24, 16 * count, "a tree");
      for (std::size_t c = 0; c < count; ++c) nodes.push_back(address(children + 8 + 16 * c));
    }
  }

  void read_names(std::size_t k, std::size_t leaf, std::string_view names) {
    take(leaf, 8, "a symbol table");
    if (byte(leaf + 4) != 1) fail_at(k, "damaged: expected a symbol table of version 1");
    const std::size_t count = number<std::uint16_t>(leaf + 6);
    const std::size_t entries = take(leaf + 8, hdf5_entry_size * count, "a symbol table");
    for (std::size_t c = 0; c < count; ++c) {
      const std::size_t entry = entries + hdf5_entry_size * c, begin = address(entry);
      if (begin >= names.size()) fail_at(k, "damaged: a name is not in its heap");
      const std::size_t size = names.substr(begin).find('\0');
      if (size == 0 || size == std::string_view::npos) fail_at(k, "damaged: a name does not end in its heap");
      const std::string_view name = names.substr(begin, size);
      take(static_cast<std::size_t>(name.data() - bytes_.data()), size + 1, "a name");
      if (number<std::uint32_t>(entry + 16) > 1) fail_at(k, "expected no links, found \"", name, "\"");
      objects_.push_back({k, name, address(entry + 8)});
      depths_.push_back(depths_[k] + 1);
    }
  }

  void read_array(std::size_t k, const Messages& found) {
    Hdf5Object& array = objects_[k];
    array.is_group = false;
    for (const std::string_view type : {hdf5_float32, hdf5_float64}) {
      if (has(found.type, type)) array.value_size = number<std::uint32_t>(found.type + 4);
    }
    if (array.value_size == 0) fail_at(k, "expected numbers of float32 or float64, lowest byte first, found others");
    if (byte(found.space) != 1) fail_at(k, "expected a dataspace of version 1, found version ", byte(found.space));
    const std::size_t rank = byte(found.space + 1);
    std::size_t size = array.value_size;
    for (std::size_t d = 0; d < rank; ++d) {
      const std::size_t extent = address(found.space + 8 + 8 * d);
      if (extent == 0) fail_at(k, "expected an array of at least one number");
      if (extent > bytes_.size() / size) fail_at(k, "damaged: expected an array that fits into the file");
      array.shape.push_back(extent);
      size *= extent;
    }
    if (byte(found.layout) != 3 || byte(found.layout + 1) != 1) {
      fail_at(k, "expected an array in one piece (layout 3, contiguous), found layout ", byte(found.layout), ", class ",
              byte(found.layout + 1));
    }
    if (const auto stored = number<std::uint64_t>(found.layout + 10); stored != size) {
      fail_at(k, "damaged: expected ", size, " bytes of numbers, found ", stored);
    }
    array.values = bytes_.substr(take(address(found.layout + 2), size, "an array"), size);
  }

  /// Returns `at`, after a check that so many bytes stand there, that have not all been taken for something else.
  std::size_t take(std::size_t at, std::size_t size, std::string_view what) {
    if (at > bytes_.size() || bytes_.size() - at < size) {
      fail("truncated or damaged: expected ", what, " of ", size, " bytes at byte ", at, ", found a file of ",
           bytes_.size());
    }
    if (size > left_) fail("damaged: parts of the file overlap, or lead to each other in a circle");
    left_ -= size;
    return at;
  }

  /// A number of 8 bytes that was checked to be there; of what is not in the file, an offset behind it.
  std::size_t address(std::size_t at) const {
    constexpr std::uint64_t largest = std::numeric_limits<std::size_t>::max();
    const auto read = number<std::uint64_t>(at);
    return static_cast<std::size_t>(read < largest ? read : largest);
  }
  std::size_t byte(std::size_t at) const { return static_cast<unsigned char>(bytes_[at]); }
  template <class T> T number(std::size_t at) const { return read_little_endian<T>(bytes_, at); }
  bool has(std::size_t at, std::string_view expected) const {
    return at <= bytes_.size() && bytes_.substr(at, expected.size()) == expected;
  }

  template <class... Parts> [[noreturn]] void fail(const Parts&... parts) const {
    throw FileError(sentence(name_, ": ", parts...));
  }
  template <class... Parts> [[noreturn]] void fail_at(std::size_t k, const Parts&... parts) const {
    fail(k == 0 ? "the root" : "\"" + path(k) + "\"", ": ", parts...);
  }

  std::string_view name_, bytes_;
  std::size_t left_;  ///< of the budget
  std::vector<Hdf5Object> objects_;
  std::vector<std::size_t> depths_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
