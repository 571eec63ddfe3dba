#include "rnnts/core/fields.hpp"

#include <array>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/tensor/tensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

struct Inner {
  Tensor<double, 2> a;
  Tensor<double, 0> none;
  Tensor<double, 1, 3> b;

  static constexpr auto fields() {
    return std::tuple{Field{"a", &Inner::a, ones}, Field{"none", &Inner::none}, Field{"b", &Inner::b}};
  }
};

struct Outer {
  Inner first, second;

  static constexpr auto fields() {
    return std::tuple{Field{"first", &Outer::first},
                      Field{"inner", [](auto& outer) -> auto& { return outer.second; }, zeros, Regularizer{}, 4}};
  }
};

}  // namespace

TEST_CASE("fields are visited in their order, with their whole names, nested ones too and empty ones not") {
  Outer outer;
  std::vector<std::string> names;
  detail::visit_fields(
      [&](const detail::FieldInfo& field, auto& tensor) {
        names.push_back(field.path());
        tensor.fill(static_cast<double>(names.size()));
      },
      outer);
  CHECK(names == std::vector<std::string>{"first.a", "first.b", "4.inner.a", "4.inner.b"});
  CHECK(outer.first.b(0, 2) == 2);
  CHECK(outer.second.a(1) == 3);
}

TEST_CASE("several structs are visited side by side, const or not") {
  Outer sum, one;
  const Outer zero;
  detail::visit_fields([](const detail::FieldInfo&, auto& tensor) { tensor.fill(1); }, one);
  detail::visit_fields(
      [](const detail::FieldInfo&, auto& total, const auto& a, const auto& b) {
        for (std::size_t i = 0; i < total.size(); ++i) total.data()[i] = a.data()[i] - b.data()[i];
      },
      sum, one, zero);
  CHECK(sum.second.b(0, 1) == 1);
}

TEST_CASE("a field knows its initializer") {
  Inner inner;
  std::vector<double> constants;
  detail::visit_fields([&](const detail::FieldInfo& field, auto&) { constants.push_back(field.initializer.a); }, inner);
  CHECK(constants == std::vector<double>{1, 0});
}

TEST_CASE("a field has its own name and the names of those that it is in") {
  const Outer outer;
  std::vector<std::string> names;
  detail::visit_fields(
      [&](const detail::FieldInfo& field, const auto&) {
        if (field.has_name("inner") && !field.has_name("b")) names.push_back(field.path());
        CHECK_FALSE(field.has_name("inner.a"));
        CHECK_FALSE(field.has_name(""));
      },
      outer);
  CHECK(names == std::vector<std::string>{"4.inner.a"});
}

TEST_CASE("visit_infos gives the same names to any function") {
  std::vector<std::string> names;
  detail::visit_infos<Outer>([&](const detail::FieldInfo& field) { names.push_back(field.path()); });
  CHECK(names == std::vector<std::string>{"first.a", "first.b", "4.inner.a", "4.inner.b"});
}

TEST_CASE("tensors gives the numbers of all fields in the order of the visit, empty ones left out") {
  Outer outer;
  double next = 0;
  for (const auto numbers : detail::tensors(outer)) {
    for (double& number : numbers) number = next++;
  }
  CHECK(outer.first.a(1) == 1);
  CHECK(outer.first.b(0, 2) == 4);
  CHECK(outer.second.b(0, 2) == 9);
  const auto view = detail::tensors(std::as_const(outer));
  STATIC_REQUIRE(std::is_same_v<decltype(view), const std::array<std::span<const double>, 4>>);
  CHECK(view[2].size() == 2);
  CHECK(view[3].data() == outer.second.b.data());
}

TEST_CASE("a struct without tensors has none to give") {
  struct Empty {
    static constexpr auto fields() { return std::tuple{}; }
  } empty;
  CHECK(detail::tensors(empty).empty());
}

namespace {

/// What has `parameters()` stands for these, as a model does.
struct Net {
  Inner weights;

  Inner& parameters() { return weights; }
  const Inner& parameters() const { return weights; }
};

struct Forecaster {
  Net net;
  Tensor<double, 2> scale;

  static constexpr auto fields() {
    return std::tuple{Field{"net", &Forecaster::net}, Field{"scale", &Forecaster::scale}};
  }
};

}  // namespace

TEST_CASE("a model among the fields stands for its weights") {
  Forecaster forecaster;
  std::string names;
  detail::visit_fields(
      [&](const detail::FieldInfo& field, auto& tensor) {
        names += field.path() + " ";
        tensor.fill(3);
      },
      forecaster);
  CHECK(names == "net.a net.b scale ");
  CHECK(forecaster.net.weights.b(0, 0) == 3);
  CHECK(detail::tensors(std::as_const(forecaster)).size() == 3);
}
