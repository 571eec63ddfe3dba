// expect: The sentence that stands behind others.
constexpr bool wrong = false;
static_assert(wrong, "1");
static_assert(wrong, "2");
static_assert(wrong, "3");
static_assert(wrong, "4");
static_assert(wrong, "5");
static_assert(wrong, "6");
static_assert(wrong, "7");
static_assert(wrong, "8");
static_assert(wrong, "9");
static_assert(wrong, "10");
static_assert(wrong, "The sentence that stands behind others.");
