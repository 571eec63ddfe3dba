#include "rnnts/forecast/horizon_net.hpp"

#include <memory>

#include "forecaster_with.hpp"

namespace tools {

std::unique_ptr<AnyForecaster> with_horizon_net(const ModelOptions& options) {
  using Shared = ForecasterWith<rnnts::HorizonNet<>>;
  const rnnts::ForecasterOptions its_options = forecaster_options(options);
  return std::make_unique<Shared>(Shared::Forecaster(path_of(options),
                                                     rnnts::horizon_net(its_options, options.levels.size()),
                                                     ChosenQuantiles{options.levels}, its_options));
}

}  // namespace tools
