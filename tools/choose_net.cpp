#include "choose_net.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

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

constexpr std::size_t most_tried = 8;  // columns: each takes a training

/// The names of a column each, of which the first are the user's, and together of those of the calendar behind them.
std::vector<std::vector<std::string>> groups_of(const std::vector<std::string>& names, std::size_t of_user) {
  std::vector<std::vector<std::string>> groups;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (k <= of_user) groups.emplace_back();
    groups.back().push_back(names[k]);
  }
  return groups;
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
  ModelOptions with = of_shared < of_apart ? shared : apart;
  const double of_all = std::min(of_apart, of_shared);
  double of_rest = of_all;
  std::string left_out;
  const auto groups = groups_of(m.known, asked.data.known.size());
  const bool is_few = groups.size() <= most_tried;
  for (std::size_t g = 0; is_few && g < groups.size() && groups[g].size() < with.known.size(); ++g) {
    const auto& names = groups[g];
    ModelOptions tried = with;
    for (const std::string& name : names) std::erase(tried.known, name);
    const double error = error_of(tried);
    if (error >= of_rest) continue;
    left_out += sentence("; left out ", list_of(names, names.size()), ": ", rounded(error), " without, ",
                         rounded(of_rest), " with");
    with = tried;
    of_rest = error;
  }
  const std::string errors = sentence("the error on the windows before the held-out part is ");
  const bool is_better = of_rest <= of_none;
  m = is_better ? with : without;
  const auto is_out = [&](const std::string& name) { return std::ranges::find(m.known, name) == m.known.end(); };
  std::erase_if(asked.data.known, is_out);
  std::erase_if(table.known, [&](const auto& column) { return is_out(column.first); });
  asked.data.calendar = m.known.size() > asked.data.known.size();
  if (!is_better) {
    say("", sentence("left out: ", errors, rounded(of_none), " without them, ", rounded(of_rest), " with them"));
    return;
  }
  say(sentence(": ", errors, rounded(of_all), ", that of the other net ", rounded(std::max(of_apart, of_shared))),
      sentence(looked_at, ": ", errors, rounded(of_all), ", without them ", rounded(of_none), left_out));
}

}  // namespace tools
