// The loss of a golden case.
#pragma once

#include <string>

#include "golden/golden.hpp"

namespace golden {

/// The loss that the file describes, which must be of this type. Absent options have the library's defaults.
template <class L> L read_loss(Case& c, Report& report) {
  report.same("loss/type", c.text("loss/type"), std::string(L::name));
  L loss;
  if constexpr (requires { loss.delta; }) loss.delta = c.number("loss/delta", loss.delta);
  if constexpr (requires { loss.quantile; }) loss.quantile = c.number("loss/quantile", loss.quantile);
  if constexpr (requires { loss.from_logits; }) loss.from_logits = c.flag("loss/from_logits", loss.from_logits);
  return loss;
}

}  // namespace golden
