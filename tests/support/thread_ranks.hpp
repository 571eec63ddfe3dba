// Ranks that are threads of one process, to test without others what several processes do.
#pragma once

#include <barrier>
#include <cstddef>
#include <exception>
#include <functional>
#include <span>
#include <thread>
#include <vector>

#include "rnnts/model/ranks.hpp"

/// What they share.
struct SharedSums {
  explicit SharedSums(std::size_t size) : all(size), barrier(static_cast<std::ptrdiff_t>(size)) {}

  std::vector<std::vector<double>> all;  ///< the numbers of each rank
  std::barrier<> barrier;
};

class ThreadRanks final : public rnnts::Ranks {
 public:
  ThreadRanks(SharedSums& shared, std::size_t rank) : shared_(shared), rank_(rank) {}

  std::size_t size() const override { return shared_.all.size(); }
  std::size_t rank() const override { return rank_; }
  void sum(std::span<float> numbers) override { sum_in_order(numbers); }
  void sum(std::span<double> numbers) override { sum_in_order(numbers); }

  std::size_t sums = 0;  ///< how many there were

 private:
  template <class N> void sum_in_order(std::span<N> numbers) {
    ++sums;
    shared_.all[rank_].assign(numbers.begin(), numbers.end());
    shared_.barrier.arrive_and_wait();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      N total = 0;
      for (const auto& one : shared_.all) total += static_cast<N>(one.at(i));
      numbers[i] = total;
    }
    shared_.barrier.arrive_and_wait();
  }

  SharedSums& shared_;
  std::size_t rank_;
};

/// Calls `work(ranks)` on each of so many, and returns what has been thrown on each.
inline std::vector<std::exception_ptr> on_ranks(std::size_t size, const std::function<void(ThreadRanks&)>& work) {
  SharedSums shared(size);
  std::vector<std::exception_ptr> failures(size);
  {
    std::vector<std::jthread> threads;
    for (std::size_t rank = 0; rank < size; ++rank) {
      threads.emplace_back([&, rank] {
        ThreadRanks ranks(shared, rank);
        try {
          work(ranks);
        } catch (...) {
          failures[rank] = std::current_exception();
        }
      });
    }
  }
  return failures;
}
