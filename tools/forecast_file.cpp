#include "forecast_file.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "forecast_plan.hpp"
#include "json_text.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"

namespace tools {

using rnnts::detail::counted;
using rnnts::detail::sentence;

std::string notes_of(const DataOptions& data, const rnnts::SeriesTable& table, std::size_t of_calendar) {
  const std::string thousands(data.thousands == '\0' ? 0 : 1, data.thousands);
  return sentence(data.layout, "\n", data.id, "\n", data.time, "\n", data.target, "\n", data.fill, "\n", data.season,
                  "\n", table.step.seconds.count(), " ", table.step.months.count(), "\n", of_calendar, "\n",
                  data.resample, "\n", data.frequency, "\n", data.separator, "\n", data.decimal, "\n", thousands, "\n");
}

TrainingFile take_notes(DataOptions& data, const std::string& notes, const ModelOptions& model) {
  std::istringstream lines(notes);
  const auto take = [&](std::string& option) {
    std::string line;
    std::getline(lines, line);
    if (option.empty()) option = line;
  };
  std::string season, step, of_calendar;
  std::int64_t seconds = 0;
  int months = 0;
  take(data.layout);
  take(data.id);
  take(data.time);
  take(data.target);
  take(data.fill);
  take(season);
  take(step);
  take(of_calendar);
  std::string rule = std::exchange(data.resample, {});  // another one would make other numbers
  take(data.resample);
  if (!rule.empty() && !data.resample.empty() && rule != data.resample) {
    throw rnnts::ArgumentError(
        sentence("--resample: expected ", data.resample, ", as the model was trained with, found ", rule));
  }
  if (data.resample.empty()) data.resample = std::move(rule);
  take(data.frequency);
  TrainingFile file;
  std::string thousands;
  take(file.separator);
  take(file.decimal);
  take(thousands);
  if (!thousands.empty()) file.thousands = thousands[0];
  std::istringstream(step) >> seconds >> months;
  file.step = {.seconds = std::chrono::seconds(seconds), .months = std::chrono::months(months)};
  if (!data.season_given) data.season = std::strtoul(season.c_str(), nullptr, 10);
  data.season_given = true;
  const std::size_t count = std::strtoul(of_calendar.c_str(), nullptr, 10);
  data.calendar = count > 0;
  data.known.assign(model.known.begin(),
                    model.known.end() - static_cast<std::ptrdiff_t>(std::min(count, model.known.size())));
  data.past = model.past;
  data.fixed = model.fixed;
  return file;
}

bool is_forecast_file(const std::string& path) { return path.ends_with(".rnnts") && ForecastModel::is_in(path); }

void inspect_forecast_file(const std::string& path, bool as_json) {
  const auto [model, notes] = ForecastModel::load(path);
  const ModelOptions& m = model.options();
  DataOptions data;
  const TrainingFile file = take_notes(data, notes, m);
  const std::string step = data.time.empty() ? "" : file.step.text();
  const std::size_t own = data.known.size();  // those behind them are of the calendar
  const std::vector<std::string> calendar(m.known.begin() + static_cast<std::ptrdiff_t>(own), m.known.end());
  const char* const scale = m.scale == Scale::log            ? "logarithms; "
                            : m.scale == Scale::not_negative ? "never below 0; "
                                                             : "";
  const std::string data_path = scale + detail::text_of_window(m);
  if (as_json) {
    std::cout << json_text({{"file", path},
                            {"layout", data.layout},
                            {"id", data.id},
                            {"time", data.time},
                            {"target", data.target},
                            {"known", data.known},
                            {"past", data.past},
                            {"static", data.fixed},
                            {"calendar", calendar},
                            {"fill", data.fill},
                            {"resample", data.resample},
                            {"frequency", step},
                            {"season", data.season},
                            {"horizon", m.horizon},
                            {"look_back", m.look_back},
                            {"segment", m.segment},
                            {"data_path", data_path},
                            {"quantiles", m.levels},
                            {"members", m.members},
                            {"units", m.units},
                            {"layers", model.layers()},
                            {"weights", model.weights()}})
              << "\n";
    return;
  }
  Lines lines;
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) lines.emplace_back(name, text);
  };
  const auto list = [](const auto& all) {
    std::string text;
    for (const auto& one : all) text += sentence(text.empty() ? "" : ", ", one);
    return text;
  };
  add("layout", data.layout);
  add("names", data.id);
  add("time", data.time);
  add("target", data.target);
  add("known in advance", list(data.known));
  add("past only", list(data.past));
  add("static", list(data.fixed));
  add("calendar", list(calendar));
  add("missing values", data.fill);
  add("resampled", data.resample);
  if (!step.empty()) add("frequency", "a value every " + step);
  add("season",
      data.season == 0 ? "none" : sentence(data.season, " steps", m.season == 0 ? ", not looked at by the net" : ""));
  add("horizon", sentence(m.horizon, " steps"));
  add("look_back", sentence(m.look_back, " values, in segments of ", m.segment));
  add("data path", data_path);
  add("quantiles", list(m.levels));
  add("members", sentence(counted(m.members, "net", "nets whose mean is taken"), ", of ", model.weights(), " weights",
                          m.members == 1 ? "" : " each"));
  print("A forecaster", lines);
  for (const std::string& layer : model.layers()) std::cout << layer << "\n";
}

}  // namespace tools
