// expect: A step of a DataPath is a ValueStep, a LagStep or a WindowStep
#include <rnnts/rnnts.hpp>

int main() { rnnts::DataPath path{12}; }
