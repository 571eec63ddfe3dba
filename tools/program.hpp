// All of the program but main.
#pragma once

namespace tools {

/// Does what the arguments of main ask for, and returns the exit code.
[[gnu::visibility("default")]] int program(int count, char** values);

}  // namespace tools
