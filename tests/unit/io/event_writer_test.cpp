#include "rnnts/io/event_writer.hpp"

#include <string>

#include "support/catch.hpp"
#include "unit/io/folder.hpp"

using namespace rnnts;
using namespace std::string_literals;

// The bytes were computed by a program in another language, with the checksum bit by bit.

TEST_CASE("a record is its size and its data, each with a masked checksum") {
  CHECK(detail::tf_record("abc") ==
        "\x03\0\0\0\0\0\0\0\xb0\x99\x49\x0e"
        "abc\x6e\x57\xf1\x21"s);
  CHECK(detail::tf_record(detail::version_event(1.5)) ==
        "\x18\0\0\0\0\0\0\0\xa3\x7f\x4b\x22"
        "\x09\0\0\0\0\0\0\xf8\x3f\x1a\x0d"
        "brain.Event:2"
        "\x2a\x28\x64\x6c"s);
}

TEST_CASE("an event holds time, step, tag and value") {
  CHECK(detail::scalar_event(1.5, 3, "epoch_loss", 0.25f) ==
        "\x09\0\0\0\0\0\0\xf8\x3f\x10\x03\x2a\x13\x0a\x11\x0a\x0a"
        "epoch_loss"
        "\x15\0\0\x80\x3e"s);
  CHECK(detail::scalar_event(1.5, 300, "epoch_loss", 0.25f) ==
        "\x09\0\0\0\0\0\0\xf8\x3f\x10\xac\x02\x2a\x13\x0a\x11\x0a\x0a"
        "epoch_loss"
        "\x15\0\0\x80\x3e"s);
}

TEST_CASE("integers take seven bits per byte") {
  using detail::ProtobufMessage;
  CHECK(ProtobufMessage().integer(1, 0).bytes() == "\x08\0"s);
  CHECK(ProtobufMessage().integer(1, 127).bytes() == "\x08\x7f");
  CHECK(ProtobufMessage().integer(1, 128).bytes() == "\x08\x80\x01");
  CHECK(ProtobufMessage().integer(1, ~std::uint64_t{0}).bytes() == "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  CHECK(ProtobufMessage().bytes(1, std::string(200, 'x')).bytes() == "\x0a\xc8\x01" + std::string(200, 'x'));
}

TEST_CASE("a writer makes its folder, and a file of its own that can be read after each flush") {
  const Folder folder("rnnts_event_writer_test");
  EventWriter writer(folder.path / "a" / "b"), other(folder.path / "a" / "b");
  CHECK(files_in(folder.path / "a" / "b").size() == 2);
  CHECK_THAT(writer.path().filename().string(), StartsWith("events.out.tfevents."));
  const std::size_t record_ends = 16, version = record_ends + 24;
  CHECK(content_of(writer.path()).size() == version);
  CHECK_THAT(content_of(writer.path()), ContainsSubstring("brain.Event:2"));

  writer.scalar("epoch_loss", 1, 0.5);
  writer.flush();
  const std::string written = content_of(writer.path());
  CHECK(written.size() == version + record_ends + 32);
  CHECK(written.substr(written.size() - 4 - 19, 19) ==
        "\x0a\x11\x0a\x0a"
        "epoch_loss"
        "\x15\0\0\0\x3f"s);
  CHECK(content_of(other.path()).size() == version);
}

TEST_CASE("a folder that cannot be made is an error") {
  const Folder folder("rnnts_event_writer_test_errors");
  std::ofstream(folder / "file") << "in the way";
  try {
    EventWriter writer(folder / "file");
    FAIL("no error");
  } catch (const FileError& error) {
    CHECK_THAT(error.what(), StartsWith(folder / "file/events.out.tfevents."));
    CHECK_THAT(error.what(), EndsWith(": the file could not be written"));
  }
}
