// expect: A step of a DataPath is a ValueStep, a LagStep or a WindowStep
#include <rnnts/forecasting.hpp>
#include <rnnts/rnnts.hpp>

int main() { rnnts::DataPath path{12}; }
