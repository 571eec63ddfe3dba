// The library of processors.cpp: once for each of some processors.
#include "processor.hpp"
#include "program.hpp"

#include <cstdio>

int tools::program(int, char**) { return std::puts(processor.data()) < 0; }
