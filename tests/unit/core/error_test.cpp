#include "rnnts/core/error.hpp"

#include "support/catch.hpp"

TEST_CASE("a sentence joins text and numbers, numbers in their shortest exact form") {
  CHECK(rnnts::detail::sentence("a", 1, ", ", 0.1, std::string(" b "), std::size_t{7}) == "a1, 0.1 b 7");
  CHECK(rnnts::detail::sentence(0.1f, " ", -2.5e-30, " ", 1.0 / 3) == "0.1 -2.5e-30 0.3333333333333333");
}

TEST_CASE("every exception is an Error, and that is a runtime_error") {
  CHECK_THROWS_AS(throw rnnts::ShapeError("x"), rnnts::Error);
  CHECK_THROWS_AS(throw rnnts::DataError("x"), rnnts::Error);
  CHECK_THROWS_AS(throw rnnts::ArgumentError("x"), rnnts::Error);
  CHECK_THROWS_AS(throw rnnts::FileError("x"), rnnts::Error);
  CHECK_THROWS_AS(throw rnnts::TrainingError("x", 3), std::runtime_error);
  CHECK(rnnts::TrainingError("x", 3).epoch == 3);
}

TEST_CASE("raise throws the error itself") {
  CHECK_THROWS_AS(rnnts::detail::raise(rnnts::ShapeError("x")), rnnts::ShapeError);
  CHECK_THROWS_WITH(rnnts::detail::raise(rnnts::ArgumentError("what is wrong")), "what is wrong");
}
