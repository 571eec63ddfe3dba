// Does not compile, but does not say what to expect: such a test would pass for any reason.
static_assert(sizeof(char) == 2, "a message about characters");
