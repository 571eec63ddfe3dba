// What is read once cannot be a window and a label.
// expect: views::window needs a forward range:
#include <istream>
#include <rnnts/rnnts.hpp>

auto windows(std::istream& input) { return std::views::istream<float>(input) | rnnts::views::window(3); }
