// expect: views::window has a LabelColumn, and the elements of this range are not rows.
#include <rnnts/rnnts.hpp>

auto windows(std::vector<float>& series) { return series | rnnts::views::window(3, rnnts::LabelColumn{1}); }
