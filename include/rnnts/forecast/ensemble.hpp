// Ensemble: several nets of the same sizes as one that is saved.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <tuple>
#include <vector>

#include "rnnts/core/fields.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A net, and the weights of further ones.
template <Model Net> class Ensemble {
  using T = typename Net::scalar;

 public:
  Ensemble(const Net& first, std::size_t members) : first_(first) {
    others_.resize(members - 1, first_.parameter_count());
  }

  std::size_t size() const { return others_.extents()[0] + 1; }
  const Net& first() const { return first_; }

  /// Member k, a copy.
  Net member(std::size_t k) const {
    Net net = first_;
    if (k == 0) return net;
    const T* next = others_.data() + (k - 1) * others_.extents()[1];
    for (const auto numbers : tensors<T>(net.parameters())) {
      std::copy_n(next, numbers.size(), numbers.begin());
      next += numbers.size();
    }
    return net;
  }

  /// Takes the weights of as many nets.
  void set(const std::vector<Net>& nets) {
    first_ = nets[0];
    T* next = others_.data();
    for (std::size_t k = 1; k < nets.size(); ++k) {
      for (const auto numbers : tensors<T>(nets[k].parameters())) next = std::ranges::copy(numbers, next).out;
    }
  }

  static constexpr auto fields() {
    return std::tuple{Field{"first", &Ensemble::first_}, Field{"others", &Ensemble::others_}};
  }

 private:
  Net first_;
  Tensor<T, dynamic, dynamic> others_;  ///< a row for each
};

}  // namespace rnnts::inline RNNTS_ABI::detail
