#include "rnnts/model/for_each_batch.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// Batches of 2, 1, 2, 1, … windows of one step, whose numbers are those of the windows, until it throws or ends.
class Counting final : public detail::BatchSource<double, 1, 0> {
 public:
  explicit Counting(std::size_t batches, std::size_t bad = 1000) : batches_(batches), bad_(bad) {}

  void begin(Random*) override {}

  const detail::Batch<double, 1, 0>* next() override {
    if (done_ == bad_) throw std::runtime_error("source " + std::to_string(done_));
    if (done_ == batches_) return nullptr;
    const std::size_t count = ++done_ % 2 + 1;
    const auto x = x_.resize(1, count, {}, lengths_);
    for (std::size_t b = 0; b < count; ++b) x[0][b][0] = static_cast<double>(first_ + b);
    batch_ = {.x = x, .y = {}, .count = count, .first = first_};
    first_ += count;
    return &batch_;
  }

 private:
  std::size_t batches_, bad_, done_ = 0, first_ = 0;
  std::size_t lengths_[2] = {1, 1};
  SequenceBuffer<double, 1> x_;
  detail::Batch<double, 1, 0> batch_;
};

}  // namespace

TEST_CASE("each batch is visited once, with its windows, lengths and number, whatever the number of threads") {
  for (const std::size_t threads : {1U, 2U, 5U, 50U}) {
    Counting source(40);
    std::vector<int> visits(60, 0);
    detail::for_each_batch(source, threads, [&](std::size_t thread, auto x, std::size_t first) {
      if (thread >= threads) throw std::logic_error("thread");
      for (std::size_t b = 0; b < x.batch; ++b) {
        if (x[0][b][0] == static_cast<double>(first + b) && x.length(b) == 1) ++visits[first + b];
      }
    });
    CHECK(std::ranges::count(visits, 1) == 60);
  }
}

TEST_CASE("what is thrown for the first of several bad batches is thrown to the caller") {
  const auto fail_from = [](std::size_t from) {
    return [=](std::size_t, auto, std::size_t first) {
      if (first >= from) throw std::runtime_error("work " + std::to_string(first));
    };
  };
  for (int repeat = 0; repeat < 20; ++repeat) {
    for (const std::size_t threads : {1U, 4U}) {
      Counting fails_late(40, 20), fails_early(40, 4);
      CHECK_THROWS_WITH(detail::for_each_batch(fails_late, threads, fail_from(3)), "work 3");
      CHECK_THROWS_WITH(detail::for_each_batch(fails_early, threads, fail_from(30)), "source 4");
    }
  }
}
