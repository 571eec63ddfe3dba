// Runs all registered cases, and checks that no file of cases/ is left out.

#include "golden/golden.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <stdexcept>
#include <utility>

#include "support/catch.hpp"

namespace golden {
namespace {

const std::filesystem::path folder = std::filesystem::path(RNNTS_GOLDEN_DIR) / "cases";

using nlohmann::json;

std::size_t size_of(const std::vector<std::size_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

bool is_tensor(const json& value) {
  return value.is_object() && value.size() == 2 && value.contains("shape") && value.contains("data");
}

Array read_tensor(const std::string& path, const json& value) {
  Array array{value["shape"].get<std::vector<std::size_t>>(), value["data"].get<std::vector<double>>()};
  if (array.data.size() != size_of(array.shape)) {
    throw std::runtime_error(path + " has another number of values than its shape says");
  }
  return array;
}

bool is_list_of_numbers(const json& value) {
  return value.is_array() && std::ranges::all_of(value, [](const json& v) { return v.is_number(); });
}

/// Calls `visit(path, value)` for each leaf.
void flatten(const std::string& path, const json& value, const auto& visit) {
  const auto below = [&](const std::string& key) { return path.empty() ? key : path + "/" + key; };
  if (is_tensor(value)) {
    visit(path, read_tensor(path, value));
  } else if (is_list_of_numbers(value)) {
    visit(path, Array{{value.size()}, value.get<std::vector<double>>()});
  } else if (value.is_object()) {
    for (const auto& [key, member] : value.items()) flatten(below(key), member, visit);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) flatten(below(std::to_string(i)), value[i], visit);
  } else if (value.is_boolean()) {
    visit(path, value.get<bool>());
  } else if (value.is_number()) {
    visit(path, value.get<double>());
  } else if (value.is_string()) {
    visit(path, value.get<std::string>());
  } else {
    throw std::runtime_error(path + " is neither a number, a text, true nor false");
  }
}

std::string text_of(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

std::string text_of(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const auto extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return "(" + text + ")";
}

/// "0.simple_rnn.kernel" to "0.kernel": without the kind of the layer.
std::string name_in_file(const std::string& name) {
  const std::size_t kind = name.find('.');
  return name.substr(0, kind) + name.substr(name.find('.', kind + 1));
}

/// All arrays below `path`, in any depth, by names that begin with `name`: "forward/kernel" is "….forward.kernel".
void read_weights(Case& c, const std::string& path, const std::string& name, Weights& weights) {
  if (c.has(path)) {
    weights[name] = c.array(path);
  } else {
    for (const auto& below : c.names(path)) read_weights(c, path + "/" + below, name + "." + below, weights);
  }
}

void check_option(Case& c, Report& report, const std::string& path, const Option& option) {
  if (const bool* flag = std::get_if<bool>(&option.in_model)) {
    report.same(path, c.flag(path, std::get<bool>(option.by_default)), *flag);
  } else if (const double* number = std::get_if<double>(&option.in_model)) {
    report.same(path, text_of(c.number(path, std::get<double>(option.by_default))), text_of(*number));
  } else {
    const auto text = [](const Option::Value& value) { return std::string(std::get<std::string_view>(value)); };
    report.same(path, c.text(path, text(option.by_default)), text(option.in_model));
  }
}

/// The type and the options at `path` must be those of the layer. Where nothing is said about the bias, there is one if
/// there is one among the weights.
void check_layer(Case& c, Report& report, const std::string& path, const std::string& weights,
                 const LayerDescription& layer) {
  const auto check = [&](const std::string& option, const auto& in_file, const auto& in_model) {
    report.same(path + "/" + option, in_file, in_model);
  };
  check("type", c.text(path + "/type"), std::string(layer.type));
  for (const Option& option : layer.options) {
    if (!option.name.empty()) check_option(c, report, path + "/" + std::string(option.name), option);
  }
  if (layer.wrapped != nullptr) {
    check("merge", c.text(path + "/merge", "concat"), std::string(layer.merge));
    check_layer(c, report, path + "/layer", weights + "/forward", *layer.wrapped);
  }
  if (layer.units == 0) return;
  check("units", static_cast<std::size_t>(c.number(path + "/units")), layer.units);
  check("activation", c.text(path + "/activation", std::string(layer.default_activation)),
        std::string(layer.activation));
  check("use_bias", c.flag(path + "/use_bias", c.has(weights + "/bias")), layer.use_bias);
  if (layer.has_state) {
    check("return_sequences", c.flag(path + "/return_sequences", false), layer.return_sequences);
    check("go_backwards", c.flag(path + "/go_backwards", false), layer.go_backwards);
  }
  if (!layer.recurrent_activation.empty()) {
    check("recurrent_activation", c.text(path + "/recurrent_activation", "sigmoid"),
          std::string(layer.recurrent_activation));
    check("reset_after", c.flag(path + "/reset_after", true), layer.reset_after);
  }
}

}  // namespace

Case::Case(std::string name) : name_(std::move(name)) {
  const auto file = folder / (name_ + ".json");
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  flatten("", json::parse(stream),
          [&](const std::string& path, Value value) { values_.emplace(path, Entry{std::move(value)}); });
  if (text("name") != name_) throw std::runtime_error(file.string() + " holds another name than its own");
}

template <class T> const T& Case::take(const std::string& path) {
  const auto found = values_.find(path);
  if (found == values_.end()) throw std::runtime_error("the file has no " + path);
  found->second.taken = true;
  if (const T* value = std::get_if<T>(&found->second.value)) return *value;
  throw std::runtime_error(path + " is of another type than expected");
}

const Array& Case::array(const std::string& path) { return take<Array>(path); }
double Case::number(const std::string& path) { return take<double>(path); }
double Case::number(const std::string& path, double fallback) { return has(path) ? take<double>(path) : fallback; }
bool Case::flag(const std::string& path, bool fallback) { return has(path) ? take<bool>(path) : fallback; }
std::string Case::text(const std::string& path) { return take<std::string>(path); }
std::string Case::text(const std::string& path, const std::string& fallback) {
  return has(path) ? take<std::string>(path) : fallback;
}

void Case::skip(const std::string& path) {
  if (const auto found = values_.find(path); found != values_.end()) found->second.taken = true;
}

std::vector<std::string> Case::names(const std::string& path) const {
  std::set<std::string> names;
  const std::string start = path + "/";
  for (const auto& [key, entry] : values_) {
    if (key.starts_with(start)) names.insert(key.substr(start.size(), key.find('/', start.size()) - start.size()));
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> Case::left_over() const {
  std::vector<std::string> paths;
  for (const auto& [path, entry] : values_) {
    if (!entry.taken) paths.push_back(path);
  }
  return paths;
}

void Report::compare(const std::string& what, double expected, double found, double allowed) {
  ++compared;
  double error = std::abs(found - expected) / std::max(1.0, std::abs(expected));
  if (std::isnan(error)) error = std::numeric_limits<double>::infinity();
  if (where.empty() || error > largest_error) {
    largest_error = error;
    where = what;
  }
  if (error <= allowed) return;
  char text[120];
  std::snprintf(text, sizeof text, ": expected %.17g, found %.17g; the error %.2g is above %.2g", expected, found,
                error, allowed);
  problem(what + text);
}

void Report::compare(const std::string& what, const Array& expected, const Array& found, double allowed) {
  if (expected.shape != found.shape) {
    return problem(what + ": expected the shape " + text_of(expected.shape) + ", found " + text_of(found.shape));
  }
  for (std::size_t i = 0; i < expected.data.size(); ++i) {
    compare(what + "[" + std::to_string(i) + "]", expected.data[i], found.data[i], allowed);
  }
}

void Report::same(const std::string& what, const std::string& in_file, const std::string& in_model) {
  if (in_file != in_model) problem(what + " is " + in_file + " in the file, but " + in_model + " in the test");
}
void Report::same(const std::string& what, std::size_t in_file, std::size_t in_model) {
  same(what, std::to_string(in_file), std::to_string(in_model));
}
void Report::same(const std::string& what, bool in_file, bool in_model) {
  same(what, std::string(in_file ? "true" : "false"), std::string(in_model ? "true" : "false"));
}

void check_layers(Case& c, Report& report, const std::vector<LayerDescription>& layers) {
  report.same("number of layers", c.names("layers").size(), layers.size());
  for (std::size_t k = 0; k < layers.size(); ++k) {
    const std::string path = "layers/" + std::to_string(k);
    check_layer(c, report, path, path + "/weights", layers[k]);
  }
}

void set_weights(Case& c, Report& report, const std::vector<LayerDescription>& layers, const Weights& of_model,
                 const std::function<void(const std::string&, const std::vector<double>&)>& set) {
  check_layers(c, report, layers);
  Weights in_file;
  for (std::size_t k = 0; k < layers.size(); ++k) {
    const std::string layer = std::to_string(k);
    read_weights(c, "layers/" + layer + "/weights", layer + "." + std::string(layers[k].name), in_file);
  }
  for (const auto& [name, array] : of_model) {
    if (!in_file.contains(name)) {
      report.problem("the file does not set the weight " + name);
    } else if (in_file[name].shape != array.shape) {
      report.problem(name + " has the shape " + text_of(in_file[name].shape) + " in the file, but " +
                     text_of(array.shape) + " in the model");
    }
  }
  for (const auto& [name, array] : in_file) set(name, array.data);
}

void compare_weights(Case& c, Report& report, const std::string& path, const Weights& found) {
  for (const auto& [name, array] : found) {
    const std::string key = path + "/" + name_in_file(name);
    report.compare(key, c.array(key), array, report.tolerance.derivatives);
  }
}

std::string initial_state_path(const std::string& state) {
  const std::size_t dot = state.find('.');
  std::string name = state.substr(dot + 1);
  std::ranges::replace(name, '.', '/');
  return "layers/" + state.substr(0, dot) + "/initial_state/" + name;
}

bool has_initial_state(const Case& c) {
  return std::ranges::any_of(c.names("layers"), [&](const std::string& layer) {
    return !c.names("layers/" + layer + "/initial_state").empty();
  });
}

std::vector<double> row_weights(Case& c, const std::vector<std::size_t>& shape) {
  if (!c.has("sample_weight")) return {};
  const Array& weights = c.array("sample_weight");
  const bool fits =
      weights.shape.size() < shape.size() && std::equal(weights.shape.begin(), weights.shape.end(), shape.begin());
  if (!fits) {
    throw std::runtime_error("sample_weight has the shape " + text_of(weights.shape) + ", but y_pred " +
                             text_of(shape));
  }
  const std::size_t rows = size_of(shape) / shape.back(), rows_per_weight = rows / weights.data.size();
  std::vector<double> of_rows;
  for (std::size_t row = 0; row < rows; ++row) of_rows.push_back(weights.data[row / rows_per_weight]);
  return of_rows;
}

std::vector<std::size_t> all_samples(const Array& array) {
  std::vector<std::size_t> indices(array.shape.at(0));
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

std::vector<double> time_major(const Array& array, const std::vector<std::size_t>& indices) {
  const std::size_t steps = array.shape.size() == 3 ? array.shape[1] : 1;
  const std::size_t features = array.shape.back();
  std::vector<double> values;
  values.reserve(steps * indices.size() * features);
  for (std::size_t t = 0; t < steps; ++t) {
    for (const std::size_t b : indices) {
      const auto row = array.data.begin() + static_cast<std::ptrdiff_t>((b * steps + t) * features);
      values.insert(values.end(), row, row + static_cast<std::ptrdiff_t>(features));
    }
  }
  return values;
}

Array batch_major(std::vector<double> values, std::vector<std::size_t> shape) {
  const std::size_t batch = shape.front(), features = shape.back();
  const std::size_t steps = shape.size() == 3 ? shape[1] : 1;
  if (values.size() != batch * steps * features) throw std::logic_error("batch_major: the shape does not fit");
  Array array{std::move(shape), std::vector<double>(values.size())};
  for (std::size_t t = 0; t < steps; ++t) {
    for (std::size_t b = 0; b < batch; ++b) {
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>((t * batch + b) * features), features,
                  array.data.begin() + static_cast<std::ptrdiff_t>((b * steps + t) * features));
    }
  }
  return array;
}

std::vector<Entry>& registry() {
  static std::vector<Entry> entries;
  return entries;
}

// --- The tests
// ---------------------------------------------------------------------------------------------------

namespace {

/// Largest error so far, and in which case.
struct Largest {
  double error = -1;
  std::string where;

  void add(const std::string& name, const Report& report) {
    if (report.where.empty() || report.largest_error <= error) return;
    error = report.largest_error;
    where = name + ", " + report.where;
  }
  std::string text() const { return error < 0 ? "none" : text_of(error) + " (" + where + ")"; }
};

/// The cases of one kind from one source.
struct Summary {
  std::size_t cases = 0, runs = 0, numbers = 0;
  Largest in_double, in_float, dynamic;
};

Report run(const Entry& entry, Entry::Run how, std::string& source) {
  Report report({2e-5, 2e-4});  // of float, unless the source has fewer digits than that
  try {
    Case c(entry.name);
    const double of_case = c.number("tolerance");
    if (how != entry.in_float || of_case > 2e-5) report.tolerance = {of_case, of_case};
    source = c.text("source");
    for (const auto* about : {"note", "checked_against_torch_nn", "checked_against_torch_optim"}) c.skip(about);
    report.same("kind", c.text("kind"), entry.kind);
    how(c, report);
    for (const auto& path : c.left_over()) report.problem(path + " was not used by the test");
    if (report.compared == 0) report.problem("nothing was compared");
  } catch (const std::exception& error) {
    report.problem(error.what());
  }
  return report;
}

std::string list(const std::vector<std::string>& problems) {
  constexpr std::size_t shown = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(shown, problems.size()); ++i) text += "\n  " + problems[i];
  if (problems.size() > shown) text += "\n  and " + std::to_string(problems.size() - shown) + " more";
  return text;
}

void run_all(const std::string& kind) {
  std::map<std::string, Summary> by_source;
  for (const Entry& entry : registry()) {
    if (entry.kind != kind) continue;
    std::string source;
    const auto compare = [&](const char* form, Entry::Run how, Largest Summary::* largest) {
      const Report report = run(entry, how, source);
      INFO(entry.name << " " << form << list(report.problems));
      CHECK(report.problems.empty());
      Summary& summary = by_source[source.substr(0, source.find(' '))];
      summary.runs += 1;
      summary.numbers += report.compared;
      (summary.*largest).add(entry.name, report);
    };
    compare("in double", entry.in_double, &Summary::in_double);
    compare("in float", entry.in_float, &Summary::in_float);
    if (entry.dynamic != nullptr) compare("with dynamic sizes", entry.dynamic, &Summary::dynamic);
    by_source[source.substr(0, source.find(' '))].cases += 1;
  }
  CHECK(!by_source.empty());
  for (const auto& [source, summary] : by_source) {
    std::printf("golden: %s from %s: %zu cases, %zu runs, %zu numbers; largest error double %s, float %s, dynamic %s\n",
                kind.c_str(), source.c_str(), summary.cases, summary.runs, summary.numbers,
                summary.in_double.text().c_str(), summary.in_float.text().c_str(), summary.dynamic.text().c_str());
  }
  std::fflush(stdout);
}

TEST_CASE("layers give the outputs and gradients of golden cases") { run_all("layers"); }
TEST_CASE("training takes the path of golden cases") { run_all("training"); }
TEST_CASE("optimizers give the values of golden cases") { run_all("optimizer"); }
TEST_CASE("losses give the values of golden cases") { run_all("loss"); }

TEST_CASE("each golden case is run, and once") {
  std::set<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    INFO(file.path().string());
    CHECK(file.path().extension() == ".json");
    files.insert(file.path().stem().string());
  }
  const std::set<std::string> kinds = {"layers", "training", "optimizer", "loss"};  // that a test above runs
  std::set<std::string> run;
  for (const Entry& entry : registry()) {
    INFO(entry.name);
    CHECK(run.insert(entry.name).second);
    CHECK(kinds.contains(entry.kind));
  }
  for (const auto& name : files) {
    INFO(name << ": no test runs this file");
    CHECK(run.contains(name));
  }
  for (const auto& name : run) {
    INFO(name << ": a test runs this case, but there is no such file");
    CHECK(files.contains(name));
  }
  std::printf("golden: %zu cases in all, each in double and in float\n", files.size());
  std::fflush(stdout);
}

}  // namespace
}  // namespace golden
