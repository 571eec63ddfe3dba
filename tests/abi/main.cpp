// Parts of a program that are compiled differently work side by side, since each has types and functions of its own.
#include <cmath>
#include <cstdio>
#include <initializer_list>

double with_default_flags();
double for_this_processor();
double without_xsimd();

int main() {
  const double expected = with_default_flags();
  for (const double found : {for_this_processor(), without_xsimd()}) {
    if (std::abs(found - expected) < 1e-4) continue;
    std::printf("expected %.8f, found %.8f\n", expected, found);
    return 1;
  }
}
