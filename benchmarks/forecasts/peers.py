"""M4 Hourly by the program with its defaults and by other libraries, AutoETS of statsforecast and LightGBM behind
mlforecast: sMAPE, MASE, OWA and seconds, one formula for all; then ETTh1 by the program, beside the seasonal naive one.

    ./run bench --forecasts --peers --data DIR [--every N] [--only WORD]

DIR has M4-Hourly-train.csv, M4-Hourly-test.csv and ETTh1.csv. AutoETS takes minutes: `--every 4` takes every fourth
series of M4, for all alike but what they learn from: LightGBM and the program train with all series, and are judged by
these.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[threads] = "1"

import lightgbm
import numpy as np
import pandas as pd
from mlforecast import MLForecast
from mlforecast.lag_transforms import ExpandingMean, RollingMean
from mlforecast.target_transforms import Differences
from statsforecast import StatsForecast
from statsforecast.models import AutoETS, SeasonalNaive

HORIZON, DAY = 48, 24
NAIVE2 = {"sMAPE": 18.383, "MASE": 2.395}  # as published


def read(path):
    """Rows of M4: the name of a series and its values."""
    with open(path, newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {row[0]: np.array([float(value) for value in row[1:] if value]) for row in rows}


def long_format(series):
    frames = [pd.DataFrame({"unique_id": name, "ds": np.arange(len(y)), "y": y}) for name, y in series.items()]
    return pd.concat(frames, ignore_index=True)


def by_series(frame, column):
    return {name: group[column].to_numpy() for name, group in frame.groupby("unique_id")}


def seconds():
    """Of the processor, of this process and of those that it has waited for."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def errors(known, came, forecasts):
    smape, mase = [], []
    for name, forecast in forecasts.items():
        y, x = came[name], known[name]
        smape.append(np.mean(200 * abs(y - forecast) / (abs(y) + abs(forecast))))
        mase.append(np.mean(abs(y - forecast)) / np.mean(abs(x[DAY:] - x[:-DAY])))
    smape, mase = np.mean(smape), np.mean(mase)
    return smape, mase, (smape / NAIVE2["sMAPE"] + mase / NAIVE2["MASE"]) / 2


def statistical(model):
    """A model of its own for each series."""

    def forecast(known, asked):
        of_asked = long_format({name: known[name] for name in asked})
        frame = StatsForecast(models=[model], freq=1, n_jobs=1).forecast(df=of_asked, h=HORIZON)
        return by_series(frame, str(model))

    return forecast


def hour(times):
    return times % DAY


def boosted(logarithms, lags, trees, leaves, learning_rate):
    """One model of all series, of differences from the day before."""

    def forecast(known, asked):
        model = lightgbm.LGBMRegressor(
            n_estimators=trees, num_leaves=leaves, learning_rate=learning_rate, n_jobs=1, verbosity=-1
        )
        forecaster = MLForecast(
            models={"lightgbm": model},
            freq=1,
            lags=lags,
            lag_transforms={1: [ExpandingMean(), RollingMean(DAY)], DAY: [RollingMean(2 * DAY)]},
            date_features=[hour],
            target_transforms=[Differences([DAY])],
            num_threads=1,
        )
        frame = long_format(known)
        if logarithms:
            frame["y"] = np.log(frame["y"])
        forecaster.fit(frame, static_features=[])
        found = by_series(forecaster.predict(HORIZON), "lightgbm")
        return {name: np.exp(found[name]) if logarithms else found[name] for name in asked}

    return forecast


def program(path, data):
    """`rnnts forecast` with its defaults, which knows nothing but the layout and the horizon."""

    def forecast(known, asked):
        with tempfile.TemporaryDirectory() as folder:
            arguments = ["--layout", "rows", "--horizon", str(HORIZON), "-o", folder]
            subprocess.run([path, "forecast", data / "M4-Hourly-train.csv", *arguments], check=True, capture_output=True)
            frame = pd.read_csv(Path(folder) / "forecast.csv")
        found = by_series(frame, "forecast")
        return {name: found[name] for name in asked}

    return forecast


def etth1(path, data):
    """Errors of `rnnts backtest` with its defaults, and of the seasonal naive forecast beside it, on the test part of
    the long-term protocol: each column standardised by its training part, 96 steps ahead, all 2785 windows.
    """
    table = pd.read_csv(data / "ETTh1.csv").iloc[: 20 * 30 * 24]
    numbers = table.columns[1:]
    training = table[numbers].iloc[: 12 * 30 * 24]
    table[numbers] = (table[numbers] - training.mean()) / training.std(ddof=0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "etth1.csv"
        table.to_csv(file, index=False)
        windows = ["--horizon", "96", "--windows", "2785", "--step-size", "1"]
        arguments = [path, "backtest", file, "--layout", "columns", *windows, "--json"]
        answer = json.loads(subprocess.run(arguments, check=True, capture_output=True).stdout)
    return answer["backtest"]["methods"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--rnnts", required=True, help="the program")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    known = read(arguments.data / "M4-Hourly-train.csv")
    came = read(arguments.data / "M4-Hourly-test.csv")
    asked = list(known)[:: arguments.every]

    days = [DAY * (k + 1) for k in range(7)]
    hours_and_days = [*range(1, DAY), *days]
    peers = {
        "rnnts forecast": program(arguments.rnnts, arguments.data),
        "seasonal naive": statistical(SeasonalNaive(DAY)),
        "AutoETS": statistical(AutoETS(season_length=DAY)),
        "LightGBM, 7 days": boosted(False, days, 100, 31, 0.1),
        "LightGBM, 7 days, logarithms": boosted(True, days, 100, 31, 0.1),
        "LightGBM, 23 hours and 7 days": boosted(False, hours_and_days, 300, 64, 0.05),
        "LightGBM, the same, logarithms": boosted(True, hours_and_days, 300, 64, 0.05),
    }
    print(", ".join(f"{name} {version(name)}" for name in ("statsforecast", "mlforecast", "lightgbm")))
    print(f"{'':<44} {'sMAPE':>7} {'MASE':>7} {'OWA':>7} {'MSE':>7} {'MAE':>7} {'seconds':>8}")
    of_m4 = "M4 Hourly" if arguments.every == 1 else f"M4 Hourly/{arguments.every}"
    for name, forecast in peers.items():
        if arguments.only not in name:
            continue
        before = seconds()
        found = forecast(known, asked)
        took = seconds() - before
        smape, mase, owa = errors(known, came, found)
        print(f"{of_m4:<13} {name:<30} {smape:7.3f} {mase:7.3f} {owa:7.4f} {'':15} {took:8.1f}", flush=True)
    if arguments.only in "ETTh1":
        before = seconds()
        found = etth1(arguments.rnnts, arguments.data)
        took = seconds() - before
        for name, method, cost in (("rnnts backtest", "rnnts", f"{took:8.1f}"), ("seasonal naive", "seasonal naive", "")):
            mse, mae = found[method]["rmse"] ** 2, found[method]["mae"]
            print(f"{'ETTh1':<13} {name:<30} {'':23} {mse:7.4f} {mae:7.4f} {cost}".rstrip())


if __name__ == "__main__":
    main()
