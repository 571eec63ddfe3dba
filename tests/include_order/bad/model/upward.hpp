// Nothing may include io.
#include "rnnts/io/save.hpp"
