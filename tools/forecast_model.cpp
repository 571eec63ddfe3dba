#include "forecast_model.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <istream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "any_forecaster.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/forecast/quantile_calibration.hpp"
#include "rnnts/forecast/window_layout.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/model_file.hpp"
#include "rnnts/io/sizes.hpp"

namespace tools {
namespace {

/// With the levels of its quantiles, or where a file will say them, any.
std::unique_ptr<AnyForecaster> forecaster(ModelOptions o) {
  if (o.levels.empty()) {
    o.levels.resize(o.quantiles);
    for (std::size_t q = 0; q < o.quantiles; ++q)
      o.levels[q] = static_cast<double>(q + 1) / static_cast<double>(o.quantiles + 1);
  }
  return o.net == NetKind::horizon ? with_horizon_net(o) : with_forecast_net(o);
}

/// The sizes among the options, the net as a number, and the size of the text. The order is that of the files. The
/// number is that of the kind, and 2 more for one whose values may be missing.
std::array<std::size_t*, count_of_sizes> sizes_of(ModelOptions& o, std::size_t& net, std::size_t& text) {
  return {&o.horizon, &o.look_back, &o.segment, &o.level, &o.season, &o.units, &o.members, &o.quantiles, &net, &text};
}

/// Whether the text of a model file is that of a forecaster.
bool is_of_forecaster(const std::string& beginning) {
  return beginning.find(rnnts::detail::sentence("\nsizes: double (", count_of_sizes, ")\ntext: double (")) !=
         std::string::npos;
}

/// The columns, which stand in a file's text before the notes: for each role how many there are, and then their names,
/// a line each.
std::string text_of_columns(const ModelOptions& o) {
  std::string text;
  for (const auto* const names : {&o.known, &o.past, &o.fixed}) {
    text += std::to_string(names->size()) + "\n";
    for (const std::string& name : *names) text += name + "\n";
  }
  return text;
}

/// Takes them from there.
void take_columns(ModelOptions& o, std::istream& text) {
  std::string line;
  for (auto* const names : {&o.known, &o.past, &o.fixed}) {
    std::getline(text, line);
    for (auto count = std::strtoul(line.c_str(), nullptr, 10); count > 0 && std::getline(text, line); --count) {
      names->push_back(line);
    }
  }
}

/// What the weights of its nets take, but for a few: a file has as many, so that no memory is taken for others.
double least_bytes(const ModelOptions& o) {
  const rnnts::detail::WindowLayout layout{.look_back = o.look_back,
                                           .horizon = o.horizon,
                                           .segment = std::max<std::size_t>(1, o.segment),
                                           .known = o.known.size(),
                                           .past = o.past.size(),
                                           .fixed = o.fixed.size(),
                                           .may_miss = o.masked};
  const bool is_shared = o.net == NetKind::horizon;
  const auto features = static_cast<double>(layout.features()), units = static_cast<double>(o.units);
  const double inputs = is_shared ? features : features * static_cast<double>(layout.steps());  // of the linear map
  const double outputs = static_cast<double>(is_shared ? o.segment : o.horizon) * static_cast<double>(o.quantiles);
  return static_cast<double>(o.members * sizeof(float)) * (units * (features + 3 * units) + (units + inputs) * outputs);
}

}  // namespace

ForecastModel::ForecastModel(const ModelOptions& options) : options_(options), forecaster_(forecaster(options)) {
  if (!options.levels.empty()) options_.quantiles = options.levels.size();
}
ForecastModel::ForecastModel(ForecastModel&&) noexcept = default;
ForecastModel::~ForecastModel() = default;

void ForecastModel::fit(std::span<const rnnts::ForecastSeries> series) { forecaster_->fit(series); }

rnnts::Forecast ForecastModel::predict(std::span<const rnnts::ForecastSeries> series) const {
  return forecaster_->predict(series);
}

rnnts::QuantileCalibration ForecastModel::calibration(std::span<const rnnts::ForecastSeries> series,
                                                      const rnnts::CalibrationOptions& options) const {
  return forecaster_->calibration(series, options);
}

void ForecastModel::calibrate(const rnnts::QuantileCalibration& calibration) { forecaster_->calibrate(calibration); }

std::size_t ForecastModel::least_values() const { return forecaster_->least_values(); }

std::vector<double> ForecastModel::levels() const {
  const auto levels = forecaster_->levels();
  return {levels.begin(), levels.end()};
}

std::vector<std::string> ForecastModel::layers() const {
  std::istringstream text(forecaster_->layers());
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::size_t ForecastModel::weights() const { return forecaster_->weights(); }

bool ForecastModel::is_in(const std::filesystem::path& path) {
  rnnts::detail::InputFile file(path);
  return is_of_forecaster(rnnts::detail::read_beginning(file, path.string()));
}

void ForecastModel::save(const std::filesystem::path& path, const std::string& notes) {
  ModelOptions options = options_;
  const std::string text = text_of_columns(options) + notes;
  std::size_t net = static_cast<std::size_t>(options.net) + (options.masked ? 2 : 0), bytes = text.size();
  FileSizes sizes;
  std::ranges::transform(sizes_of(options, net, bytes), sizes.begin(),
                         [](const std::size_t* size) { return static_cast<double>(*size); });
  forecaster_->save(path, sizes, text);
}

namespace {

/// With options that a file says.
ForecastModel made(const ModelOptions& options, const std::string& name) {
  try {
    return ForecastModel(options);
  } catch (const rnnts::ArgumentError& error) {
    throw rnnts::FileError(rnnts::detail::sentence(name, ": damaged: ", error.what()));
  }
}

}  // namespace

std::pair<ForecastModel, std::string> ForecastModel::load(const std::filesystem::path& path) {
  using namespace rnnts::detail;
  const std::string name = path.string();
  InputFile file(path);
  std::string content = read_beginning(file, name);
  const std::size_t begin = content.size();  // of the numbers
  if (!is_of_forecaster(content)) {
    throw rnnts::FileError(name + ": expected a file that `rnnts forecast` has written, found one of another model");
  }
  file.read(content, static_cast<std::size_t>(-1));
  check_file(name, content);

  ModelOptions options;
  std::size_t net = 0, bytes = 0, at = begin;
  const auto next_number = [&] {
    if (content.size() - at < sizeof(double)) refuse_sizes(name);
    at += sizeof(double);
    return read_little_endian<double>(content, at - sizeof(double));
  };
  for (std::size_t* const size : sizes_of(options, net, bytes)) {
    const double number = next_number();
    // None is larger than the file, which has numbers for each of what they count.
    if (!(number >= 0 && number <= static_cast<double>(content.size()))) {
      throw rnnts::FileError(sentence(name, ": damaged: expected a size of at most that of the file, found ", number));
    }
    *size = static_cast<std::size_t>(number);
  }
  if (net > 3) throw rnnts::FileError(sentence(name, ": damaged: expected net 0 to 3, found ", net));
  options.net = static_cast<NetKind>(net % 2);
  options.masked = net >= 2;
  std::string text(bytes, '\0');
  for (char& byte : text) {
    const double number = next_number();
    if (!(number >= 0 && number <= 255)) throw rnnts::FileError(name + ": damaged: its text has no characters");
    byte = static_cast<char>(static_cast<unsigned char>(number));
  }
  std::istringstream lines(text);
  take_columns(options, lines);
  if (least_bytes(options) > static_cast<double>(content.size())) refuse_sizes(name);
  ForecastModel model = made(options, name);
  model.forecaster_->load(content, name, bytes);
  const Path& loaded = model.forecaster_->path();
  if (loaded.step<1>().steps() != options.level || loaded.step<2>().steps() != options.season) {
    throw rnnts::FileError(name + ": damaged: the sizes of its data path are other ones");
  }
  const auto levels_of_file = model.forecaster_->levels();
  model.options_.levels.assign(levels_of_file.begin(), levels_of_file.end());
  model.options_.scale = loaded.step<0>().scale();
  model.options_.spread = loaded.step<1>().divides();
  return {std::move(model), std::string(std::istreambuf_iterator<char>(lines), {})};
}

}  // namespace tools
