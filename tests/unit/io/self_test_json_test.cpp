#include "rnnts/io/self_test_json.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// What reading such a text says; nothing if it succeeds.
std::string said(std::string_view text) {
  try {
    static_cast<void>(detail::self_test_of_json<float>("file", text));
    return "";
  } catch (const FileError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("a self-test is JSON, and is read as it was written") {
  const detail::SelfTest<float> test{{2, 3}, {1, 1}, {0.5f, -1, 1e-30f, 0, 0.1f, 3e38f}, {0.25f}};
  const std::string text = detail::self_test_json(test);
  CHECK(text == R"({"input":[[0.5,-1,1e-30],[0,0.1,3e+38]],"output":[[0.25]]})");
  const auto again = detail::self_test_of_json<float>("file", text);
  CHECK(again.input_shape == test.input_shape);
  CHECK(again.output_shape == test.output_shape);
  CHECK(again.input == test.input);
  CHECK(again.output == test.output);

  const auto other_order =
      detail::self_test_of_json<double>("file", "{ \"output\": [[1], [2]],\n\"input\" :[ [ 3 ] ]}\n");
  CHECK(other_order.output == std::vector<double>{1, 2});
  CHECK(other_order.input == std::vector<double>{3});
}

TEST_CASE("what is no self-test is refused") {
  for (const std::string_view other : {"",
                                       "{",
                                       "[]",
                                       "{}",
                                       R"({"input": [[1, 2]]})",
                                       R"({"input": [[1, 2]], "outputs": [[1]]})",
                                       R"({"input": [], "output": [[1]]})",
                                       R"({"input": [[]], "output": [[1]]})",
                                       R"({"input": [[1, 2], [1]], "output": [[1]]})",
                                       R"({"input": [[1, 2], [1, 2, 3]], "output": [[1]]})",
                                       R"({"input": [[1, "2"]], "output": [[1]]})",
                                       R"({"input": 1, "output": 2})",
                                       R"({"input": [[1]], "input": [[1]]})",
                                       R"({"input": [[1]], "output": [[1]]} more)",
                                       R"({"input": [[1]], "output": [[1]], "more": [[1]]})",
                                       R"({"input": [[[1]]], "output": [[1]]})",
                                       R"({"input": [[1]], "output": [[1e39]]})",
                                       R"({"input": [[1]], "output": [[inf]]})",
                                       R"({"input": [[nan]], "output": [[1]]})",
                                       R"({"input": [[1,]], "output": [[1]]})"}) {
    INFO(other);
    CHECK(said(other) ==
          "file: self-test: expected {\"input\": […], \"output\": […]} with rows of as many numbers, found something "
          "else");
  }
  CHECK(said(std::string((1 << 20) + 1, ' ')) == "file: self-test: expected at most 1048576 bytes, found 1048577");
  detail::SelfTest<float> longest{{1 << 19, 1}, {1, 1}, std::vector<float>(1 << 19), {0}};
  CHECK_THROWS_AS(detail::self_test_json(longest), ArgumentError);
}

TEST_CASE("no model passes a self-test whose output is not finite") {
  const Sequential<float, Input<1>, Dense<1>> model{seed(1)};
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK_THROWS_AS(detail::check_self_test("file", model, detail::SelfTest<float>{{1, 1}, {1, 1}, {1}, {infinity}}),
                  FileError);
}
