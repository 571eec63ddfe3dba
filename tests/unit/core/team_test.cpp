#include "rnnts/core/team.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using rnnts::detail::Team;

TEST_CASE("every thread does its part in every round, and always the same one") {
  for (const std::size_t size : {1u, 2u, 5u}) {
    Team team(size);
    CHECK(team.size() == size);
    std::vector<std::thread::id> first(size), now(size);
    std::vector<int> rounds(size);
    team.run([&](std::size_t k) { first[k] = std::this_thread::get_id(); });
    for (int round = 0; round < 1000; ++round) {
      team.run([&](std::size_t k) {
        now[k] = std::this_thread::get_id();
        ++rounds[k];
      });
      REQUIRE(now == first);
    }
    CHECK(rounds == std::vector<int>(size, 1000));
    CHECK(first[0] == std::this_thread::get_id());
    for (std::size_t k = 1; k < size; ++k) CHECK(first[k] != first[k - 1]);
  }
}

TEST_CASE("all parts run at the same time") {
  Team team(4);
  std::atomic<int> begun = 0;
  std::vector<int> saw_all(4);
  team.run([&](std::size_t k) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    ++begun;
    while (begun != 4 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    saw_all[k] = begun == 4 ? 1 : 0;
  });
  CHECK(saw_all == std::vector<int>(4, 1));
}

TEST_CASE("a team that slept goes on") {
  Team team(3);
  std::vector<int> done(3);
  for (int round = 0; round < 3; ++round) {
    team.run([&](std::size_t k) {
      if (k == 1) std::this_thread::sleep_for(std::chrono::milliseconds(20));  // so that the caller sleeps too
      ++done[k];
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(done == std::vector<int>{3, 3, 3});
}

TEST_CASE("what a part throws reaches the caller once all have ended, and the team still works") {
  Team team(3);
  std::vector<int> ended(3);
  const auto fail_from = [&](std::size_t lowest) {
    team.run([&](std::size_t k) {
      ++ended[k];
      if (k >= lowest) throw std::runtime_error("part " + std::to_string(k));
    });
  };
  CHECK_THROWS_WITH(fail_from(1), "part 1");
  CHECK_THROWS_WITH(fail_from(0), "part 0");
  CHECK_THROWS_WITH(fail_from(2), "part 2");
  CHECK_NOTHROW(fail_from(3));
  CHECK(ended == std::vector<int>{4, 4, 4});
}

TEST_CASE("a team that never had work ends") {
  const Team team(4);
  CHECK(team.size() == 4);
}
