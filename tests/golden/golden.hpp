// Golden cases: reading them, comparing with them, and the list of those that the tests run.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace golden {

/// Numbers in row-major order; a batch is (batch, step, feature) or (batch, feature).
struct Array {
  std::vector<std::size_t> shape;
  std::vector<double> data;
};

/// One file of cases/, flattened: "layers/0/units" is a number, "expected/gradients/0.kernel" an array. Each
/// value that a test takes is crossed off, so that what no test looked at can be told.
class Case {
 public:
  /// Throws std::runtime_error if there is no such file or it is not a case.
  explicit Case(std::string name);

  const std::string& name() const { return name_; }
  bool has(const std::string& path) const { return values_.contains(path); }

  // Each of these throws std::runtime_error if the value is of another type, or absent without a fallback.
  const Array& array(const std::string& path);
  double number(const std::string& path);
  double number(const std::string& path, double fallback);
  bool flag(const std::string& path, bool fallback);
  std::string text(const std::string& path);
  std::string text(const std::string& path, const std::string& fallback);
  /// Crosses off what is only said about the case.
  void skip(const std::string& path);

  /// The names one level below a path: of "layers/0/weights", say, "bias" and "kernel".
  std::vector<std::string> names(const std::string& path) const;

  /// Everything that was not taken.
  std::vector<std::string> left_over() const;

 private:
  using Value = std::variant<bool, double, std::string, Array>;
  struct Entry {
    Value value;
    bool taken = false;
  };

  template <class T> const T& take(const std::string& path);

  std::string name_;
  std::map<std::string, Entry> values_;
};

/// Largest |found - expected| / max(1, |expected|) that passes.
struct Tolerance {
  double values;       ///< outputs, losses, states
  double derivatives;  ///< gradients, and all that training gives
};

/// What the comparisons of one run of one case have come to.
class Report {
 public:
  explicit Report(Tolerance allowed) : tolerance(allowed) {}

  /// Numbers and shape must agree.
  void compare(const std::string& what, const Array& expected, const Array& found, double allowed);
  void compare(const std::string& what, double expected, double found, double allowed);

  /// An option of the model must be the one of the file.
  void same(const std::string& what, const std::string& in_file, const std::string& in_model);
  void same(const std::string& what, std::size_t in_file, std::size_t in_model);
  void same(const std::string& what, bool in_file, bool in_model);

  void problem(const std::string& text) { problems.push_back(text); }

  Tolerance tolerance;
  std::size_t compared = 0;  ///< numbers
  double largest_error = 0;
  std::string where;  ///< the largest error is
  std::vector<std::string> problems;
};

/// An option of a layer, and what it is where the file does not say.
struct Option {
  using Value = std::variant<bool, double, std::string_view>;

  std::string_view name = {};
  Value in_model = {};
  Value by_default = {};
};

/// What the compiler knows of a layer, to be checked against the file.
struct LayerDescription {
  std::string_view type = {};  ///< as in the file
  std::string_view name = {};  ///< in the names of weights
  std::string_view default_activation = {};
  std::size_t units = 0;
  std::string_view activation = {};
  std::string_view recurrent_activation = {};  ///< of layers with gates
  bool use_bias = false;
  bool return_sequences = false;
  bool go_backwards = false;
  bool reset_after = true;  ///< of GRU
  bool has_state = false;
  std::array<Option, 7> options = {};         ///< all others; those without a name are none
  std::string_view merge = {};                ///< of Bidirectional
  const LayerDescription* wrapped = nullptr;  ///< the layer that Bidirectional runs in both directions
};

/// The file must describe these layers.
void check_layers(Case& c, Report& report, const std::vector<LayerDescription>& layers);

/// Weights by the model's names, as "0.simple_rnn.kernel" or "0.bidirectional.forward.kernel"; a file calls the same
/// "0.kernel" and "0.forward.kernel".
using Weights = std::map<std::string, Array>;

/// Checks the layers, and calls `set(name, values)` for each weight of the file. All weights of the model must be
/// there, in the same shapes.
void set_weights(Case& c, Report& report, const std::vector<LayerDescription>& layers, const Weights& of_model,
                 const std::function<void(const std::string&, const std::vector<double>&)>& set);

/// Compares all of `found` with what stands in the file at `path`.
void compare_weights(Case& c, Report& report, const std::string& path, const Weights& found);

/// Where a file has the initial value of a state: for "0.forward.h" in layers/0/initial_state/forward/h.
std::string initial_state_path(const std::string& state);
/// Whether any layer starts from a state that is given.
bool has_initial_state(const Case& c);

/// The weight of each row of outputs of this shape, (batch, step, feature) or (batch, feature); none if the file has no
/// `sample_weight`. That is (batch, step), (batch), for all steps of a sample, or without dimensions, for all rows.
std::vector<double> row_weights(Case& c, const std::vector<std::size_t>& shape);

/// The indices of all samples of a batch.
std::vector<std::size_t> all_samples(const Array& array);
/// The samples of `indices`, (batch, step, feature) or (batch, feature), in the order (step, batch, feature).
std::vector<double> time_major(const Array& array, const std::vector<std::size_t>& indices);
/// The way back, to an array of this shape.
Array batch_major(std::vector<double> values, std::vector<std::size_t> shape);

/// A case and how it is run. The kind is that of the file.
struct Entry {
  using Run = void (*)(Case&, Report&);

  std::string name;
  std::string kind;
  Run in_float, in_double;
  Run dynamic = nullptr;  ///< in double, with sizes that are chosen when the program runs; null for what has no sizes
};

/// All entries that were registered anywhere in the program.
std::vector<Entry>& registry();

/// `const Cases cases{...}`, outside of any function, registers entries before any test starts.
struct Cases {
  Cases(std::initializer_list<Entry> entries) { registry().insert(registry().end(), entries.begin(), entries.end()); }
};

}  // namespace golden
