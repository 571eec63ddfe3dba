#include "choose_net.hpp"

#include <algorithm>
#include <string>

#include "forecast_data.hpp"
#include "forecast_model.hpp"
#include "forecast_search.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"

namespace tools {
namespace {

ModelOptions with_net(ModelOptions m, NetKind net) {
  m.net = net;
  m.segment = detail::usual_segment(m);
  return m;
}

}  // namespace

void choose_net(ForecastPlan& plan, const rnnts::SeriesTable& table, const ForecastArguments& asked) {
  using rnnts::detail::rounded;
  using rnnts::detail::sentence;
  const bool is_known = !plan.model.known.empty();
  if (asked.net == "horizon" && !is_known) {
    throw rnnts::ArgumentError(
        "--net horizon is for columns that are known in advance: name them by --known, or make "
        "some by --calendar");
  }
  std::string why = "as given";
  NetKind net = asked.net == "horizon" ? NetKind::horizon : NetKind::forecast;
  if (asked.net.empty()) {
    if (!is_known) return;
    if (plan.validation.count == 0) {
      why = "as no part before the held-out one is left to try the other net on";
    } else {
      const auto known = without_last(table, plan.held_out), training = without_last(table, plan.kept_back());
      const auto error_of = [&](NetKind tried) {
        ForecastModel model(with_net(plan.model, tried));
        model.fit(training);
        return errors_of_last(model, known, plan.validation, plan.season).error;
      };
      const double apart = error_of(NetKind::forecast), shared = error_of(NetKind::horizon);
      if (shared < apart) net = NetKind::horizon;
      why = sentence("its error on the windows before the held-out part is ", rounded(std::min(apart, shared)),
                     ", that of the other net ", rounded(std::max(apart, shared)));
    }
  }
  plan.model = with_net(plan.model, net);
  plan.say("segment", sentence(plan.model.segment, ": values that the net reads at once"));
  plan.say("net", sentence(detail::net_text(plan.model), ": ", why));
}

}  // namespace tools
