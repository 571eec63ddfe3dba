// Labels for every step: which steps lie between an opening event and a closing one.
//
// The label of a step depends on the last event up to it and on the next event from it on. A net that reads the
// sequence in one direction can know only the first of these, one that looks at a step alone knows neither.
// Bidirectional reads in both directions. The sequences differ in length, within a batch too, and are padded and masked
// by the library.

#include <rnnts/rnnts.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
#include <numeric>
#include <optional>
#include <ranges>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/report.hpp"

using namespace rnnts;

namespace {

// [sequences]
using Step = std::array<float, 2>;  // how much it looks like an opening, and like a closing

/// One sample, as fit() takes it: rows of features, and a label for each.
struct Labelled {
  std::vector<Step> window;
  std::vector<float> label;
};

/// 20 to 60 steps. At each one there is an event with probability 0.15. The first event is an opening or a closing with
/// probability 1/2 each; a later one is of the other kind than the one before with probability 0.7. So some openings
/// are never closed, and some closings close nothing. An event is a 1 in its feature; both features carry normal noise
/// of standard deviation 0.15. The label of a step is 1 if the last event up to it is an opening and the next event
/// from there on is a closing; the step of that closing counts too.
Labelled make_sequence(Random& random) {
  enum class Event { none, opening, closing };
  const std::size_t length = 20 + random.below(41);
  std::vector<Event> events(length, Event::none);
  Event last = random.uniform() < 0.5 ? Event::opening : Event::closing;
  for (Event& event : events) {
    if (random.uniform() >= 0.15) continue;
    const bool other = random.uniform() < 0.7;
    event = last = (last == Event::opening) == other ? Event::closing : Event::opening;
  }

  Labelled sequence{.window = {}, .label = std::vector<float>(length, 0)};
  for (const Event event : events) {
    const auto feature = [&](Event kind) {
      return static_cast<float>((event == kind ? 1 : 0) + 0.15 * random.normal());
    };
    const float opening = feature(Event::opening), closing = feature(Event::closing);
    sequence.window.push_back({opening, closing});
  }
  std::optional<std::size_t> opened;
  for (std::size_t t = 0; t < length; ++t) {
    if (events[t] == Event::closing && opened) {
      for (std::size_t inside = *opened; inside <= t; ++inside) sequence.label[inside] = 1;
    }
    if (events[t] == Event::opening) opened = t;
    if (events[t] == Event::closing) opened.reset();
  }
  return sequence;
}
// [/sequences]

std::vector<Labelled> make_sequences(std::size_t count, Random& random) {
  std::vector<Labelled> sequences;
  for (std::size_t k = 0; k < count; ++k) sequences.push_back(make_sequence(random));
  return sequences;
}

struct Data {
  std::vector<Labelled> train, validation, test;
};

Data make_data(Seed seed) {
  Random random(seed);
  Data data;
  data.train = make_sequences(600, random);
  data.validation = make_sequences(150, random);
  data.test = make_sequences(300, random);
  return data;
}

/// Probabilities that the label is 1, for each step of each sequence.
using Probabilities = std::vector<std::vector<float>>;

struct Scores {
  double mae = 0, accuracy = 0, f1 = 0;
};

/// F1 is the harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); 0 where nothing is found.
Scores score(const std::vector<Labelled>& sequences, const Probabilities& probabilities) {
  double steps = 0, error = 0, right = 0, true_positive = 0, positive = 0, found = 0;
  for (std::size_t k = 0; k < sequences.size(); ++k) {
    for (std::size_t t = 0; t < sequences[k].label.size(); ++t) {
      const double label = static_cast<double>(sequences[k].label[t]);
      const double probability = static_cast<double>(probabilities[k][t]), guess = probability > 0.5 ? 1 : 0;
      ++steps;
      error += std::abs(label - probability);
      right += guess == label ? 1 : 0;
      true_positive += guess * label;
      positive += label;
      found += guess;
    }
  }
  const double f1 = positive + found > 0 ? 2 * true_positive / (positive + found) : 0;
  return {.mae = error / steps, .accuracy = right / steps, .f1 = f1};
}

/// What comes of one way to find the labels.
struct Run {
  examples::Result result{};
  Scores test{};
  Probabilities probabilities{};  // of the test part
};

Run judge(const Data& data, examples::Result result,
          const std::function<Probabilities(const std::vector<Labelled>&)>& predict) {
  Run run{.result = std::move(result), .probabilities = predict(data.test)};
  run.test = score(data.test, run.probabilities);
  run.result.train_mae = score(data.train, predict(data.train)).mae;
  run.result.test_mae = run.test.mae;
  run.result.scores = {{"test_accuracy", run.test.accuracy}, {"test_f1", run.test.f1}};
  return run;
}

/// The label that is the more frequent one in the training part, for every step.
Run guess_majority(const Data& data) {
  double sum = 0, steps = 0;
  for (const Labelled& sequence : data.train) {
    sum = std::accumulate(sequence.label.begin(), sequence.label.end(), sum);
    steps += static_cast<double>(sequence.label.size());
  }
  const float majority = sum > steps / 2 ? 1 : 0;
  return judge(data, {.name = "majority"}, [majority](const std::vector<Labelled>& sequences) {
    Probabilities result;
    for (const Labelled& sequence : sequences) result.emplace_back(sequence.label.size(), majority);
    return result;
  });
}

// [rule]
/// What somebody writes who knows the task but has to decide at once: a step is inside from an opening up to a closing,
/// where a feature above 1/2 is an event.
std::vector<float> open_since(const std::vector<Step>& steps) {
  std::vector<float> inside;
  bool open = false;
  for (const auto& [opening, closing] : steps) {
    if (opening > 0.5F) open = true;
    inside.push_back(open ? 1.0F : 0.0F);
    if (closing > 0.5F) open = false;
  }
  return inside;
}

/// What somebody writes who may wait for the end: an opening is taken back unless the next event is a closing.
std::vector<float> open_and_closed(const std::vector<Step>& steps) {
  std::vector<float> inside = open_since(steps);
  bool closed_later = false;
  for (std::size_t t = steps.size(); t-- > 0;) {
    const auto& [opening, closing] = steps[t];
    if (closing > 0.5F) closed_later = true;
    if (!closed_later) inside[t] = 0;
    if (opening > 0.5F) closed_later = false;
  }
  return inside;
}
// [/rule]

Run follow_rule(const Data& data, const std::string& name,
                const std::function<std::vector<float>(const std::vector<Step>&)>& rule) {
  return judge(data, {.name = name}, [&](const std::vector<Labelled>& sequences) {
    Probabilities result;
    for (const Labelled& sequence : sequences) result.push_back(rule(sequence.window));
    return result;
  });
}

template <Model Net> Run train(const Data& data, const std::string& name, std::size_t epochs, Seed seed) {
  // [fit]
  Net model{seed};
  const History history = fit(model, data.train, BinaryCrossentropy{}, Adam{.learning_rate = 1e-2},
                              {.epochs = epochs,
                               .batch_size = 16,
                               .seed = seed,
                               .validation = data.validation,
                               .callbacks = {EarlyStopping{.patience = 10}},
                               .verbose = false});
  // [/fit]
  return judge(data,
               {.name = name,
                .parameters = model.parameter_count(),
                .seed = seed.value,
                .seconds = history.seconds,
                .losses = history.loss,
                .val_losses = history.val_loss},
               [&](const std::vector<Labelled>& sequences) {
                 // [predict]
                 // Shape (sequence, step, 1), with 0 beyond the end of a sequence.
                 const auto predicted = model.predict(sequences);
                 Probabilities result;
                 for (std::size_t k = 0; k < sequences.size(); ++k) {
                   std::vector<float>& steps = result.emplace_back();
                   for (std::size_t t = 0; t < sequences[k].window.size(); ++t) steps.push_back(predicted(k, t, 0));
                 }
                 // [/predict]
                 return result;
               });
}

// [nets]
constexpr GRUOptions every_step{.return_sequences = true};

using PerStep = Sequential<float, Input<2>, Dense<16, ReLU>, Dense<1, Sigmoid>>;
using OneDirection = Sequential<float, Input<2>, GRU<12, Tanh, Sigmoid, every_step>, Dense<1, Sigmoid>>;
using BothDirections = Sequential<float, Input<2>, Bidirectional<GRU<8, Tanh, Sigmoid, every_step>>, Dense<1, Sigmoid>>;
// [/nets]

/// The features, the labels, and what the nets say of one sequence of the test part.
class Drawing {
 public:
  explicit Drawing(const Labelled& sequence) : steps_(sequence.label.size()) {
    std::iota(steps_.begin(), steps_.end(), 1.0F);
    std::vector<float> opening, closing;
    for (const Step& step : sequence.window) {
      opening.push_back(step[0]);
      closing.push_back(step[1]);
    }
    plot_.band("label is 1", examples::colour::grey, steps_, std::vector<float>(steps_.size(), 0), sequence.label)
        .line("feature: opening", examples::colour::blue, steps_, opening, "lw 1")
        .line("feature: closing", examples::colour::orange, steps_, closing, "lw 1");
  }

