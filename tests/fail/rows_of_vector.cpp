// expect: views::rows adapts a tensor expression: this is none.
#include <rnnts/rnnts.hpp>

auto rows(std::vector<float>& series) { return rnnts::views::rows(series); }
