"""Peers in Python: PyTorch, eager and through torch.compile, and Keras on JAX.

    python_peers.py PROBLEMS

reads what `peers_bench --problems` has written. Prints, as JSON for `peers_bench --python`, the time of each shape in
microseconds and which peers are missing. Ends with an error if a peer's output, loss or gradients differ from ours.
"""

import importlib
import json
import os
import statistics
import sys
import time

os.environ["KERAS_BACKEND"] = "jax"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ.setdefault("OMP_NUM_THREADS", "1")

TOLERANCE = 1e-4  # of the largest number of a tensor
REPETITIONS = 9
SHORTEST = 0.03  # seconds that one repetition takes at least


class Problem:
    """A shape, its numbers as arrays, and our results."""

    def __init__(self, problem):
        self.shape, self.what = problem["shape"], problem["what"]
        self.layer, self.units, self.sigmoid = problem["layer"], problem["units"], problem["sigmoid"]
        steps, batch, inputs = problem["steps"], problem["batch"], problem["inputs"]
        self.gates = {"Flatten": 0, "SimpleRNN": 1, "LSTM": 4, "GRU": 3}[self.layer]
        self.trains = self.what == "training step"
        columns = self.gates * self.units
        shapes = {
            "kernel": (inputs, columns),
            "recurrent_kernel": (self.units, columns),
            "bias": (2, columns) if self.layer == "GRU" else (columns,),
            "dense_kernel": (-1, 1),
            "dense_bias": (1,),
        }

        def as_array(numbers, shape):
            return np.array(numbers, np.float32).reshape(shape)

        self.x = as_array(problem["x"], (steps, batch, inputs)).transpose(1, 0, 2).copy()  # (B,T,I)
        self.labels = [as_array(labels, (batch, 1)) for labels in problem["labels"]]
        # In the order of Keras.
        self.weights = {name: as_array(problem["weights"][name], shape) for name, shape in shapes.items()
                        if name in problem["weights"]}
        self.results = {name: np.array(numbers) for name, numbers in problem["results"].items()}

    def compare(self, who, found):
        """The largest difference to our results, in shares of a tensor's largest number. Exits if it is too large."""
        worst = 0
        for name, ours in self.results.items():
            difference = np.abs(np.ravel(found[name]) - ours).max() / np.abs(ours).max()
            if not difference <= TOLERANCE:
                sys.exit(f"python_peers: {who}, {self.shape}, {self.what}: {name} differs by {difference:.1g}")
            worst = max(worst, difference)
        return worst


def microseconds(work):
    """Of one call, the median of the repetitions; time is the processor's for this process."""

    def seconds(calls):
        start = time.process_time()
        for _ in range(calls):
            work()
        return time.process_time() - start

    for _ in range(3):
        work()  # compiles
    calls = 1
    while seconds(calls) < SHORTEST:
        calls *= 2
    return 1e6 * statistics.median(seconds(calls) / calls for _ in range(REPETITIONS))


