// Zip archives whose members are stored as they are, as Keras writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/io/crc32c.hpp"
#include "rnnts/io/little_endian.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A file of an archive. Refers to the bytes of the archive, or to what is to be written.
struct ZipMember {
  std::string_view name, content;
};

inline constexpr std::string_view zip_local_magic = "PK\3\4", zip_entry_magic = "PK\1\2", zip_end_magic = "PK\5\6";
inline constexpr std::size_t zip_local_size = 30, zip_entry_size = 46, zip_end_size = 22;

/// Reads an archive (PKWARE's APPNOTE 6.3.10, sections 4.3 to 4.5), whose bytes must live longer than what it gives.
class ZipReader {
 public:
  /// `name` begins each message.
  ZipReader(std::string_view name, std::string_view bytes) : name_(name), bytes_(bytes) {}

  /// All members, in the order of the archive's directory. Reads the directory first and each member once: takes no
  /// memory but for the list, whose members are fewer than the directory's bytes.
  ///
  /// Throws FileError for what is not an archive, is truncated or damaged, for two members of one name or that overlap,
  /// and for all that Keras does not write: members that are compressed or encrypted, comments, several disks, more
  /// than 1024 members, and archives of 4 GB and more.
  std::vector<ZipMember> members() const {
    if (bytes_.size() < zip_end_size || !has(bytes_.size() - zip_end_size, zip_end_magic)) {
      fail("not a zip archive, truncated, or with something behind it: expected its directory's end in the last ",
           zip_end_size, " bytes");
    }
    const std::size_t end = bytes_.size() - zip_end_size;
    const std::size_t count = number<std::uint16_t>(end + 10), size = number<std::uint32_t>(end + 12),
                      directory = number<std::uint32_t>(end + 16);
    if (number<std::uint32_t>(end + 4) != 0 || number<std::uint16_t>(end + 8) != count) {
      fail("expected an archive on one disk");
    }
    if (number<std::uint16_t>(end + 20) != 0) fail("expected an archive without a comment");
    if (count > most_members) fail("expected at most ", most_members, " members, found ", count);
    if (size > end || directory != end - size) {
      fail("damaged: expected a directory that ends at byte ", end, ", found one of ", size, " bytes at ", directory);
    }

    std::vector<ZipMember> found;
    std::size_t entry = directory, free = 0;  // members follow each other
    for (std::size_t k = 0; k < count; ++k) {
      if (end - entry < zip_entry_size || !has(entry, zip_entry_magic)) {
        fail("damaged: expected ", count, " members in its directory, found ", k);
      }
      const std::size_t name_size = number<std::uint16_t>(entry + 28);
      const std::size_t entry_end =
          entry + zip_entry_size + name_size + number<std::uint16_t>(entry + 30) + number<std::uint16_t>(entry + 32);
      if (entry_end > end) fail("damaged: member ", k, " of its directory is truncated");
      const ZipMember member = read(entry, bytes_.substr(entry + zip_entry_size, name_size), directory, free);
      for (const ZipMember& other : found) {
        if (other.name == member.name) fail("damaged: two members are named \"", member.name, "\"");
      }
      found.push_back(member);
      entry = entry_end;
    }
    if (entry != end) fail("damaged: expected ", count, " members in its directory, found more");
    if (free != directory) fail("damaged: expected members up to byte ", directory, ", found them up to ", free);
    return found;
  }

 private:
  static constexpr std::size_t most_members = 1024;

