#include "rnnts/core/file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "support/catch.hpp"
#include "support/unique_path.hpp"

using rnnts::FileError;
using rnnts::detail::InputFile;
using rnnts::detail::write_file;
using std::filesystem::perms;

namespace {

struct Folder {
  std::filesystem::path path = unique_path("rnnts_file_test");
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }

  std::filesystem::path operator/(std::string_view name) const { return path / name; }
  auto count() const { return std::distance(std::filesystem::directory_iterator(path), {}); }
};

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// While it lives, no file of this process gets longer than 1000 bytes.
struct SmallFiles {
  rlimit before{};
  void (*handler)(int) = std::signal(SIGXFSZ, SIG_IGN);
  SmallFiles() {
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{1000, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
  }
};

/// What was to be written to the disk, in this order, as "old file" or "new folder": what it is, and what `watched`
/// held at that time.
std::vector<std::string> synchronized;
std::filesystem::path watched;
bool disk_fails = false;

}  // namespace

// In place of the system's.
extern "C" int fsync(int descriptor) {
  if (watched.empty()) return 0;
  struct stat status{};
  REQUIRE(::fstat(descriptor, &status) == 0);
  synchronized.push_back(content(watched) + (S_ISDIR(status.st_mode) ? " folder" : " file"));
  errno = EIO;
  return disk_fails ? -1 : 0;
}

TEST_CASE("a file is written whole, in place of an old one") {
  const Folder folder;
  write_file(folder / "a.txt", "old and long");
  write_file(folder / "a.txt", "new\r\n");
  CHECK(content(folder / "a.txt") == "new\r\n");
  CHECK(folder.count() == 1);
}

TEST_CASE("a file in the current folder is written") {
  const Folder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path);
  write_file("a.txt", "x");
  std::filesystem::current_path(before);
  CHECK(content(folder / "a.txt") == "x");
}

TEST_CASE("a file with the longest name that the system takes is written") {
  const Folder folder;
  const std::string name(255, 'n');
  write_file(folder / name, "x");
  CHECK(content(folder / name) == "x");
}

TEST_CASE("a file that cannot be written is an error with the path and the reason, and leaves what was there") {
  const Folder folder;
  CHECK_THROWS_AS(write_file("/no/such/folder/a.txt", "x"), FileError);
  CHECK_THROWS_WITH(write_file("/no/such/folder/a.txt", "x"),
                    "/no/such/folder/a.txt: cannot be written: No such file or directory");
  write_file(folder / "a.txt", "old");
  std::string said;
  try {
    const SmallFiles limit;
    write_file(folder / "a.txt", std::string(2000, 'x'));
  } catch (const FileError& error) {
    said = error.what();
  }
  CHECK(said == (folder / "a.txt").string() + ": cannot be written: File too large");
  CHECK(content(folder / "a.txt") == "old");
  CHECK(folder.count() == 1);
}

TEST_CASE("a file is on the disk before it gets its name, and so is the name in the end") {
  const Folder folder;
  write_file(folder / "a.txt", "old");
  watched = folder / "a.txt";
  write_file(folder / "a.txt", "new");
  CHECK(synchronized == std::vector<std::string>{"old file", "new folder"});

  disk_fails = true;
  CHECK_THROWS_WITH(write_file(folder / "a.txt", "newer"),
                    watched.string() + ": cannot be written: " + std::generic_category().message(EIO));
  CHECK(content(watched) == "new");
  CHECK(folder.count() == 1);
  disk_fails = false;
  watched.clear();
}

TEST_CASE("what is not a regular file is not written to") {
  const Folder folder;
  const auto refused = [](const std::filesystem::path& path) {
    CHECK_THROWS_AS(write_file(path, "x"), FileError);
    CHECK_THROWS_WITH(write_file(path, "x"),
                      path.string() + ": cannot be written: it exists, and is not a regular file");
  };
  refused("/dev/null");
  std::filesystem::create_directories(folder / "folder" / "full");
  refused(folder / "folder");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  refused(folder / "pipe");
  std::filesystem::create_symlink("pipe", folder / "link");
  refused(folder / "link");
  CHECK(std::filesystem::is_fifo(folder / "pipe"));
  CHECK(std::filesystem::exists(folder / "folder" / "full"));
  CHECK(folder.count() == 3);
}

