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

/// The plan's options with a net of this kind. Weights that all steps share take larger steps to learn from few
/// windows.
ModelOptions with_net(const ForecastPlan& plan, const rnnts::SeriesTable& table, NetKind net) {
  ModelOptions m = plan.model;
  m.net = net;
  m.segment = detail::usual_segment(m);
  if (net == NetKind::horizon && detail::trained_windows(table, plan.held_out, m) < detail::few_windows) {
    m.learning_rate = 1e-2;
  }
  return m;
}

}  // namespace

void choose_net(ForecastPlan& plan, rnnts::SeriesTable& table, ForecastArguments& asked) {
  using rnnts::detail::rounded;
  using rnnts::detail::sentence;
  ModelOptions& m = plan.model;
  if (m.known.empty()) {
    if (asked.net != "horizon") return;
    throw rnnts::ArgumentError(
        "--net horizon is for columns that are known in advance: name them by --known, or make "
        "some by --calendar");
  }
  const std::string looked_at = m.season > 0 ? "looked at, and their changes from the last season" : "looked at";
  const auto say = [&](const std::string& of_net, const std::string& of_columns) {
    plan.say("segment", sentence(m.segment, ": values that the net reads at once"));
    plan.say("net", sentence(detail::net_text(m), of_net));
    plan.say("columns known in advance", of_columns);
    if (m.net == NetKind::horizon) plan.say("learning rate", rounded(m.learning_rate, 3));
  };
  if (!asked.net.empty() || plan.validation.count == 0) {
    m = with_net(plan, table, asked.net == "horizon" ? NetKind::horizon : NetKind::forecast);
    const char* const why =
        asked.net.empty() ? ": as no part before the held-out one is left to try others on" : ": as given";
    say(why, looked_at);
    return;
  }
  require_values_before(table, asked.data.file, plan.validation, m.horizon, m.look_back, plan.held_out);
  const auto known = without_last(table, plan.held_out), training = without_last(table, plan.kept_back());
  const auto error_of = [&](const ModelOptions& tried) {
    ForecastModel model(tried);
    model.fit(training);
    return errors_of_last(model, known, plan.validation, plan.season).error;
  };
  ModelOptions without = m;
  without.known.clear();
  const ModelOptions apart = with_net(plan, table, NetKind::forecast), shared = with_net(plan, table, NetKind::horizon);
  const double of_apart = error_of(apart), of_shared = error_of(shared), of_none = error_of(without);
  const double with_columns = std::min(of_apart, of_shared);
  const std::string errors = sentence("the error on the windows before the held-out part is ");
  if (of_none < with_columns) {
    m = without;
    asked.data.known.clear();
    asked.data.calendar = false;
    table.known.clear();
    say("", sentence("left out: ", errors, rounded(of_none), " without them, ", rounded(with_columns), " with them"));
    return;
  }
  m = of_shared < of_apart ? shared : apart;
  say(sentence(": ", errors, rounded(with_columns), ", that of the other net ", rounded(std::max(of_apart, of_shared))),
      sentence(looked_at, ": ", errors, rounded(with_columns), ", without them ", rounded(of_none)));
}

}  // namespace tools
