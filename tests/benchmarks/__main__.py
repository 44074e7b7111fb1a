"""The benchmark: every contender in turn on the same files, the ratios last.

python -m tests.benchmarks SIZE FOLDER [RUNS]

The fast contenders run RUNS times (three: the median counts), those of one run once. Splink on
Spark has a time limit; where it is met, its seconds are a lower bound, and said to be one.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks import stages
from tests.benchmarks.contender import CONTENDERS
from tests.benchmarks.design import SIZES
from tests.benchmarks.files import Files, files_of

RUNS = 3
"""Runs of each fast contender; the median counts. Fewer only show that all of it runs."""
ONE_RUN = ("ours_without_matchkeys", "splink_spark")
LIMIT_SECONDS = {"splink_spark": 900}
"""Seconds of the whole process after which a contender is stopped: more than five times ours on
a slow machine, so that a bound can be within the goal."""
GOALS = {"splink_spark": 0.2, "splink_duckdb": 1.5}
"""Ours may take at most so many times the seconds of a peer; stated for medium."""
LEFT_OUT = {
    "large": ("splink_spark",),
    "census": ("ours_without_matchkeys", "splink_duckdb", "splink_spark"),
}
WITH_STAGES = ("large",)
"""Sizes at which the stages before the linkage are timed too, and every gate of the road."""
MOST_OF_LARGE = 2.0
"""So many times the seconds of large a linkage of census may take."""

Results = dict[str, list[dict[str, Any]]]


def main(size: str, folder: Path, runs: int = RUNS) -> int:
    """Make the files, run the contenders, print and keep what was measured."""
    files = files_of(folder, size)
    print(
        f"{size}: {files.left_rows:,} x {files.right_rows:,} records, "
        f"{files.candidate_pairs:,} candidate pairs, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} at the start",
        flush=True,
    )
    left_out = LEFT_OUT.get(size, ())
    names = [name for name in CONTENDERS if name not in left_out]
    results: Results = {name: [] for name in names}
    for number in range(runs):
        for name in names:
            if name in ONE_RUN and number:
                continue
            results[name].append(_run(name, size, folder))
            _say(name, number + 1, results[name][-1])
    summary = _summary(size, files, results)
    path = folder / "benchmark.json"
    path.write_text(json.dumps(summary, indent=1), "utf-8")
    print(f"kept in {path}; left out: {', '.join(left_out) or 'nobody'}")
    for line in _table(summary):
        print(line)
    if size in WITH_STAGES:
        stages.main(SIZES[size], folder / "road")
    if size == "census":
        print(_beside_large(summary, folder.parent / "large" / path.name))
    else:
        print(_verdict(summary["ratios"], summary["lower_bounds"]))
    return 0


def _run(name: str, size: str, folder: Path) -> dict[str, Any]:
    output, limit = folder / "output", LIMIT_SECONDS.get(name)
    shutil.rmtree(output, ignore_errors=True)
    words = [sys.executable, "-m", "tests.benchmarks.contender", name, size]
    started = time.monotonic()
    process = subprocess.Popen(
        [*words, str(folder), str(output)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its own group: the JVM and its workers
        process.communicate()
        return {"seconds": round(time.monotonic() - started, 2), "is_lower_bound": True}
    finally:
        shutil.rmtree(output, ignore_errors=True)
    if process.returncode:
        raise SystemExit(f"benchmark: {name} ended with exit code {process.returncode}")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def _say(name: str, number: int, result: dict[str, Any]) -> None:
    if result.get("is_lower_bound"):
        print(f"{name} {number}: stopped after {result['seconds']} s: a lower bound", flush=True)
        return
    peaks = ", ".join(f"{kind} {mib:,} MiB" for kind, mib in result["peak_mib"].items())
    cpu = ", ".join(f"{kind} {seconds}" for kind, seconds in result["cpu_by_kind"].items())
    print(
        f"{name} {number}: {result['seconds']} s; session {result['session_seconds']} s; "
        f"{result['cpu_seconds']} CPU s ({cpu}); {peaks}; {result['scored_pairs']:,} pairs, "
        f"{result['links']:,} links",
        flush=True,
    )
    for phase, seconds in result["phases"].items():
        spent = result["cpu_of_phases"][phase]
        cpu = ", ".join(f"{kind} {value}" for kind, value in spent.items())
        print(f"    {phase:<30} {seconds:>8} s   CPU s: {cpu}", flush=True)


def _summary(size: str, files: Files, results: Results) -> dict[str, Any]:
    seconds = {name: median(run["seconds"] for run in runs) for name, runs in results.items()}
    bounds = [n for n, runs in results.items() if any(r.get("is_lower_bound") for r in runs)]
    cpu = {
        name: median(run["cpu_seconds"] for run in runs)
        for name, runs in results.items()
        if name not in bounds
    }
    millions = files.candidate_pairs / 1e6
    return {
        "size": size,
        "left_rows": files.left_rows,
        "right_rows": files.right_rows,
        "candidate_pairs": files.candidate_pairs,
        "load_at_the_end": os.getloadavg()[0],
        "median_seconds": seconds,
        "median_cpu_seconds": cpu,
        "lower_bounds": bounds,
        "seconds_per_million_rows_and_pairs": round(
            seconds["ours"] / (files.left_rows + files.right_rows + files.candidate_pairs) * 1e6, 3
        ),
        "core_seconds_per_million_pairs": {n: round(c / millions, 2) for n, c in cpu.items()},
        "ratios": {p: round(seconds["ours"] / seconds[p], 2) for p in GOALS if p in seconds},
        "cpu_ratios": {p: round(cpu["ours"] / cpu[p], 2) for p in GOALS if p in cpu},
        "runs": results,
    }


def _table(summary: dict[str, Any]) -> list[str]:
    """One line per contender: seconds, CPU seconds, core-seconds per million pairs."""
    cpu, per_million = summary["median_cpu_seconds"], summary["core_seconds_per_million_pairs"]
    lines = [f"{'contender':<24} {'seconds':>9} {'CPU s':>9} {'core-s per million pairs':>26}"]
    for name, seconds in summary["median_seconds"].items():
        is_bound = name in summary["lower_bounds"]
        shown = f"> {seconds}" if is_bound else f"{seconds}"
        lines.append(
            f"{name:<24} {shown:>9} {cpu.get(name, '-'):>9} {per_million.get(name, '-'):>26}"
        )
    linear = summary["seconds_per_million_rows_and_pairs"]
    lines.append(f"ours: {linear} s per million rows and candidate pairs")
    lines.append(f"CPU ratios: {', '.join(f'{p} {r}' for p, r in summary['cpu_ratios'].items())}")
    return lines


def _beside_large(summary: dict[str, Any], large: Path) -> str:
    """Census beside large: its goal is a ratio to ours there, not to a peer."""
    if not large.exists():
        return "census: make bench SIZE=large first, to have what its seconds are held against"
    found: dict[str, Any] = json.loads(large.read_text("utf-8"))
    ratio = round(summary["median_seconds"]["ours"] / found["median_seconds"]["ours"], 2)
    is_within = ratio <= MOST_OF_LARGE
    return f"census / large = {ratio}: {'within' if is_within else 'short of'} the goal"


def _verdict(ratios: dict[str, float], lower_bounds: list[str]) -> str:
    """The ratios of seconds; with a peer that was stopped, ours over it is at most so much."""
    is_within = all(ratio <= GOALS[peer] for peer, ratio in ratios.items())
    said = ", ".join(
        f"ours / {peer} {'<' if peer in lower_bounds else '='} {ratio}"
        for peer, ratio in ratios.items()
    )
    return f"{said}: {'within' if is_within else 'short of'} the goal"


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in SIZES:
        raise SystemExit(f"benchmark: give SIZE FOLDER [RUNS]; SIZE is one of {', '.join(SIZES)}")
    _, asked, place, *runs = sys.argv
    raise SystemExit(main(asked, Path(place), *map(int, runs)))
