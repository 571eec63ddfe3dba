// A violation with blanks in the directive, and one without the whole path.
#  include  <rnnts/model/fit.hpp>
#include "window.hpp"