class Torch:
    """Layers of torch.nn, mse_loss, and the fused Adam."""

    def __init__(self, problem, compiled):
        torch.set_num_threads(1)
        self.problem = problem
        self.x = torch.from_numpy(problem.x).transpose(0, 1).contiguous()  # (T,B,I), the faster one
        self.labels = [torch.from_numpy(labels) for labels in problem.labels]
        self.net = self.make_net()
        self.set_weights()
        self.forward = torch.compile(self.net) if compiled else self.net
        self.adam = torch.optim.Adam(self.net.parameters(), lr=1e-3, eps=1e-7, fused=True)

    def make_net(self):
        problem = self.problem

        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                make = {"SimpleRNN": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}.get(problem.layer)
                self.recurrent = make(problem.x.shape[2], problem.units) if make else None
                self.dense = torch.nn.Linear(len(problem.weights["dense_kernel"]), 1)

            def forward(self, x):
                features = self.recurrent(x)[0][-1] if self.recurrent else x.transpose(0, 1).flatten(1)
                y = self.dense(features)
                return torch.sigmoid(y) if problem.sigmoid else y

        return Net()

    def swap_gates(self, rows):
        """Gates of GRU are r, z, n here and z, r, h in Keras; others have the same order. Undoes itself."""
        if self.problem.layer != "GRU":
            return rows
        z, r, h = np.split(rows, 3)
        return np.concatenate([r, z, h])

    def set_weights(self):
        weights = self.problem.weights
        layers = {"dense.weight": weights["dense_kernel"].T, "dense.bias": weights["dense_bias"]}
        if self.net.recurrent:
            bias = weights["bias"] if self.problem.layer == "GRU" else [weights["bias"], 0 * weights["bias"]]
            rows = {"weight_ih": weights["kernel"].T, "weight_hh": weights["recurrent_kernel"].T,
                    "bias_ih": bias[0], "bias_hh": bias[1]}
            layers |= {f"recurrent.{name}_l0": self.swap_gates(values) for name, values in rows.items()}
        self.net.load_state_dict({name: torch.tensor(values) for name, values in layers.items()})

    def results(self):
        if not self.problem.trains:
            with torch.inference_mode():
                return {"output": self.forward(self.x).numpy()}
        y = self.forward(self.x)
        loss = torch.nn.functional.mse_loss(y, self.labels[0])
        loss.backward()
        results = {"output": y.detach().numpy(), "loss": loss.detach().numpy(),
                   "dense_kernel": self.net.dense.weight.grad.numpy().T, "dense_bias": self.net.dense.bias.grad.numpy()}
        if self.net.recurrent:
            gradients = [self.swap_gates(parameter.grad.numpy()) for parameter in self.net.recurrent.parameters()]
            results["kernel"], results["recurrent_kernel"] = gradients[0].T, gradients[1].T
            results["bias"] = gradients[2:] if self.problem.layer == "GRU" else gradients[2]
        return results

    def work(self):
        if self.problem.trains:
            self.adam.zero_grad()
            torch.nn.functional.mse_loss(self.forward(self.x), self.labels[0]).backward()
            self.adam.step()
            self.labels.reverse()
        else:
            with torch.inference_mode():
                self.forward(self.x)


class Keras:
    """`train_on_batch` and `predict_on_batch`, which Keras compiles with JAX."""

    def __init__(self, problem):
        layers = keras.layers
        make = {"SimpleRNN": layers.SimpleRNN, "LSTM": layers.LSTM, "GRU": layers.GRU}.get(problem.layer)
        self.problem = problem
        self.model = keras.Sequential([
            layers.Input(problem.x.shape[1:]),
            make(problem.units) if make else layers.Flatten(),
            layers.Dense(1, activation="sigmoid" if problem.sigmoid else None),
        ])
        self.model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
        self.model.set_weights(list(problem.weights.values()))
        self.labels = list(problem.labels)

    def results(self):
        def loss_and_output(trainable):
            y, _ = self.model.stateless_call(trainable, self.model.non_trainable_variables, self.problem.x)
            return ((y - self.labels[0]) ** 2).mean(), y

        trainable = [variable.value for variable in self.model.trainable_variables]
        (loss, y), gradients = jax.value_and_grad(loss_and_output, has_aux=True)(trainable)
        return {"output": y, "loss": loss} | dict(zip(self.problem.weights, gradients))

    def work(self):
        if self.problem.trains:
            self.model.train_on_batch(self.problem.x, self.labels[0])
            self.labels.reverse()
        else:
            self.model.predict_on_batch(self.problem.x)


def load(path):
    with open(path) as file:
        return [Problem(problem) for problem in json.load(file)]


def main(path):
    peers, notes = {}, []
    problems = load(path) if torch or keras else []

    def run(name, what, make):
        peers[name], worst = [], 0
        for problem in problems:
            print(f"{name}: {problem.shape}, {problem.what}", file=sys.stderr)
            peer = make(problem)
            worst = max(worst, problem.compare(name, peer.results()))
            peers[name].append({"shape": problem.shape, "what": problem.what, "us": microseconds(peer.work)})
        notes.append(f"{name}: {what}; results differ by at most {worst:.1g}")

    if torch:
        version = torch.__version__.split("+")[0]
        run(f"PyTorch {version}", "in Python, eager, fused Adam", lambda problem: Torch(problem, compiled=False))
        run("torch.compile", "the same, compiled", lambda problem: Torch(problem, compiled=True))
    else:
        notes.append("PyTorch in Python: not measured, torch is not installed")
    if keras:
        run(f"Keras {keras.__version__}, JAX {jax.__version__}", "compiled", Keras)
    else:
        notes.append("Keras: not measured, keras or jax is not installed")
    print(json.dumps({"peers": peers, "notes": notes}))


def optional(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


np, torch, jax = optional("numpy"), optional("torch"), optional("jax")
keras = optional("keras") if jax else None
main(sys.argv[1])
