#include "forecast_model.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <istream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "forecast_path.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/forecast/data_path.hpp"
#include "rnnts/forecast/forecaster.hpp"
#include "rnnts/forecast/quantile_calibration.hpp"
#include "rnnts/io/contents.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace tools {
namespace {

using Path = rnnts::DataPath<ChosenScale, ChosenLevel, ChosenSeason>;
using Forecaster = rnnts::Forecaster<Path, rnnts::ForecastNet, ChosenQuantiles>;

/// Those of the options, or where a file will say them, any.
std::vector<double> levels(const ModelOptions& o) {
  if (!o.levels.empty()) return o.levels;
  std::vector<double> any(o.quantiles);
  for (std::size_t q = 0; q < any.size(); ++q)
    any[q] = static_cast<double>(q + 1) / static_cast<double>(any.size() + 1);
  return any;
}

Forecaster forecaster(const ModelOptions& o) {
  return Forecaster(Path(ChosenScale(o.scale), ChosenLevel(o.level, o.spread), ChosenSeason(o.season)),
                    ChosenQuantiles{levels(o)},
                    {.look_back = o.look_back,
                     .horizon = o.horizon,
                     .segment = o.segment,
                     .units = o.units,
                     .known = o.known,
                     .past = o.past,
                     .fixed = o.fixed,
                     .epochs = o.epochs,
                     .batch_size = o.batch_size,
                     .learning_rate = o.learning_rate,
                     .stride = o.stride,
                     .validation = o.validation,
                     .members = o.members,
                     .seed = rnnts::seed(o.seed),
                     .threads = o.threads,
                     .verbose = o.verbose,
                     .ranks = o.ranks,
                     .on_epoch = o.on_epoch});
}

/// The numbers that stand first in a file. Those of a forecaster whose sizes they say follow.
constexpr std::size_t count_of_sizes = 9;
using Sizes = rnnts::Tensor<double, count_of_sizes>;

/// The sizes among the options, and that of the text. The order is that of the files.
std::array<std::size_t*, count_of_sizes> sizes_of(ModelOptions& o, std::size_t& text) {
  return {&o.horizon, &o.look_back, &o.segment, &o.level, &o.season, &o.units, &o.members, &o.quantiles, &text};
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

}  // namespace

struct ForecastModel::Net {
  Sizes sizes = {};
  rnnts::Tensor<double, rnnts::dynamic> text = {};  ///< of columns and notes, a number for each byte
  Forecaster forecaster;

  static constexpr auto fields() {
    return std::tuple{rnnts::Field{"sizes", &Net::sizes}, rnnts::Field{"text", &Net::text},
                      rnnts::Field{"forecaster", &Net::forecaster}};
  }
};

ForecastModel::ForecastModel(const ModelOptions& options)
    : options_(options), net_(std::make_unique<Net>(Net{.forecaster = forecaster(options)})) {
  if (!options.levels.empty()) options_.quantiles = options.levels.size();
}
ForecastModel::ForecastModel(ForecastModel&&) noexcept = default;
ForecastModel::~ForecastModel() = default;

void ForecastModel::fit(std::span<const rnnts::ForecastSeries> series) { net_->forecaster.fit(series); }

rnnts::Forecast ForecastModel::predict(std::span<const rnnts::ForecastSeries> series) const {
  return net_->forecaster.predict(series);
}

rnnts::QuantileCalibration ForecastModel::calibration(std::span<const rnnts::ForecastSeries> series,
                                                      const rnnts::CalibrationOptions& options) const {
  return rnnts::calibration(net_->forecaster, series, options);
}

void ForecastModel::calibrate(const rnnts::QuantileCalibration& calibration) {
  net_->forecaster.calibrate(calibration);
}

std::size_t ForecastModel::least_values() const { return net_->forecaster.least_values(); }

std::vector<double> ForecastModel::levels() const {
  const auto levels = net_->forecaster.levels();
  return {levels.begin(), levels.end()};
}

std::vector<std::string> ForecastModel::layers() const {
  std::istringstream text(rnnts::detail::layers_of(net_->forecaster.net(), ""));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::size_t ForecastModel::weights() const { return net_->forecaster.net().parameter_count(); }

bool ForecastModel::is_in(const std::filesystem::path& path) {
  rnnts::detail::InputFile file(path);
  return is_of_forecaster(rnnts::detail::read_beginning(file, path.string()));
}

void ForecastModel::save(const std::filesystem::path& path, const std::string& notes) {
  ModelOptions options = options_;
  const std::string text = text_of_columns(options) + notes;
  std::size_t bytes = text.size();
  std::ranges::transform(sizes_of(options, bytes), net_->sizes.begin(),
                         [](const std::size_t* size) { return static_cast<double>(*size); });
  net_->text.resize(bytes);
  std::ranges::transform(text, net_->text.begin(), [](unsigned char byte) { return static_cast<double>(byte); });
  rnnts::save(*net_, path);
}

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
  std::size_t bytes = 0, at = begin;
  for (std::size_t* const size : sizes_of(options, bytes)) {
    const auto number = read_little_endian<double>(content, at);
    at += sizeof number;
    // None is larger than the file, which has numbers for each of what they count.
    if (!(number >= 0 && number <= static_cast<double>(content.size()))) {
      throw rnnts::FileError(sentence(name, ": damaged: expected a size of at most that of the file, found ", number));
    }
    *size = static_cast<std::size_t>(number);
  }
  const double weights = static_cast<double>(options.members * sizeof(float)) *
                         (static_cast<double>(options.units) * static_cast<double>(options.units) +
                          static_cast<double>(options.look_back) * static_cast<double>(options.horizon) *
                              static_cast<double>(options.quantiles));
  if (weights > static_cast<double>(content.size()) || bytes > (content.size() - at) / sizeof(double)) {
    throw rnnts::FileError(name + ": damaged: its sizes are those of a larger file");
  }
  std::string text(bytes, '\0');
  for (char& byte : text) {
    const auto number = read_little_endian<double>(content, at);
    if (!(number >= 0 && number <= 255)) throw rnnts::FileError(name + ": damaged: its text has no characters");
    byte = static_cast<char>(static_cast<unsigned char>(number));
    at += sizeof(double);
  }
  std::istringstream lines(text);
  take_columns(options, lines);
  ForecastModel model(options);
  model.net_->text.resize(bytes);
  decode(*model.net_, content, name, {});
  const auto& loaded = model.net_->forecaster.path();
  if (loaded.step<1>().steps() != options.level || loaded.step<2>().steps() != options.season) {
    throw rnnts::FileError(name + ": damaged: the sizes of its data path are other ones");
  }
  const auto levels_of_file = model.net_->forecaster.levels();
  model.options_.levels.assign(levels_of_file.begin(), levels_of_file.end());
  model.options_.scale = loaded.step<0>().scale();
  model.options_.spread = loaded.step<1>().divides();
  return {std::move(model), std::string(std::istreambuf_iterator<char>(lines), {})};
}

}  // namespace tools
