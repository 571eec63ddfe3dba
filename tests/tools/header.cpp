// The net of a header that the program has written gives what it gave there, and is told from another.
#include <concepts>

#include "gru.hpp"

static_assert(std::same_as<gru::Net, rnnts::BareSequential<float, rnnts::Input<2>, rnnts::GRU<2>, rnnts::Dense<1>>>);

int main() {
  const bool is_equal = gru::self_test(), is_compared = !gru::self_test(-1);
  return is_equal && is_compared ? 0 : 1;
}
