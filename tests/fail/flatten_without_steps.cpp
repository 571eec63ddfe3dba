// Flatten cannot know how long its output is.
// expect: Flatten needs to know the number of steps: write Input<features, steps>, as in Input<1, 20>, or Input<dynamic, dynamic> and Input(1, 20).
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Flatten, rnnts::Dense<1>> model;
