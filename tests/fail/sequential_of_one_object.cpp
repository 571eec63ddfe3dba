// The compilers' own words: nothing of the library can be asked where a type is expected and a value found.
// expect: a type
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Dense<1>{}> model;
