#include "rnnts/forecast/forecast_net.hpp"

#include <memory>

#include "forecaster_with.hpp"

namespace tools {

std::unique_ptr<AnyForecaster> with_forecast_net(const ModelOptions& options) {
  using Usual = ForecasterWith<rnnts::ForecastNet>;
  return std::make_unique<Usual>(
      Usual::Forecaster(path_of(options), ChosenQuantiles{options.levels}, forecaster_options(options)));
}

}  // namespace tools
