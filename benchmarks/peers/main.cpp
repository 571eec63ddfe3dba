// Measures this library beside its peers: one table, in which all have done the same work with the same numbers.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <exception>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "../openblas.hpp"
#include "../peak.hpp"
#include "contestant.hpp"
#include "measure.hpp"
#include "rnnts/kernels/blas.hpp"
#include "table.hpp"

namespace bench {
namespace {

using nlohmann::json;

struct Peer {
  std::string name, what;
  MakeContestant make;    ///< null if the library was not there when this was compiled
  double difference = 0;  ///< the largest between its results and ours, in shares of a tensor's largest number
};

#if !BENCH_WITH_ONEDNN
constexpr auto make_onednn = nullptr;
std::string onednn_name() { return "oneDNN"; }
#endif
#if !BENCH_WITH_LIBTORCH
constexpr auto make_libtorch = nullptr;
std::string libtorch_name() { return "libtorch"; }
#endif

std::vector<Peer> all_peers() {
  return {{onednn_name(), "the recurrent layer alone: no Dense, no loss, no optimizer, weights packed beforehand",
           make_onednn},
          {libtorch_name(), "PyTorch's C++ interface, eager", make_libtorch}};
}

/// The largest difference between two numbers, in shares of the largest number of their tensor. Throws
/// std::runtime_error if it is larger than `tolerance`.
double compare(const std::string& who, const Shape& shape, const Tensors& expected, const Tensors& found) {
  constexpr double tolerance = 1e-4;
  double worst = 0;
  for (const auto& [name, ours] : expected) {
    const auto fail = [&, &of = name](const std::string& why) {
      throw std::runtime_error(who + ", " + shape.name() + ", " + bench::name(shape.work) + ": " + of + " " + why);
    };
    const auto theirs = found.find(name);
    if (theirs == found.end()) fail("was not computed");
    if (theirs->second.size() != ours.size()) {
      fail("has " + std::to_string(theirs->second.size()) + " numbers, expected " + std::to_string(ours.size()));
    }
    double largest = 0, difference = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const double a = ours[i], b = theirs->second[i];
      if (!std::isfinite(a) || !std::isfinite(b)) fail("is not finite");
      largest = std::max(largest, std::abs(a));
      difference = std::max(difference, std::abs(a - b));
    }
    if (largest == 0) fail("is zero, which compares nothing");
    if (difference > tolerance * largest) {
      fail("differs by " + std::to_string(difference) + " where the largest number is " + std::to_string(largest));
    }
    worst = std::max(worst, difference / largest);
  }
  return worst;
}

/// What the peers in Python need to do the same: the numbers to start from, and the results.
json problem_as_json(const Problem& problem, const Tensors& results) {
  const Shape& shape = problem.shape;
  return {{"shape", shape.name()},    {"what", name(shape.work)},   {"layer", name(shape.layer)},
          {"units", shape.units},     {"inputs", shape.inputs},     {"steps", shape.steps},
          {"batch", shape.batch},     {"sigmoid", shape.sigmoid},   {"x", problem.x},
          {"labels", problem.labels}, {"weights", problem.weights}, {"results", results}};
}

void write_problems(const std::string& path) {
  auto problems = json::array();
  for (const auto& [shape, make_ours] : jobs()) {
    const Problem problem(shape);
    problems.push_back(problem_as_json(problem, make_ours(problem)->results()));
  }
  std::ofstream file(path);
  if (!(file << problems << '\n')) throw std::runtime_error("cannot write " + path);
}

Row run(const Job& job, std::vector<Peer>& peers) {
  const Problem problem(job.shape);
  std::vector<std::unique_ptr<Contestant>> contestants;
  contestants.push_back(job.make_ours(problem));
  const Tensors expected = contestants.front()->results();
  std::vector<std::string> names;
  for (Peer& peer : peers) {
    auto contestant = peer.make ? peer.make(problem) : nullptr;
    if (!contestant) continue;
    peer.difference = std::max(peer.difference, compare(peer.name, job.shape, expected, contestant->results()));
    names.push_back(peer.name);
    contestants.push_back(std::move(contestant));
  }
  std::vector<std::function<void()>> work;
  for (const auto& contestant : contestants) work.push_back([&] { contestant->work(); });
  const std::vector<double> seconds = measure(work);

  Row row{job.shape.name(), name(job.shape.work), 1e6 * seconds[0], {}, 0};
  for (std::size_t i = 0; i < names.size(); ++i) row.peers[names[i]] = 1e6 * seconds[i + 1];
  row.fma_share = 2 * double(job.shape.multiply_adds()) / seconds[0] / machine_peak<float>().flops;
  return row;
}

/// What the BLAS reaches with all that it needs: the bound for nets whose time goes into large products.
Row run_sgemm() {
  constexpr std::size_t size = 1024;
  const std::vector<float> a(size * size, 0.25F), b(size * size, 0.5F);
  std::vector<float> c(size * size);
  const double seconds = measure({[&] {
    rnnts::detail::blas::add_product(rnnts::detail::blas::Left::plain, size, size, size, a.data(), b.data(), c.data());
  }})[0];
  const double share = 2.0 * size * size * size / seconds / machine_peak<float>().flops;
  return {"sgemm 1024 x 1024 x 1024", "OpenBLAS", 1e6 * seconds, {}, share};
}

/// Adds what `python_peers.py` has printed: {"peers": {NAME: [{"shape", "what", "us"}]}, "notes": [TEXT]}.
void add_python(Table& table, const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  const json python = json::parse(file);
  for (const auto& [name, rows] : python.at("peers").items()) {
    table.peers.push_back(name);
    for (const json& measured : rows) {
      const auto row = std::ranges::find_if(table.rows, [&](const Row& candidate) {
        return candidate.shape == measured.at("shape").get<std::string>() &&
               candidate.what == measured.at("what").get<std::string>();
      });
      if (row == table.rows.end()) throw std::runtime_error(path + " has a row that is not one of ours");
      row->peers[name] = measured.at("us").get<double>();
    }
  }
  for (const json& note : python.at("notes")) table.notes.push_back(note.get<std::string>());
}

Table run_all() {
  hold_blas_to_one_thread();
  Table table;
  table.peak_flops = machine_peak<float>().flops;
  std::vector<Peer> peers = all_peers();
  for (const Job& job : jobs()) {
    std::cerr << job.shape.name() << ", " << name(job.shape.work) << '\n';
    table.rows.push_back(run(job, peers));
  }
  for (const Peer& peer : peers) {
    std::ostringstream note;
    if (peer.make) {
      table.peers.push_back(peer.name);
      note << peer.name << ": " << peer.what << "; results differ by at most " << std::setprecision(1)
           << peer.difference;
    } else {
      note << peer.name << ": not measured, it is not installed";
    }
    table.notes.push_back(note.str());
  }
  table.rows.push_back(run_sgemm());
  table.notes.push_back("sgemm: " + blas_kernels());
  table.sgemm_flops = table.rows.back().fma_share * table.peak_flops;
  return table;
}

int main(int argc, char** argv) {
  CLI::App app("This library beside its peers: time of a training step and of a prediction, one thread");
  std::string problems, python, output;
  app.add_option("--problems", problems, "only write what peers in Python need, to this file");
  app.add_option("--python", python, "results of python_peers.py, to be shown as well");
  app.add_option("--json", output, "write the rows to this file");
  CLI11_PARSE(app, argc, argv);
  try {
    if (!problems.empty()) {
      write_problems(problems);
      return 0;
    }
    Table table = run_all();
    if (!python.empty()) add_python(table, python);
    print(table);
    if (!output.empty()) {
      std::ofstream file(output);
      if (!(file << rows_as_json(table).dump(2) << '\n')) throw std::runtime_error("cannot write " + output);
    }
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "peers_bench: " << error.what() << '\n';
    return 1;
  }
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::main(argc, argv); }
