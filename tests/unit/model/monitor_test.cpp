#include "rnnts/model/monitor.hpp"

#include <limits>
#include <optional>

#include "support/catch.hpp"
#include "support/scripted_training.hpp"

using namespace rnnts;
using Net = ScriptedTraining::Net;

TEST_CASE("what is monitored is the validation loss or the loss") {
  Net model;
  const EpochEnd<Net> both{.epoch = 1, .epochs = 1, .loss = 3, .val_loss = 4, .model = model};
  CHECK(detail::monitored("Name", Monitor::loss, both) == 3);
  CHECK(detail::monitored("Name", Monitor::val_loss, both) == 4);
  const EpochEnd<Net> one{.epoch = 1, .epochs = 1, .loss = 3, .val_loss = std::nullopt, .model = model};
  CHECK(detail::monitored("Name", Monitor::loss, one) == 3);
  CHECK_THROWS_AS(detail::monitored("Name", Monitor::val_loss, one), ArgumentError);
  CHECK_THROWS_WITH(detail::monitored("Name", Monitor::val_loss, one),
                    "Name: expected validation windows, because val_loss is monitored, found none; give fit some, or "
                    "monitor the loss: .monitor = Monitor::loss");
}

TEST_CASE("an improvement is more than min_delta") {
  double best = std::numeric_limits<double>::infinity();
  CHECK_FALSE(detail::improves(best, std::numeric_limits<double>::quiet_NaN()));
  CHECK(detail::improves(best, 2));
  CHECK_FALSE(detail::improves(best, 2));
  CHECK_FALSE(detail::improves(best, 1.5, 0.5));
  CHECK(best == 2);
  CHECK(detail::improves(best, 1.25, 0.5));
  CHECK(best == 1.25);
  CHECK_FALSE(detail::improves(best, std::numeric_limits<double>::quiet_NaN()));
}
