#!/usr/bin/env python3
"""Writes the tables of docs/performance.md, docs/sizes.md and README.md: measures all of them in one go, on one core but for threads.

`./run bench --page` calls it, which builds what it needs. A table NAME stands under the line `<!-- table: NAME -->`, up to
the next empty line; the function `NAME_table` makes it. Nothing is written before everything has been measured.

    benchmarks/page.py --check    only compares the tables that the pages have with those that there are functions for
"""

import datetime
import functools
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = [ROOT / "docs/performance.md", ROOT / "docs/sizes.md", ROOT / "README.md"]
MARKED = re.compile(r"(<!-- table: (\w+) -->\n)(?:.+\n)*")
CORE = ["taskset", "-c", str(max(os.sched_getaffinity(0)))]
BUILDS = ["native", "release"]
LAYERS = ["SimpleRNN", "LSTM", "GRU"]


# --- What programs print ------------------------------------------------------------------------------------------------


def output(*command, **options):
    print("Measuring:", *command, file=sys.stderr)
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, **options).stdout


def bench(build, pattern, *options, core=CORE):
    """What benchmarks/bench measures, as Google Benchmark's JSON."""
    program = ROOT / "build" / build / "benchmarks/bench"
    return json.loads(output(*core, program, f"--benchmark_filter={pattern}", "--benchmark_format=json", *options))


def medians(build, pattern, seconds=0.05, repetitions=5, core=CORE):
    """{name: the median of each counter}, without what Google Benchmark puts behind the name."""
    results = bench(build, pattern, f"--benchmark_min_time={seconds}", f"--benchmark_repetitions={repetitions}", core=core)
    return {result["run_name"].replace("/real_time", ""): result for result in results["benchmarks"]
            if result.get("aggregate_name") == "median"}


def markdown(text):
    """The lines of a table, without the spaces that align its columns."""
    return "\n".join(re.sub(r" +\|", " |", line) for line in text.splitlines() if line.startswith("|"))


# --- How they are written -----------------------------------------------------------------------------------------------


