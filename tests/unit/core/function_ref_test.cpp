#include "rnnts/core/function_ref.hpp"

#include <memory>
#include <utility>

#include "support/catch.hpp"

using namespace rnnts;
using detail::FunctionRef;

namespace {

int twice(FunctionRef<int(int)> function) { return function(function(1)); }

int add_two(int x) { return x + 2; }

}  // namespace

TEST_CASE("a reference to a function calls the very object, whether it may change or not") {
  int calls = 0;
  auto counting = [&, state = 0](int x) mutable {
    ++calls;
    state += x;
    return state;
  };
  CHECK(twice(counting) == 2);
  CHECK(twice(counting) == 6);  // the state goes on
  CHECK(calls == 4);
  const auto constant = [](int x) { return 10 * x; };
  CHECK(twice(constant) == 100);
  CHECK(twice(&add_two) == 5);
}

TEST_CASE("a result that nobody asked for is dropped") {
  int calls = 0;
  const auto counting = [&] { return ++calls; };
  const FunctionRef<void()> reference = counting;
  reference();
  CHECK(calls == 1);
}

TEST_CASE("arguments are passed on as they are, also those that can only be moved") {
  const auto take = [](std::unique_ptr<int> number, int& out) { out = *number; };
  const FunctionRef<void(std::unique_ptr<int>, int&)> reference = take;
  int out = 0;
  const auto copy = reference;
  copy(std::make_unique<int>(5), out);
  CHECK(out == 5);
}