TEST_CASE("a symbolic link stays, and the file that it leads to is written") {
  const Folder folder;
  std::filesystem::create_directory(folder / "versions");
  write_file(folder / "versions" / "1.txt", "old");
  std::filesystem::create_symlink("versions/1.txt", folder / "current");
  std::filesystem::create_symlink(folder / "current", folder / "link");
  write_file(folder / "link", "new");
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(std::filesystem::is_symlink(folder / "current"));
  CHECK_FALSE(std::filesystem::is_symlink(folder / "versions" / "1.txt"));
  CHECK(content(folder / "versions" / "1.txt") == "new");

  std::filesystem::create_symlink("versions/2.txt", folder / "next");  // to a file that is to be made
  write_file(folder / "next", "first");
  CHECK(std::filesystem::is_symlink(folder / "next"));
  CHECK(content(folder / "versions" / "2.txt") == "first");

  std::filesystem::create_symlink("circle", folder / "circle");
  CHECK_THROWS_WITH(write_file(folder / "circle", "x"),
                    (folder / "circle").string() + ": cannot be written: " + std::generic_category().message(ELOOP));
}

TEST_CASE("the permissions of a file stay, whatever the umask, which a new file follows") {
  const Folder folder;
  const auto permissions = [&](const char* name) { return std::filesystem::status(folder / name).permissions(); };
  write_file(folder / "narrow", "old");
  write_file(folder / "wide", "old");
  std::filesystem::permissions(folder / "narrow", perms{0600});
  std::filesystem::permissions(folder / "wide", perms{0646});
  const auto umask = ::umask(027);
  write_file(folder / "narrow", "new");
  write_file(folder / "wide", "new");
  write_file(folder / "new", "new");
  ::umask(umask);
  CHECK(permissions("narrow") == perms{0600});
  CHECK(permissions("wide") == perms{0646});
  CHECK(permissions("new") == perms{0640});
  CHECK(content(folder / "wide") == "new");
}

TEST_CASE("a file of the name that an unfinished file would get is not touched") {
  const Folder folder;
  const std::vector<const char*> names{"a.txt.unfinished", ".rnnts_0.unfinished", ".rnnts_1.unfinished"};
  for (const char* name : names) std::ofstream(folder / name) << "the user's";
  write_file(folder / "a.txt", "x");
  CHECK(content(folder / "a.txt") == "x");
  for (const char* name : names) CHECK(content(folder / name) == "the user's");
  CHECK(folder.count() == 4);
}

TEST_CASE("processes that write one path do not meet: who reads finds a file that one of them wrote") {
  const Folder folder;
  const auto path = folder / "a.txt";
  const auto of = [](char letter) { return std::string(100'000, letter); };
  write_file(path, of('a'));
  std::vector<pid_t> writers;
  for (const char letter : {'b', 'c', 'd'}) {
    const auto id = ::fork();
    REQUIRE(id >= 0);
    if (id == 0) {
      int failed = 0;
      for (int i = 0; i < 50; ++i) {
        try {
          write_file(path, of(letter));
        } catch (const FileError&) {
          failed = 1;
        }
      }
      ::_exit(failed);
    }
    writers.push_back(id);
  }
  int damaged = 0;
  for (const auto id : writers) {
    int status = 0;
    while (::waitpid(id, &status, WNOHANG) == 0) {
      const std::string found = content(path);
      if (found.size() != 100'000 || std::ranges::any_of(found, [&](char c) { return c != found[0]; })) ++damaged;
    }
    CHECK(status == 0);
  }
  CHECK(damaged == 0);
  CHECK(folder.count() == 1);
}

TEST_CASE("a file is read as it is, as far as it is asked for") {
  const Folder folder;
  const std::string binary = std::string("\0\r\n\xff", 4) + std::string(10'000, 'x');
  write_file(folder / "a.bin", binary);
  InputFile file(folder / "a.bin");
  std::string text = "> ";
  file.read(text, 3);
  CHECK(text == std::string("> \0\r\n", 5));
  file.read(text, static_cast<std::size_t>(-1));
  CHECK(text == "> " + binary);
  file.read(text, 1);
  CHECK(text == "> " + binary);
}

TEST_CASE("a file that cannot be read is an error with the reason") {
  const Folder folder;
  const std::string path = folder / "a.bin";
  CHECK_THROWS_AS(InputFile(path), FileError);
  CHECK_THROWS_WITH(InputFile(path), path + ": cannot be opened: No such file or directory");
  InputFile file(folder.path);
  std::string text;
  CHECK_THROWS_WITH(file.read(text, 1), folder.path.string() + ": cannot be read: Is a directory");
}
