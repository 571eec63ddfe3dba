// Without SSE all arithmetic is that of the x87, as with -m32 alone, which needs another standard library.
// flags: -mno-sse
// expect: rnnts needs float and double in their own precision: x87 arithmetic makes tanh wrong by 0.17.
#include <rnnts/rnnts.hpp>
