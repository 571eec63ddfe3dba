#include "rnnts/core/parallel_for.hpp"

#include <atomic>
#include <cstddef>
#include <latch>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("each index is visited once, whatever the number of threads") {
  for (const std::size_t count : {0u, 1u, 2u, 7u, 100u}) {
    for (const std::size_t threads : {1u, 2u, 3u, 200u}) {
      std::vector<std::atomic<int>> visits(count);
      parallel_for(count, [&](std::size_t k) { ++visits[k]; }, threads);
      for (const auto& visit : visits) CHECK(visit == 1);
    }
  }
  std::vector<int> visits(50);
  parallel_for(50, [&](std::size_t k) { ++visits[k]; });  // as many threads as there are cores
  CHECK(visits == std::vector<int>(50, 1));
}

TEST_CASE("with one thread all happens in the caller, in order") {
  std::vector<std::size_t> order;
  std::set<std::thread::id> threads;
  parallel_for(
      5,
      [&](std::size_t k) {
        order.push_back(k);
        threads.insert(std::this_thread::get_id());
      },
      1);
  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4});
  CHECK(threads == std::set{std::this_thread::get_id()});
}

TEST_CASE("as many bodies run at once as there are threads, the caller's among them") {
  // Each waits until all three have begun.
  std::latch all_begun(3);
  std::vector<std::thread::id> threads(3);
  parallel_for(
      3,
      [&](std::size_t k) {
        threads[k] = std::this_thread::get_id();
        all_begun.arrive_and_wait();
      },
      3);
  const std::set<std::thread::id> different(threads.begin(), threads.end());
  CHECK(different.size() == 3);
  CHECK(different.contains(std::this_thread::get_id()));
}

TEST_CASE("what a body throws reaches the caller, and no other index is begun") {
  for (const std::size_t threads : {1u, 2u}) {
    std::atomic<int> begun = 0;
    const auto run = [&] {
      parallel_for(
          1000,
          [&](std::size_t k) {
            ++begun;
            throw std::runtime_error("index " + std::to_string(k));
          },
          threads);
    };
    CHECK_THROWS_AS(run(), std::runtime_error);
    CHECK(begun >= 1);
    CHECK(begun <= static_cast<int>(threads));  // each thread at most one
  }
}

TEST_CASE("of several exceptions the one of the lowest index is thrown, after all bodies have ended") {
  std::latch all_begun(4);
  std::atomic<int> ended = 0;
  const auto run = [&] {
    parallel_for(
        4,
        [&](std::size_t k) {
          all_begun.arrive_and_wait();
          ++ended;
          if (k > 0) throw std::runtime_error("index " + std::to_string(k));
        },
        4);
  };
  CHECK_THROWS_WITH(run(), "index 1");
  CHECK(ended == 4);
}

TEST_CASE("0 threads, and more than any machine has, are refused") {
  const auto nothing = [](std::size_t) {};
  CHECK_THROWS_AS(parallel_for(3, nothing, 0), ArgumentError);
  CHECK_THROWS_WITH(parallel_for(3, nothing, 0), "parallel_for: expected at least 1 thread, found 0");
  CHECK_THROWS_WITH(parallel_for(3, nothing, 4097), "parallel_for: expected at most 4096 threads, found 4097");
  CHECK(hardware_threads() >= 1);
}
