// expect: Embedding has no table: it needs at least 1 row and 1 column, as Embedding<414, 8>.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Embedding<0, 8>> model;
