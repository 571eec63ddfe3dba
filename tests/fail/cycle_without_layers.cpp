// expect: Cycle has no layers: they follow its Period, as in Cycle<Period{24}, Dense<96>>.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<2>, rnnts::Cycle<rnnts::Period{}>> model;
