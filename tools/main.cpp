// The program rnnts. What it does is in a library where there are several, for different processors: see CMakeLists.txt.
#include "program.hpp"

int main(int count, char** values) { return tools::program(count, values); }