  /// The member that stands in the directory at `entry`. It begins where the one before has ended, at `free`, which
  /// becomes the end of this one.
  ZipMember read(std::size_t entry, std::string_view member, std::size_t directory, std::size_t& free) const {
    const std::size_t size = number<std::uint32_t>(entry + 24), start = number<std::uint32_t>(entry + 42);
    if (number<std::uint16_t>(entry + 10) != 0 || number<std::uint32_t>(entry + 20) != size) {
      fail("\"", member, "\": expected a member that is stored as it is, found a compressed one");
    }
    constexpr std::uint16_t utf8_name = 1 << 11;
    const auto flags = number<std::uint16_t>(entry + 8);
    if ((flags & ~utf8_name) != 0) fail("\"", member, "\": expected a plain member, found the flags ", flags);
    if (start != free) fail("damaged: expected \"", member, "\" at byte ", free, ", found it at ", start);
    if (directory - start < zip_local_size || !has(start, zip_local_magic)) {
      fail("damaged: expected \"", member, "\" at byte ", start, ", found no member there");
    }
    const std::size_t name_size = number<std::uint16_t>(start + 26), more = number<std::uint16_t>(start + 28);
    const std::size_t content = start + zip_local_size + name_size + more;
    if (content > directory || directory - content < size) {
      fail("damaged: expected ", size, " bytes of \"", member, "\" before byte ", directory);
    }
    const auto crc = number<std::uint32_t>(entry + 16);
    if (bytes_.substr(start + zip_local_size, name_size) != member || number<std::uint16_t>(start + 6) != flags ||
        number<std::uint16_t>(start + 8) != 0 || number<std::uint32_t>(start + 14) != crc ||
        number<std::uint32_t>(start + 18) != size || number<std::uint32_t>(start + 22) != size) {
      fail("damaged: \"", member, "\" is another one before its content than in the directory");
    }
    free = content + size;
    const auto stored = bytes_.substr(content, size);
    if (const auto found = crc32(stored); found != crc) {
      fail("damaged: expected the checksum ", crc, " of \"", member, "\", found ", found);
    }
    return {member, stored};
  }

  template <class T> T number(std::size_t at) const { return read_little_endian<T>(bytes_, at); }
  bool has(std::size_t at, std::string_view magic) const { return bytes_.substr(at, magic.size()) == magic; }

  template <class... Parts> [[noreturn]] void fail(const Parts&... parts) const {
    throw FileError(sentence(name_, ": ", parts...));
  }

  std::string_view name_, bytes_;
};

/// The bytes of an archive of these members, the same for the same members: each has the date 1980-01-01, the first
/// that there is.
///
/// Throws FileError, beginning with `name`, if it had 4 GB or more.
inline std::string zip(std::string_view name, const std::vector<ZipMember>& members) {
  constexpr std::uint16_t version = 20, date = 1 << 5 | 1, none = 0;
  std::string bytes, directory;
  for (const ZipMember& member : members) {
    // What stands before a content and in the directory.
    std::string both;
    for (const std::uint16_t field : {version, none, none, none, date}) append_little_endian(both, field);
    append_little_endian(both, crc32(member.content));
    for (int k = 0; k < 2; ++k) append_little_endian(both, static_cast<std::uint32_t>(member.content.size()));
    append_little_endian(both, static_cast<std::uint16_t>(member.name.size()));
    append_little_endian(both, none);

    directory.append(zip_entry_magic);
    append_little_endian(directory, version);
    directory += both;
    directory.append(10, '\0');  // no comment, disk 0, no attributes
    append_little_endian(directory, static_cast<std::uint32_t>(bytes.size()));
    directory += member.name;

    bytes.append(zip_local_magic);
    bytes += both;
    bytes += member.name;
    bytes += member.content;
    if (bytes.size() + directory.size() > std::numeric_limits<std::uint32_t>::max() - zip_end_size) {
      throw FileError(sentence(name, ": expected less than 4 GB, as a zip archive has"));
    }
  }
  const auto start = static_cast<std::uint32_t>(bytes.size()), size = static_cast<std::uint32_t>(directory.size());
  const auto count = static_cast<std::uint16_t>(members.size());
  bytes += directory;
  bytes.append(zip_end_magic);
  for (const std::uint16_t field : {none, none, count, count}) append_little_endian(bytes, field);
  append_little_endian(bytes, size);
  append_little_endian(bytes, start);
  append_little_endian(bytes, none);
  return bytes;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
