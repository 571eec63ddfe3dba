// The namespace of the library beside names of one's own.
#include <rnnts/rnnts.hpp>

#include "support/catch.hpp"

using namespace rnnts;

// What a program may well have itself, and what the library keeps to itself under these names.
struct Batch {};
struct Errors {};
struct Members {};
struct Backpropagation {};
struct FieldInfo {};
namespace simd {
inline constexpr int lanes = 4;
}
namespace blas {
enum class Left { yes };
}
inline constexpr int cache_line = 128;
inline double penalty(double x) { return x; }
inline double forward(double x) { return x; }
inline double add(double x, double y) { return x + y; }

TEST_CASE("names of one's own stand beside those of the library") {
  static_cast<void>(Batch{});
  static_cast<void>(Errors{});
  static_cast<void>(Members{});
  static_cast<void>(Backpropagation{});
  static_cast<void>(FieldInfo{});
  static_cast<void>(blas::Left::yes);
  CHECK(simd::lanes * cache_line == 512);
  CHECK(penalty(forward(add(1, 2))) == 3);
}
