// Nothing is wrong here: it shows that the flags of these tests are right, and that a file that compiles is reported.
// expect: this is never said
#include <rnnts/core/version.hpp>
#include <rnnts/tensor/xtensor.hpp>

static_assert(RNNTS_VERSION_MAJOR >= 0);

int main() { return xt::xtensor<float, 1>{1.0f}(0) == 1.0f ? 0 : 1; }
