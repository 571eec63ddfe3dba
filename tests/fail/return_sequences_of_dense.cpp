// expect: ReturnSequences takes a recurrent layer, as LSTM<8>.
#include <rnnts/rnnts.hpp>

using Sequences = rnnts::ReturnSequences<rnnts::Dense<2>>;

int main() { return sizeof(Sequences); }