  void add(const std::string& label, const char* colour, const std::vector<float>& probabilities, const char* style) {
    plot_.line(label, colour, steps_, probabilities, style);
  }

  void save(const std::filesystem::path& file) const { plot_.save(file); }

 private:
  std::vector<float> steps_;
  examples::Plot plot_{
      "A sequence of the test part: which steps are inside? Nets with the share of all labels that are right", "step",
      "feature, label, probability"};
};

std::string percent(double share) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << 100 * share << " %";
  return text.str();
}

/// Says of a net, trained with several seeds, whether it labels more steps right than what is not a net.
void print_verdict(std::span<const Run> runs, const std::vector<Run>& baselines) {
  const auto accuracy = [](const Run& run) { return run.test.accuracy; };
  const auto [worst, best] = std::ranges::minmax(runs | std::views::transform(accuracy));
  std::cout << runs.front().result.name << ": " << percent(worst);
  if (runs.size() > 1) std::cout << " to " << percent(best);
  std::cout << " of the labels are right.\n";
  for (const Run& baseline : baselines) {
    std::cout << (worst > baseline.test.accuracy  ? "  It beats "
                  : best > baseline.test.accuracy ? "  With some seeds it beats "
                                                  : "  It does NOT beat ")
              << baseline.result.name << ", " << percent(baseline.test.accuracy) << ".\n";
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const examples::CommandLine command_line{
      .example = "sequence_labels",
      .description =
          "Labels every step of sequences that differ in length, with nets that read in one or both directions.",
      .seeds = 3,
      .makes_series = true};
  const examples::Options options = command_line.parse(argc, argv);

  const Data data = make_data(seed(options.series_seed));
  Drawing drawing(data.test.front());
  examples::Report report(
      "sequences of 20 to 60 steps with opening and closing events, made by a formula", "probability",
      {{"parts", "600 sequences to train with, 150 for validation, 300 to test"},
       {"batches", "16 sequences of different length, each used up to its own end"},
       {"optimizer", "Adam, learning rate 1e-2; loss: binary cross-entropy"},
       {"choices", "the weights of the epoch with the lowest validation loss"},
       {"errors",
        "mean absolute errors of the probability that the label is 1; accuracy and F1 at a threshold of 1/2"}});

  report.plot_losses("losses.png", "binary cross-entropy", {"dense_16", "gru_12", "bidirectional_gru_8"});

  const std::vector<Run> baselines{guess_majority(data), follow_rule(data, "rule_one_direction", open_since),
                                   follow_rule(data, "rule_both_directions", open_and_closed)};
  for (const Run& baseline : baselines) report.add(baseline.result);

  std::vector<Run> runs;
  const auto study = [&]<class Net>(std::type_identity<Net>, const std::string& name, const std::string& label,
                                    const char* colour, const char* style) {
    for (std::size_t k = 0; k < options.seeds; ++k) {
      std::cerr << "training " << name << ", seed " << options.seed + k << '\n';
      runs.push_back(train<Net>(data, name, options.epochs_or(40), seed(options.seed + k)));
      report.add(runs.back().result);
      if (k == 0) {
        drawing.add(label + ", " + percent(runs.back().test.accuracy), colour, runs.back().probabilities.front(),
                    style);
      }
    }
  };
  study(std::type_identity<PerStep>{}, "dense_16", "Dense on each step", examples::colour::black, "lw 2 dt 3");
  study(std::type_identity<OneDirection>{}, "gru_12", "GRU, one direction", examples::colour::green, "lw 2 dt 2");
  study(std::type_identity<BothDirections>{}, "bidirectional_gru_8", "GRU, both directions",
        examples::colour::vermilion, "lw 3");

  drawing.save(options.out / "sequence.png");
  report.print_table("of every step's label");
  std::cout << '\n';
  for (auto rest = std::span(runs); !rest.empty(); rest = rest.subspan(options.seeds)) {
    print_verdict(rest.first(options.seeds), baselines);
  }
  report.write(options.out);
} catch (const std::exception& error) {
  std::cerr << "sequence_labels: " << error.what() << '\n';
  return 1;
}
