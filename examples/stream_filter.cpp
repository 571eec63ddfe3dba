// A recurrent net as an audio filter, in real time: GRU(16) over a signal of 48 kHz, block after block.
//
// The net learns an overdrive, which bends the signal and then takes its heights away. Then it plays blocks of 64
// samples, as an audio interface asks for them, and the clock tells how long each one takes: the median, and the worst,
// which is what a deadline asks about. A silence after the sound is timed too, as the state of the net fades away in
// it.

#include <rnnts/rnnts.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <exception>
#include <iomanip>
#include <iostream>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/options.hpp"
#include "support/report.hpp"

using namespace rnnts;

namespace {

constexpr std::size_t sample_rate = 48'000, block_size = 64;

/// Tones that are plucked four times per second and fade away: a frequency between 80 and 640 Hz, and an octave of it.
std::vector<float> make_sound(double seconds, Seed seed) {
  Random random(seed);
  std::vector<float> sound(static_cast<std::size_t>(seconds * sample_rate));
  double frequency = 0;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const std::size_t since_plucked = i % (sample_rate / 4);
    if (since_plucked == 0) frequency = 80 * std::exp2(random.uniform(0, 3));
    const double t = static_cast<double>(since_plucked) / sample_rate, angle = 2 * std::numbers::pi * frequency * t;
    sound[i] = static_cast<float>(std::exp(-12 * t) * (0.6 * std::sin(angle) + 0.3 * std::sin(2 * angle)));
  }
  return sound;
}

/// What is left of a tone that has faded away, down from 10^-36: most of it is below 2^-126, subnormal.
std::vector<float> make_fading(double seconds) {
  std::vector<float> sound(static_cast<std::size_t>(seconds * sample_rate));
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const double t = static_cast<double>(i) / sample_rate;
    sound[i] = static_cast<float>(1e-36 * std::exp(-20 * t / seconds) * std::sin(2 * std::numbers::pi * 110 * t));
  }
  return sound;
}

// [overdrive]
/// y[t] = y[t-1] + a (tanh(4 x[t]) - y[t-1]), with an a that lets 2 kHz through.
std::vector<float> overdrive(std::span<const float> x) {
  const float a = 1 - std::exp(-2 * std::numbers::pi_v<float> * 2000 / sample_rate);
  std::vector<float> y;
  float last = 0;
  for (const float sample : x) y.push_back(last += a * (std::tanh(4 * sample) - last));
  return y;
}
// [/overdrive]

// [net]
/// Without biases: silence goes in, and silence comes out.
constexpr GRUOptions every_step{.return_sequences = true, .use_bias = false};
using Net =
    Sequential<float, Input<1>, GRU<16, Tanh, Sigmoid, every_step>, Dense<1, Linear, DenseOptions{.use_bias = false}>>;
// [/net]

/// Input and output of the overdrive, sample by sample.
auto samples_of(const std::vector<float>& sound) {
  const std::vector<float> filtered = overdrive(sound);
  std::vector<std::pair<std::vector<float>, std::vector<float>>> samples;
  for (std::size_t i = 0; i < sound.size(); ++i) samples.push_back({{sound[i]}, {filtered[i]}});
  return samples;
}

// [play]
/// Filters a sound in its place, block after block. Returns the microseconds that each one took, in ascending order.
std::vector<double> play(Stream<Net>& stream, std::span<float> sound) {
  std::vector<double> times(sound.size() / block_size);
  for (std::size_t k = 0; k < times.size(); ++k) {
    const auto start = std::chrono::steady_clock::now();
    for (float& sample : sound.subspan(k * block_size, block_size)) sample = stream.step(sample)[0];
    times[k] = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  }
  std::ranges::sort(times);
  return times;
}
// [/play]

void print(const std::string& what, const std::vector<double>& times) {
  constexpr double block = 1e6 * block_size / sample_rate;
  const double median = times[times.size() / 2], worst = times.back();
  std::cout << std::left << std::setw(29) << what << std::right << std::setw(10) << median << std::setw(10) << worst
            << std::setw(10) << 100 * median / block << " %" << std::setw(8) << 100 * worst / block << " %\n";
}

/// The mean absolute error of the net, from the beginning of a sound; of the sound as it is without one.
double error_of(const Net* net, std::vector<float> sound) {
  const std::vector<float> filtered = overdrive(sound);
  if (net != nullptr) {
    Stream stream(*net);
    play(stream, sound);
  }
  double sum = 0;
  for (std::size_t i = 0; i < sound.size(); ++i) sum += std::abs(static_cast<double>(sound[i] - filtered[i]));
  return sum / static_cast<double>(sound.size());
}

}  // namespace

int main(int argc, char** argv) try {
  const examples::CommandLine command_line{
      .example = "stream_filter",
      .description = "Trains a GRU to be an audio filter, and times it block by block.",
      .makes_series = true};
  const examples::Options options = command_line.parse(argc, argv);

  const std::vector<float> train = make_sound(2, seed(options.series_seed));
  const std::vector<float> test = make_sound(10, seed(options.series_seed + 1));
  // [train]
  Net net{seed(options.seed)};
  const auto samples = samples_of(train);
  const History history = fit_stateful(
      net, samples, MeanSquaredError{}, Adam{.learning_rate = 1e-2},
      {.epochs = options.epochs_or(40), .steps = 64, .batch_size = 50, .seed = seed(options.seed), .verbose = false});
  // [/train]

  examples::Report report("plucked tones through an overdrive, 48 kHz", "parts of full scale",
                          {{"training_part", "2 s; the test part is another 10 s"},
                           {"optimizer", "Adam, learning rate 1e-2; loss: mean squared error"}});
  report.add({.name = "unfiltered", .train_mae = error_of(nullptr, train), .test_mae = error_of(nullptr, test)});
  report.add({.name = "gru_16",
              .parameters = net.parameter_count(),
              .seed = options.seed,
              .train_mae = error_of(&net, train),
              .test_mae = error_of(&net, test),
              .seconds = history.seconds,
              .losses = history.loss});
  report.plot_losses("losses.png", "mean squared error", {"gru_16"});
  report.print_table("of the output");
  report.write(options.out);

  std::cout << "\nMicroseconds for a block of " << block_size << " samples, of which a second has "
            << sample_rate / block_size << ", and their share of real time:\n\n"
            << "                                 median     worst    median       worst\n"
            << std::string(73, '-') << '\n'
            << std::fixed << std::setprecision(2);
  // [time]
  for (const bool flushes : {false, true}) {
    std::optional<FlushSubnormals> flush;
    if (flushes) flush.emplace();
    std::vector<float> sound = test, fading = make_fading(2);
    Stream stream(net);
    print(flushes ? "sound, with FlushSubnormals" : "sound", play(stream, sound));
    print(flushes ? "fading away, likewise" : "fading away", play(stream, fading));
  }
  // [/time]
} catch (const std::exception& error) {
  std::cerr << "stream_filter: " << error.what() << '\n';
  return 1;
}
