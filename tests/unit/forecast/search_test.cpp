#include "rnnts/forecast/search.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "support/catch.hpp"
#include "support/unique_path.hpp"

using namespace rnnts;

namespace {

const SearchSpace plane{{"x", Uniform{-1, 1}}, {"path", Choice{"level", "log, \"level\""}}};

/// 0 at (0.25, level), and more the less effort is spent.
double bowl(const Trial& trial) {
  const double x = trial.number("x") - 0.25;
  return x * x + (trial.text("path") == "level" ? 0 : 0.5) + (1 - trial.effort);
}

/// What a result is, but for the seconds.
std::vector<std::string> told(const SearchResult& result) {
  std::vector<std::string> all;
  for (const TrialResult& trial : result.trials) {
    all.push_back(detail::sentence(trial.describe(), " seed ", trial.seed.value, " effort ", trial.effort, " error ",
                                   trial.error.value_or(-1), trial.failure));
  }
  return all;
}

/// The errors of the trials with an effort, by their index.
std::map<std::size_t, double> errors(const SearchResult& result, double effort) {
  std::map<std::size_t, double> of_effort;
  for (const TrialResult& trial : result.trials) {
    if (std::abs(trial.effort - effort) < 1e-12) of_effort[trial.index] = trial.error.value();
  }
  return of_effort;
}

/// The indices of the smallest ones.
std::set<std::size_t> best_of(const std::map<std::size_t, double>& errors, std::size_t count) {
  std::vector<std::pair<double, std::size_t>> sorted;
  for (const auto& [index, error] : errors) sorted.emplace_back(error, index);
  std::sort(sorted.begin(), sorted.end());
  std::set<std::size_t> best;
  for (std::size_t k = 0; k < count; ++k) best.insert(sorted[k].second);
  return best;
}

std::set<std::size_t> indices(const std::map<std::size_t, double>& errors) {
  std::set<std::size_t> all;
  for (const auto& [index, error] : errors) all.insert(index);
  return all;
}

template <class F> std::string message_of(F&& function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Each trial of the one, with its effort and error, is one of the other's too.
void check_has_all(const SearchResult& result, const SearchResult& part) {
  for (const TrialResult& one : part.trials) {
    CHECK(std::ranges::any_of(result.trials, [&](const TrialResult& other) {
      return other.index == one.index && other.effort == one.effort && other.error == one.error;
    }));
  }
}

}  // namespace

TEST_CASE("halving spends on each effort the same, and on the best alone") {
  std::atomic<std::size_t> calls = 0;
  const auto judge = [&](const Trial& trial) {
    ++calls;
    return bowl(trial);
  };
  const SearchResult result = search(plane, judge, {.trials = 27});
  const auto first = errors(result, 1 / 9.0), second = errors(result, 1 / 3.0), last = errors(result, 1);
  CHECK(calls == 39);
  CHECK(result.trials.size() == 39);
  CHECK(first.size() == 27);
  CHECK(indices(second) == best_of(first, 9));
  CHECK(indices(last) == best_of(second, 3));
  CHECK(result.best().index == *best_of(last, 1).begin());
  CHECK(result.best().effort == 1);
}

TEST_CASE("a search finds what is known to be the best") {
  // Each of 3 x 4 x 2 is tried, so that only the right one can be found; with little effort others look the same.
  const SearchSpace space{
      {"look_back", Choice{12, 24, 48}}, {"units", Integers{1, 4}}, {"path", Choice{"level", "log level"}}};
  const auto judge = [](const Trial& trial) {
    const double off = std::abs(trial.number("look_back") - 24) + std::abs(trial.number("units") - 3);
    return trial.effort * (off + (trial.text("path") == "level" ? 1 : 0));
  };
  const SearchResult result = search(space, judge, {.trials = 1000, .seed = seed(3)});
  CHECK(errors(result, 1 / 9.0).size() == 24);  // none twice
  CHECK(result.best().integer("look_back") == 24);
  CHECK(result.best().integer("units") == 3);
  CHECK(result.best().text("path") == "log level");
  CHECK(*result.best().error == 0);

  const SearchResult fine = search(plane, bowl, {.trials = 300});
  CHECK(fine.best().number("x") == Approx(0.25).margin(0.02));
  CHECK(fine.best().text("path") == "level");
}

TEST_CASE("the best is one of the largest effort, whatever smaller ones promise") {
  const auto judge = [](const Trial& trial) { return bowl(trial) + 10 * trial.effort; };
  const SearchResult result = search(plane, judge, {.trials = 9});
  CHECK(result.best().effort == 1);
  CHECK(*result.best().error > 10);
}

TEST_CASE("with one rung all trials are judged with the whole effort, and one that is left is not judged with less") {
  const SearchResult flat = search(plane, bowl, {.trials = 7, .rungs = 1});
  CHECK(errors(flat, 1).size() == 7);
  CHECK(flat.trials.size() == 7);
  const SearchResult few = search(plane, bowl, {.trials = 4});
  CHECK(few.trials.size() == 5);  // and none with an effort of 1/3, where there is nothing to choose
  CHECK(errors(few, 1).size() == 1);
  const SearchResult by_two = search(plane, bowl, {.trials = 8, .rungs = 4, .factor = 2});
  CHECK(errors(by_two, 1 / 8.0).size() == 8);
  CHECK(errors(by_two, 1 / 4.0).size() == 4);
  CHECK(errors(by_two, 1 / 2.0).size() == 2);
  CHECK(errors(by_two, 1).size() == 1);
}

TEST_CASE("the same seed gives the same search with any number of threads, another seed another one") {
  const auto with = [](std::size_t threads, Seed of) {
    return told(search(plane, bowl, {.trials = 20, .seed = of, .threads = threads}));
  };
  const auto one = with(1, seed(1));
  CHECK(with(2, seed(1)) == one);
  CHECK(with(7, seed(1)) == one);
  CHECK(with(1, seed(2)) != one);
}

TEST_CASE("trials are drawn from all of the space and nothing else") {
  const SearchSpace space{{"uniform", Uniform{2, 3}},
                          {"rate", LogUniform{1e-4, 1}},
                          {"units", Integers{3, 6}},
                          {"choice", Choice{"a", "b", 7}}};
  std::map<std::string, double> seen;
  std::size_t below = 0, small = 0;
  std::set<std::uint64_t> seeds;
  const SearchResult result = search(space, [](const Trial&) { return 0.0; }, {.trials = 2000, .rungs = 1});
  for (const TrialResult& trial : result.trials) {
    const double uniform = trial.number("uniform"), rate = trial.number("rate");
    REQUIRE((uniform >= 2 && uniform <= 3 && rate >= 1e-4 && rate <= 1));
    below += uniform < 2.5;
    small += rate < 1e-2;
    ++seen["units " + std::to_string(trial.integer("units"))];
    ++seen["choice " + trial.text("choice")];
    seeds.insert(trial.seed.value);
  }
  CHECK(seeds.size() == 2000);
  // Six standard deviations of a share of a half; of a fourth and of a third they are less.
  CHECK(std::abs(static_cast<double>(below) / 2000 - 0.5) < 0.07);
  CHECK(std::abs(static_cast<double>(small) / 2000 - 0.5) < 0.07);
  for (const char* units : {"units 3", "units 4", "units 5", "units 6"})
    CHECK(std::abs(seen[units] / 2000.0 - 1 / 4.0) < 0.07);
  for (const char* choice : {"choice a", "choice b", "choice 7"})
    CHECK(std::abs(seen[choice] / 2000.0 - 1 / 3.0) < 0.07);
  CHECK(seen.size() == 7);
}

TEST_CASE("an interrupted search goes on where it was, runs nothing twice and finds the same") {
  const auto path = unique_path("trials.csv");
  std::mutex mutex;
  std::map<std::pair<std::size_t, double>, std::size_t> calls;
  const auto judge = [&](const Trial& trial) {
    const std::scoped_lock lock(mutex);
    ++calls[{trial.index, trial.effort}];
    return bowl(trial);
  };
  const std::size_t after = GENERATE(as<std::size_t>(), 1, 10, 30, 38);
  std::size_t done = 0;
  SearchOptions options{.trials = 27, .file = path, .seed = seed(4), .threads = 2};
  options.on_trial = [&](const TrialResult&) { ++done; };
  options.stop = [&] { return done >= after; };
  const SearchResult part = search(plane, judge, options);
  CHECK((part.trials.size() >= after && part.trials.size() <= after + 1));  // the other thread ends what it has begun
  CHECK(part.trials.size() == done);

  options.stop = nullptr;
  const SearchResult result = search(plane, judge, options);
  CHECK(calls.size() == 39);
  CHECK(std::ranges::all_of(calls, [](const auto& call) { return call.second == 1; }));
  CHECK(told(result) == told(search(plane, bowl, {.trials = 27, .seed = seed(4)})));

  const std::size_t all = done;
  const auto again = search(plane, [](const Trial&) -> double { throw Error("was run again"); }, options);
  CHECK(told(again) == told(result));
  CHECK(done - all == 39);  // those that are known are told, too
  std::filesystem::remove(path);
}

TEST_CASE("a search that goes on without time has what it knew, the best one too") {
  const auto path = unique_path("trials.csv");
  const SearchResult result = search(plane, bowl, {.trials = 27, .file = path, .seed = seed(4)});
  double now = 0;
  const std::function<double(const Trial&)> judge = [](const Trial&) -> double { throw Error("there was no time"); };
  const auto again = [&](const SearchOptions& options) {
    return detail::Search(plane, judge, options, [&] { return now += 100; }).run();  // over before it has begun
  };
  CHECK(told(again({.trials = 27, .seconds = 1, .file = path, .seed = seed(4)})) == told(result));

  // From a run that judged the trials of higher efforts by fewer of the first one.
  const SearchResult more = search(plane, bowl, {.trials = 40, .file = path, .seed = seed(4)});
  CHECK(more.trials.size() > result.trials.size());
  CHECK(*more.best().error <= *result.best().error);
  check_has_all(more, result);
  std::filesystem::remove(path);
}

TEST_CASE("a trial that throws is told with its settings, and the others go on") {
  const auto path = unique_path("trials.csv");
  std::atomic<bool> is_mended = false;
  std::atomic<std::size_t> calls = 0;
  const auto judge = [&](const Trial& trial) {
    ++calls;
    if (trial.index == 2 && !is_mended) throw ShapeError("no window is so long");
    if (trial.index == 5 && !is_mended) return std::numeric_limits<double>::quiet_NaN();
    return bowl(trial);
  };
  const SearchOptions options{.trials = 9, .file = path};
  const SearchResult result = search(plane, judge, options);
  CHECK(result.trials.size() == 13);
  CHECK(result.trials[2].failure == "no window is so long");
  CHECK(!result.trials[2].error);
  CHECK(result.trials[5].failure == "expected a finite error, found nan");
  CHECK_THAT(result.text(), ContainsSubstring(result.trials[2].describe() + " failed: no window is so long\n"));
  CHECK_THAT(result.text(), ContainsSubstring("best: " + result.best().describe()));

  // What failed is not in the file, and is tried again.
  is_mended = true;
  calls = 0;
  const SearchResult mended = search(plane, judge, options);
  CHECK((calls >= 2 && calls < 13));
  check_has_all(mended, search(plane, bowl, {.trials = 9}));
  std::filesystem::remove(path);
}

TEST_CASE("a search of which all trials failed says how the first one did") {
  const auto judge = [](const Trial& trial) -> double {
    throw DataError(detail::sentence("no data for ", trial.index));
  };
  const SearchSpace space{{"units", Choice{3}}};
  CHECK_THAT(message_of([&] { search(space, [](const Trial&) -> double { throw 1; }, {.trials = 1}); }),
             EndsWith("with: what was thrown is no std::exception"));
  CHECK(message_of([&] { search(space, judge, {.trials = 5}); }) ==
        "search: all 1 trials failed, trial 0 (units 3) with: no data for 0");
  const SearchResult none = search(space, judge, {.trials = 5, .stop = [] { return true; }});
  CHECK(none.trials.empty());
  CHECK(message_of([&] { none.best(); }) == "SearchResult: there is no best trial, as none has been judged");
}

TEST_CASE("each rung has its part of the time, and nothing is begun after it") {
  double now = 1000;
  double of_whole = 27;
  std::size_t slow = 1000;
  const auto judge = [&](const Trial& trial) {
    now += trial.index == slow ? 65 : of_whole * trial.effort;
    return static_cast<double>(trial.index);
  };
  const auto run = [&](const SearchOptions& options) {
    const std::function<double(const Trial&)> function = judge;
    return detail::Search(plane, function, options, [&] { return now; }).run();
  };
  const SearchResult result = run({.seconds = 90, .threads = 1});
  CHECK(errors(result, 1 / 9.0).size() == 11);  // begun at 0, 3, ..., 30
  CHECK(errors(result, 1 / 3.0).size() == 3);   // 33, 42, 51
  CHECK(errors(result, 1).size() == 1);         // 60
  CHECK(now == Approx(1087));
  CHECK(result.trials[0].seconds == Approx(3));

  of_whole = 900;  // begun at 0; with the others there is no time
  CHECK(run({.seconds = 90, .threads = 1}).trials.size() == 1);

  // The best of the first rung come to the last one, where there was no time for that between.
  of_whole = 0;
  slow = 8;
  const SearchResult late = run({.trials = 9, .seconds = 90, .threads = 1});
  CHECK(errors(late, 1 / 9.0).size() == 9);
  CHECK(errors(late, 1 / 3.0).empty());
  CHECK(indices(errors(late, 1)) == std::set<std::size_t>{0, 1, 2});
}

TEST_CASE("what a callback throws ends the search, and what is done is in the file") {
  const auto path = unique_path("trials.csv");
  SearchOptions options{.trials = 27, .file = path, .threads = 2};
  std::size_t done = 0;
  options.on_trial = [&](const TrialResult&) {
    if (++done == 3) throw Error("enough");
  };
  CHECK(message_of([&] { search(plane, bowl, options); }) == "enough");
  const std::string text = text_of(path);
  CHECK(std::ranges::count(text, '\n') <= 5);  // the header, 3, and one that the other thread was at
  CHECK(text.starts_with("trial,effort,seed,x,path,error,cases,seconds\n"));
  std::filesystem::remove(path);
}

TEST_CASE("a file that cannot be written is refused before the first trial") {
  std::size_t judged = 0;
  const auto judge = [&](const Trial&) { return static_cast<double>(++judged); };
  SearchOptions options{.trials = 9, .file = "/proc/rnnts/trials.csv", .threads = 1};
  CHECK_THROWS_AS(search(plane, judge, options), FileError);
  CHECK(judged == 0);
}

TEST_CASE("a file of another search is refused") {
  const auto path = unique_path("trials.csv");
  const auto run = [&](const SearchSpace& space, SearchOptions options) {
    options.file = path;
    return message_of([&] { search(space, [](const Trial&) { return 1.0; }, options); });
  };
  const SearchSpace space{{"units", Choice{8}}};
  REQUIRE(run(space, {.trials = 1}) == "nothing was thrown");
  CHECK(run({{"layers", Choice{8}}}, {.trials = 1}) ==
        path.string() +
            ":1:19: expected \"layers\", as in a file of the trials of a search in this space, found \"units\"");
  CHECK_THAT(run({{"units", Choice{9}}}, {.trials = 1}),
             StartsWith(path.string() + ": has the trials of another search: expected 0,0.1111111111111111,") &&
                 ContainsSubstring(",9, found 0,") && EndsWith(",8"));
  CHECK_THAT(run(space, {.trials = 1, .seed = seed(2)}), ContainsSubstring("another search"));
  std::ofstream(path) << "trial,effort,seed,units,error,cases,seconds\n0,1,0,8,low,,1\n";
  CHECK(run(space, {.trials = 1}) == path.string() + ":2:9: column 4: expected a number, found \"low\"");
  std::ofstream(path) << "trial,effort,seed,units,error,cases,seconds\n0,1,0,8,1,2 low,1\n";
  CHECK(run(space, {.trials = 1}) == path.string() + ":2:11: column 5: expected a number, found \"low\"");
  std::ofstream(path) << "trial\n";
  CHECK_THAT(run(space, {.trials = 1}), StartsWith(path.string() + ":1:1: "));
  std::filesystem::remove(path);
}

TEST_CASE("the usual settings are judged first and with the whole effort, and once if there is a file") {
  const auto path = unique_path("trials.csv");
  std::size_t calls = 0;
  const auto judge = [&](const Trial& trial) {
    ++calls;
    return TrialErrors(bowl(trial), {bowl(trial), trial.effort});
  };
  const SearchOptions options{
      .trials = 9, .file = path, .threads = 1, .usual = {{"x", 0.25}, {"path", "log, \"level\""}}};
  const SearchResult result = search(plane, judge, options);
  CHECK(calls == 14);
  REQUIRE(result.usual.has_value());
  CHECK(result.usual->error == 0.5);
  CHECK(result.usual->index == 0);
  CHECK(result.usual->effort == 1);
  CHECK(result.usual->cases == std::vector<double>{0.5, 1});
  CHECK(result.trials.size() == 13);
  CHECK(result.trials[0].index == 1);
  CHECK_THAT(result.text(), ContainsSubstring("usual settings: error 0.5, the best is ahead by "));

  double now = 0;
  const std::function<TrialErrors(const Trial&)> late = judge;
  const auto known = detail::Search(plane, late, options, [&] { return now += 100; }).run();
  CHECK(calls == 14);
  CHECK(told(known) == told(result));
  CHECK(known.usual->error == 0.5);
  CHECK(known.usual->cases == result.usual->cases);
  CHECK(known.best().cases == result.best().cases);

  // There is time for them, if for nothing else.
  const SearchOptions short_options{.seconds = 1, .threads = 1, .usual = options.usual};
  const auto without_time = detail::Search(plane, late, short_options, [&] { return now += 100; }).run();
  CHECK(without_time.usual->error == 0.5);
  CHECK(without_time.trials.empty());
  CHECK(without_time.text().find("best") == std::string::npos);

  // They stand also where all others fail; and those that are drawn are other ones.
  const SearchSpace space{{"units", Choice{3, 4}}};
  const auto only_three = [](const Trial& trial) {
    return trial.integer("units") == 3 ? 1.0 : throw DataError("no data for 4");
  };
  const SearchResult alone = search(space, only_three, {.trials = 5, .usual = {{"units", 3}}});
  CHECK(alone.usual->error == 1);
  CHECK(!alone.has_best());
  CHECK(alone.trials.size() == 1);
  CHECK(alone.trials[0].failure == "no data for 4");
  CHECK(message_of([&] { search(space, only_three, {.trials = 1, .usual = {{"unit", 3}}}); }) ==
        "search: usual: expected a setting for each name of the space, in its order");
  CHECK_THAT(message_of([&] { search(space, [](const Trial&) { return TrialErrors(1, {NAN}); }, {.trials = 1}); }),
             EndsWith("with: expected finite errors of its cases"));
  std::filesystem::remove(path);
}

TEST_CASE("usual settings are given up for what is ahead by more than one standard error in ten cases") {
  SearchResult result;
  result.trials = {{Trial{.index = 1}, 2.0, {1, 3, 2, 2, 1, 3, 2, 2, 1, 3}}};
  TrialResult usual{Trial{}, 2.1, {}};
  const auto ahead = [&](std::vector<double> by) {
    usual.cases = result.trials[0].cases;
    for (std::size_t k = 0; k < by.size(); ++k) usual.cases[k] += by[k];
    result.usual = usual;
    return result.standard_errors_ahead();
  };
  CHECK(!result.beats_usual());  // there are none
  // Differences of mean 0.1; the standard error is that of n - 1 degrees of freedom.
  CHECK(ahead({0.4, -0.2, 0.4, -0.2, 0.4, -0.2, 0.4, -0.2, 0.1, 0.1}).value() == Approx(0.1 / std::sqrt(0.72 / 90)));
  CHECK(result.beats_usual());
  CHECK(ahead({0.5, -0.3, 0.5, -0.3, 0.5, -0.3, 0.5, -0.3, 0.5, -0.3}).value() == Approx(0.1 / std::sqrt(1.6 / 90)));
  CHECK(!result.beats_usual());
  CHECK(ahead({-0.4, 0.2, -0.4, 0.2, -0.4, 0.2, -0.4, 0.2, -0.1, -0.1}).value() < -1);
  CHECK(!result.beats_usual());

  ahead({0.4, -0.2, 0.4, -0.2, 0.4, -0.2, 0.4, -0.2, 0.1, 0.1});
  result.usual->error = 2;  // by windows that overlap it is no better
  CHECK(!result.beats_usual());
  result.usual->error = {};
  CHECK(!result.beats_usual());
  usual.cases.clear();
  result.usual = usual;
  CHECK(!result.standard_errors_ahead());
  CHECK(!result.beats_usual());
  result.trials[0].cases = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  CHECK(ahead({0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1}).value() > 5);
  CHECK(!result.beats_usual());  // 9 are too few
}

TEST_CASE("a trial tells its settings by name, and says which it has not") {
  const Trial trial{.index = 3, .effort = 1 / 3.0, .settings = {{"units", 8}, {"rate", 0.5}, {"path", "log level"}}};
  CHECK(trial.integer("units") == 8);
  CHECK(trial.number("rate") == 0.5);
  CHECK(trial.text("path") == "log level");
  CHECK(trial.text("rate") == "0.5");
  CHECK(trial.part_of(60) == 20);
  CHECK(trial.part_of(1) == 1);
  CHECK(trial.part_of(0) == 0);
  CHECK(
      message_of([&] { trial.number("layers"); }) ==
      "Trial: expected the name of one of its settings, found layers, in trial 3 (units 8, rate 0.5, path log level)");
  CHECK(message_of([&] { trial.number("path"); }) == "Trial: expected path to be a number, found log level");
  CHECK(message_of([&] { trial.integer("rate"); }) == "Trial: expected rate to be a whole number, found 0.5");
}

TEST_CASE("a search without a space or a budget is refused") {
  const auto message = [](const SearchSpace& space, const SearchOptions& options) {
    return message_of([&] { search(space, bowl, options); });
  };
  CHECK(message({}, {.trials = 1}) == "search: expected a space with at least 1 dimension, found none");
  CHECK(message({{"x", Choice(std::vector<Setting>())}}, {.trials = 1}) ==
        "search: x: expected at least 1 value to choose from");
  CHECK(message({{"x", Uniform{}}, {"x", Uniform{}}}, {.trials = 1}) == "search: x: expected a name of its own");
  CHECK(message({{"x", Uniform{2, 1}}}, {.trials = 1}) == "search: x: expected finite numbers, low not above high");
  CHECK(message({{"x", LogUniform{0, 1}}}, {.trials = 1}) ==
        "search: x: expected finite numbers above 0, low not above high");
  CHECK(message({{"x", Integers{2, 1}}}, {.trials = 1}) ==
        "search: x: expected whole numbers below 2^53, low not above high");
  CHECK(message(plane, {}) == "search: budget: expected trials or seconds above 0, found neither");
  CHECK(message(plane, {.seconds = -1}) == "search: seconds: expected a finite number, not below 0");
  CHECK(message(plane, {.trials = 1, .rungs = 0}) == "search: rungs: expected at least 1, found 0");
  CHECK(message(plane, {.trials = 1, .factor = 1}) == "search: factor: expected at least 2");
  CHECK_THAT(message(plane, {.trials = 1, .threads = 0}), StartsWith("search: "));
}
