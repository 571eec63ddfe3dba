#include "rnnts/tensor/aligned.hpp"

#include <cstdint>

#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

bool begins_a_line(const void* memory) { return reinterpret_cast<std::uintptr_t>(memory) % detail::cache_line == 0; }

}  // namespace

TEST_CASE("vectors, large tensors and buffers begin where a cache line does, however they grow") {
  for (std::size_t size = 1; size < 2000; size += 97) {
    detail::AlignedVector<float> values(size, 1.5f);
    CHECK(begins_a_line(values.data()));
    const auto copy = values;
    CHECK(begins_a_line(copy.data()));
    CHECK(copy == values);
    SequenceBuffer<double, 3> buffer;
    CHECK(begins_a_line(buffer.resize(size, 2).data));
  }
  const Tensor<float, 200, 200> large;
  const Tensor<float, 4, 4> small;
  CHECK(begins_a_line(large.data()));
  CHECK(begins_a_line(small.data()));
}
