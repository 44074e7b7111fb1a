"""The benchmark: every contender in turn, three times, on the same files; the ratios last.

python -m tests.benchmarks SIZE FOLDER [RUNS]
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.contender import CONTENDERS
from tests.benchmarks.design import SIZES
from tests.benchmarks.files import Files, files_of

RUNS = 3
"""Runs of each contender; the median counts. Fewer only show that all of it runs."""
GOALS = {"splink_spark": 0.2, "splink_duckdb": 1.5}
"""Ours may take at most so many times the seconds of a peer; stated for medium."""
LEFT_OUT = {"large": ("splink_spark",)}

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
            if name == "ours_without_matchkeys" and number:
                continue
            results[name].append(_run(name, size, folder))
            _say(name, number + 1, results[name][-1])
    summary = _summary(size, files, results)
    path = folder / "benchmark.json"
    path.write_text(json.dumps(summary, indent=1), "utf-8")
    print(f"kept in {path}; left out: {', '.join(left_out) or 'nobody'}")
    print(_verdict(summary["ratios"]))
    return 0


def _run(name: str, size: str, folder: Path) -> dict[str, Any]:
    output = folder / "output"
    shutil.rmtree(output, ignore_errors=True)
    words = [sys.executable, "-m", "tests.benchmarks.contender", name, size]
    done = subprocess.run(
        [*words, str(folder), str(output)], stdout=subprocess.PIPE, text=True, check=False
    )
    shutil.rmtree(output, ignore_errors=True)
    if done.returncode:
        raise SystemExit(f"benchmark: {name} ended with exit code {done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _say(name: str, number: int, result: dict[str, Any]) -> None:
    phases = ", ".join(f"{phase} {seconds}" for phase, seconds in result["phases"].items())
    peaks = ", ".join(f"{kind} {mib:,} MiB" for kind, mib in result["peak_mib"].items())
    print(
        f"{name} {number}: {result['seconds']} s ({phases}); session {result['session_seconds']} "
        f"s; {result['cpu_seconds']} CPU s; {peaks}; {result['scored_pairs']:,} pairs, "
        f"{result['links']:,} links",
        flush=True,
    )


def _summary(size: str, files: Files, results: Results) -> dict[str, Any]:
    seconds = {name: median(run["seconds"] for run in runs) for name, runs in results.items()}
    cpu = {name: median(run["cpu_seconds"] for run in runs) for name, runs in results.items()}
    millions = files.candidate_pairs / 1e6
    return {
        "size": size,
        "left_rows": files.left_rows,
        "right_rows": files.right_rows,
        "candidate_pairs": files.candidate_pairs,
        "median_seconds": seconds,
        "median_cpu_seconds": cpu,
        "core_seconds_per_million_pairs": {n: round(c / millions, 2) for n, c in cpu.items()},
        "ratios": {p: round(seconds["ours"] / seconds[p], 2) for p in GOALS if p in seconds},
        "runs": results,
    }


def _verdict(ratios: dict[str, float]) -> str:
    is_within = all(ratio <= GOALS[peer] for peer, ratio in ratios.items())
    said = ", ".join(f"ours / {peer} = {ratio}" for peer, ratio in ratios.items())
    return f"{said}: {'within' if is_within else 'short of'} the goal"


if __name__ == "__main__":
    asked, place, *runs = sys.argv[1:]
    if asked not in SIZES:
        raise SystemExit(f"benchmark: SIZE is one of {', '.join(SIZES)}")
    raise SystemExit(main(asked, Path(place), *map(int, runs)))
