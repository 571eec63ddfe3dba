// Files that are read a piece at a time, and written whole or not at all.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif
#if defined(_POSIX_VERSION)
#include <fcntl.h>
#include <sys/stat.h>
#endif

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

inline std::error_code last_error() { return {errno, std::generic_category()}; }

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

/// A file that is read from its beginning to its end.
class InputFile {
 public:
  /// Throws FileError, with the path and the system's reason, if the file cannot be opened.
  explicit InputFile(std::filesystem::path path)
      : path_(std::move(path)), file_(std::fopen(path_.string().c_str(), "rb")) {
    if (!file_) fail("opened");
  }

  /// Appends the next `size` bytes, or what is left of the file, to `content`: memory is taken for what is there.
  ///
  /// Throws FileError like the above if they cannot be read.
  void read(std::string& content, std::size_t size) {
    char block[4096];
    while (size > 0) {
      const auto n = std::fread(block, 1, std::min(size, sizeof block), file_.get());
      if (std::ferror(file_.get())) fail("read");
      if (n == 0) return;
      content.append(block, n);
      size -= n;
    }
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    const std::string reason = last_error().message();
    raise(FileError(sentence(path_.string(), ": cannot be ", what, ": ", reason)));
  }

  std::filesystem::path path_;
  OpenFile file_;
};

/// A new file that gets its name when it is whole, and is removed if that does not happen.
class UnfinishedFile {
 public:
  /// Makes the file, with the first name in this folder that nobody has. Others who do so at the same time, in this
  /// process or another, get another name.
  UnfinishedFile(const std::filesystem::path& folder, std::filesystem::perms permissions, std::error_code& error) {
    for (std::size_t k = 0; !file_; ++k) {
      const auto path = folder / sentence(".rnnts_", k, ".unfinished");
      file_.reset(create(path, permissions));
      if (file_) {
        path_ = path;
      } else if (errno != EEXIST) {
        error = last_error();
        return;
      }
    }
  }
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  ~UnfinishedFile() {
    file_.reset();
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

  /// Writes all there is to write, to the disk where the system has a way to say so.
  void write(std::string_view content, std::error_code& error) {
    std::FILE* const file = file_.get();
    const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size() &&
                         std::fflush(file) == 0 && synchronize(file);
    if (!written) error = last_error();
    if (std::fclose(file_.release()) != 0 && written) error = last_error();
  }

  /// Takes the place of `path`, of a file there too.
  void rename(const std::filesystem::path& path, std::error_code& error) {
    std::filesystem::rename(path_, path, error);
    if (!error) path_.clear();
  }

 private:
#if defined(_POSIX_VERSION)
  static std::FILE* create(const std::filesystem::path& path, std::filesystem::perms permissions) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<::mode_t>(permissions));
    if (file < 0) return nullptr;
    std::FILE* const stream = ::fdopen(file, "wb");
    if (stream == nullptr) {
      const int reason = errno;
      ::close(file);
      ::unlink(path.c_str());
      errno = reason;
    }
    return stream;
  }
  static bool synchronize(std::FILE* file) { return ::fsync(::fileno(file)) == 0; }
#else
  static std::FILE* create(const std::filesystem::path& path, std::filesystem::perms) {
    return std::fopen(path.string().c_str(), "wbx");
  }
  static bool synchronize(std::FILE*) { return true; }
#endif

  std::filesystem::path path_;
  OpenFile file_;
};

/// Has the names in a folder written to the disk. No error where that fails, as where the folder may not be read: the
/// names are right, only a loss of power may bring the old ones back.
inline void synchronize_folder([[maybe_unused]] const std::filesystem::path& folder) {
#if defined(_POSIX_VERSION)
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
#endif
}

/// Writes a new file, or another content to one that there is, through a file beside it that then gets its name: who
/// reads finds the old content or the new one, whole, and so does who writes at the same time. A symbolic link stays,
/// and what it leads to is written; permissions stay.
///
/// Throws FileError, with the path and the reason, and leaves an old file as it was, if that does not succeed, or if
/// `path` is a folder, a pipe, a device or anything else but a file.
inline void write_file(const std::filesystem::path& path, std::string_view content) {
  const auto fail = [&path](std::string_view reason) {
    raise(FileError(sentence(path.string(), ": cannot be written: ", reason)));
  };
  std::error_code error;
  const auto check = [&] {
    if (error) fail(error.message());
  };

  const auto old = std::filesystem::status(path, error);
  if (old.type() == std::filesystem::file_type::none) fail(error.message());
  const bool exists = std::filesystem::exists(old);
  if (exists && !std::filesystem::is_regular_file(old)) fail("it exists, and is not a regular file");

  std::filesystem::path target = path;
  while (std::filesystem::is_symlink(target, error)) {
    const auto next = std::filesystem::read_symlink(target, error);
    check();
    target = target.parent_path() / next;
  }
  const auto folder = target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");

  using std::filesystem::perms;
  constexpr auto usual = perms::owner_read | perms::owner_write | perms::group_read | perms::group_write |
                         perms::others_read | perms::others_write;  // less what the umask takes
  error.clear();
  UnfinishedFile file(folder, exists ? old.permissions() : usual, error);
  check();
  if (exists) std::filesystem::permissions(file.path(), old.permissions(), error);
  check();
  file.write(content, error);
  check();
  file.rename(target, error);
  check();
  synchronize_folder(folder);
}

}  // namespace rnnts::inline RNNTS_ABI::detail
