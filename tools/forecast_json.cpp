#include "forecast_json.hpp"

#include <optional>

namespace tools {

using nlohmann::json;

json json_of(const Lines& lines) {
  json object = json::object();
  for (const auto& [name, text] : lines) object[name] = text;
  return object;
}

json json_of(const Judged& judged, const std::vector<double>& levels) {
  json all = json::object();
  for (const auto& [name, errors, p_value] : methods(judged.result)) {
    const auto& e = errors->together;
    const auto number = [](const std::optional<double>& value) { return value ? json(*value) : json(); };
    all[name] = {{"mae", e.mae},     {"rmse", e.rmse},         {"mape", number(e.mape)},
                 {"smape", e.smape}, {"mase", number(e.mase)}, {"rmsse", number(e.rmsse)}};
  }
  return {{"windows", judged.result.windows},
          {"horizon", judged.result.horizon},
          {"methods", all},
          {"levels", levels},
          {"share_below", judged.below},
          {"not_calibrated", judged.not_moved},
          {"verdict", in_short(judged.result)}};
}

json json_of(const Searched& searched) {
  const rnnts::SearchResult& result = searched.result;
  const bool has_failed = !result.trials.empty() && !result.has_best();
  const auto number = [](const std::optional<double>& value) { return value ? json(*value) : json(); };
  return {{"trials", result.trials.size()},
          {"error", result.has_best() ? json(*result.best().error) : json()},
          {"failure", has_failed ? json(result.trials[0].failure) : json()},
          {"usual_error", result.usual ? number(result.usual->error) : json()},
          {"standard_errors_ahead", result.has_best() ? number(result.standard_errors_ahead()) : json()},
          {"cases", result.has_best() ? json(result.best().cases.size()) : json()},
          {"better", searched.is_better},
          {"interrupted", searched.is_interrupted}};
}

}  // namespace tools