def time(seconds):
    """With three digits."""
    unit, size = next((unit, size) for unit, size in [("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3), ("s", 1)]
                      if seconds < 1000 * size or unit == "s")
    value = seconds / size
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {unit}"


def table(header, rows):
    return "\n".join(f"| {' | '.join(line)} |" for line in [header, ["---"] * len(header), *rows])


# --- The tables ---------------------------------------------------------------------------------------------------------


def machine_table():
    """Not a table: what all others depend on."""
    results = bench("native", "^peak/float")
    context, peak = results["context"], results["benchmarks"][0]
    cpu = dict(re.findall(r"(.+?)\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text().split("\n\n")[0]))
    system = dict(re.findall(r'(\w+)="?(.*?)"?\n', pathlib.Path("/etc/os-release").read_text()))
    caches = {cache["level"]: f"{cache['size'] // 1024} kB" for cache in context["caches"] if cache["type"] != "Instruction"}
    widest = next((name for flag, name in [("avx512f", "AVX-512"), ("avx2", "AVX2")] if flag in cpu.get("flags", "").split()),
                  "neither AVX2 nor AVX-512")
    libraries = [f"{name} {output('pkg-config', '--modversion', name).strip()}" for name in ("xtensor", "xsimd", "openblas")]
    return "\n".join([
        f"- {cpu.get('model name', 'unknown processor')} (family {cpu.get('cpu family')}, model {cpu.get('model')}, {widest}), "
        f"{context['num_cpus']} cores; caches of {', '.join(caches.values())}; peak {peak['FLOP/s'] / 1e9:.0f} GFLOP/s in float",
        f"- {system['PRETTY_NAME']}; {context['compiler']}; {', '.join(libraries)}",
        f"- {context['BLAS']}",
        f"- measured on {datetime.date.today()}"])


def peers_table():
    found = output(ROOT / "run", "bench", "--peers")
    if "not measured" in found:
        sys.exit(f"{found}\npage.py: all peers are needed, and nothing has been written")
    return markdown(found.replace("training step", "training"))


def options_table():
    """What the options of the compiler make of some programs."""
    def quickstart(build):
        program, times = ROOT / "build" / build / "tests/docs/quickstart", []
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            output(*CORE, program, cwd=ROOT / "examples/data")
            times.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
        return time(statistics.median(times))

    def step(name, counter, unit=1.0):
        return ["", *(time(unit * medians(build, f"^{name}$")[name][counter]) for build in ("release", "native"))]

    return table(["", "no options", "`-O3`", "`-O3 -march=native`"], [
        ["the program on the first page", *map(quickstart, ("debug", "release", "native"))],
        ["training step, `SimpleRNN<5>`, 10 windows", *step("train/SimpleRNN/float/N=5/B=10", "time")],
        ["training step, `LSTM<4>`, 32 windows", *step("train/LSTM/float/N=4/B=32", "time")],
        ["training step, `LSTM<32>`, 32 windows", *step("train/LSTM/float/N=32/B=32", "time")],
        ["step of a stream, `LSTM<16>`", *step("stream/LSTM/float/N=16", "ns", 1e-9)]])


def by_units(kind, units, cell, default_cell, **how):
    """A row for each number of units, with all layers in the native build and in the default one."""
    found = {build: medians(build, f"^{kind.format('.*', '[0-9]+')}$", **how) for build in BUILDS}
    return table(["units", *(f"`{layer}`" for layer in LAYERS), *(f"`{layer}`, default" for layer in LAYERS)],
                 [[str(n), *(cell(found["native"][kind.format(layer, n)]) for layer in LAYERS),
                   *(default_cell(found["release"][kind.format(layer, n)]) for layer in LAYERS)] for n in units])


def training_table():
    return by_units("train/{}/float/N={}/B=32", [4, 8, 16, 32, 64, 256],
                    lambda step: f"{time(step['time'])}, {step['peak_%']:.0f} %", lambda step: time(step["time"]))


def stream_table():
    return by_units("stream/{}/float/N={}", [4, 8, 16, 32, 64, 128],
                    lambda step: f"{time(1e-9 * step['ns'])}, {step['ratio']:.2f}", lambda step: time(1e-9 * step["ns"]),
                    seconds=0.2, repetitions=3)


def sizes_table():
    """Sizes that the compiler knows, and how many times as long it takes with sizes that are chosen when the program runs."""
    found = medians("native", "^sizes/")

    def cell(work, layer, units):
        fixed, chosen = (found[f"sizes/{work}/{layer}/{form}/N={units}"]["time"] for form in ("static", "dynamic"))
        return f"{time(fixed)}, {chosen / fixed:.2f}"

    return table(["units", *(f"{work}, `{layer}`" for layer in ("GRU", "LSTM") for work in ("training", "prediction", "stream"))],
                 [[str(units), *(cell(work, layer, units) for layer in ("GRU", "LSTM") for work in ("train", "predict", "stream"))]
                  for units in (8, 16, 32, 128)])


def threads_table():
    """By the wall's clock, on all cores."""
    found = medians("native", "^threads/", 0.1, 9, core=[])
    rows = []
    for name, one in found.items():
        work, is_one = re.subn(r"^threads/(.*)/(\w+)/N=(\d+)/(B=\d+)/threads=1$", r"`\1`, `\2<\3>`, \4", name)
        if is_one:
            two = found[name.replace("threads=1", "threads=2")]
            rows.append([work, time(one["step"]), time(two["step"]), f"{one['step'] / two['step']:.1f}"])
    return table(["per training step", "1 thread", "2 threads", "times as fast"], rows)


def first_call_table():
    """Each in three processes; the first of four objects in each makes the first call of the process."""
    def cell(name):
        runs = [[result for result in bench("native", f"^first/{name}/", "--benchmark_repetitions=4")["benchmarks"]
                 if result["run_type"] == "iteration"] for _ in range(3)]
        calls = [[run[0]["first_us"] for run in runs], [result["first_us"] for run in runs for result in run[1:]],
                 [result["later_us"] for run in runs for result in run]]
        return ", ".join(time(1e-6 * statistics.median(call)) for call in calls)

    layers = ["SimpleRNN/float/N=5", "LSTM/float/N=16", "GRU/float/N=32", "LSTM/float/N=256"]
    return table(["layer", "training step", "`predict` of a window", "step of a stream"],
                 [[f"`{layer.replace('/float/N=', '<')}>`", cell(f"train/{layer}/B=32"), cell(f"predict/{layer}"),
                   cell(f"stream/{layer}")] for layer in layers])


def products_table():
    sizes, rows = [16, 32, 64, 256], [1, 32, 640]
    squares = "|".join(f"I={n}/N={n}" for n in sizes)
    found = {build: medians(build, f"^product/(plain|tiles|blas)/float/({squares})/rows=(1|32|640)$", 0.01)
             for build in BUILDS}

    def cell(build, n, count):
        return " / ".join(f"{found[build][f'product/{kernel}/float/I={n}/N={n}/rows={count}']['FLOP/s'] / 1e9:.0f}"
                          for kernel in ("plain", "tiles", "blas"))

    titles = [f"{count} row{'s' * (count > 1)}" for count in rows]
    return table(["W of", *titles, *(f"{title}, default" for title in titles)],
                 [[f"{n} x {n}", *(cell(build, n, count) for build in BUILDS for count in rows)] for n in sizes])


def growth_table():
    return markdown(output(ROOT / "run", "bench", "--growth"))


@functools.cache
def compile_times():
    return markdown(output(ROOT / "scripts/compile_times"))


def compile_table():
    return compile_times()


def compile_sizes_table():
    """Of the same measurements those of one net, nine nets and nine sizes."""
    others = ("only includes", "precompiled", "airline")
    return "\n".join(line for line in compile_times().splitlines() if not any(other in line for other in others))


# --- The pages ----------------------------------------------------------------------------------------------------------


def main():
    tables = {name[:-len("_table")]: make for name, make in globals().items() if name.endswith("_table")}
    texts = {page: page.read_text() for page in PAGES}
    wanted = {name for text in texts.values() for _, name in MARKED.findall(text)}
    if wanted != tables.keys():
        sys.exit(f"page.py: not on the pages, or without a function: {', '.join(sorted(wanted ^ tables.keys()))}")
    if sys.argv[1:] == ["--check"]:
        return
    made = {name: make() for name, make in tables.items()}

    def renewed(match):
        return f"{match[1]}{made[match[2]]}\n"

    for page, text in texts.items():
        page.write_text(MARKED.sub(renewed, text))
    for plot in (ROOT / "out/growth").glob("*.png"):
        shutil.copy(plot, ROOT / "docs/images")


if __name__ == "__main__":
    main()
