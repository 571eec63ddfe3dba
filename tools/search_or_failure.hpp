// search_or_failure: a search whose trials may all fail.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/search.hpp"

namespace tools {

/// The result of rnnts::search, or where all trials failed one without any, and the first failure.
///
/// Throws ArgumentError and FileError as rnnts::search does.
inline std::pair<rnnts::SearchResult, std::string> search_or_failure(
    const rnnts::SearchSpace& space, const std::function<double(const rnnts::Trial&)>& judge,
    const rnnts::SearchOptions& options) {
  try {
    return {rnnts::search(space, judge, options), ""};
  } catch (const rnnts::ArgumentError&) {
    throw;
  } catch (const rnnts::FileError&) {
    throw;
  } catch (const rnnts::Error& error) {
    return {{}, error.what()};
  }
}

}  // namespace tools
