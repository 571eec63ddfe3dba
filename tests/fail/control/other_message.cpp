// Does not compile, but for another reason than the one that is expected.
// expect: a message about shapes
static_assert(sizeof(char) == 2, "a message about characters");
