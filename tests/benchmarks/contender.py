"""Contender: one run of one contender, in a process of its own; its last line is JSON.

python -m tests.benchmarks.contender NAME SIZE FOLDER OUTPUT
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks import ours, peers
from tests.benchmarks.design import MATCHKEYS
from tests.benchmarks.files import Files, files_of
from tests.benchmarks.watch import Watch

CONTENDERS: dict[str, Callable[..., Any]] = {
    "ours": partial(ours.run, matchkeys=MATCHKEYS),
    "ours_without_matchkeys": partial(ours.run, matchkeys=()),
    "splink_duckdb": peers.run_duckdb,
    "splink_spark": peers.run_spark,
}


class Clock:
    """Seconds per phase, from the first read to the last write; the session's start apart."""

    def __init__(self, watch: Watch) -> None:
        self.phases: dict[str, float] = {}
        self.counts: dict[str, int] = {}
        self.session_seconds = 0.0
        self._watch = watch
        self._cpu_before = 0.0

    @contextmanager
    def session(self) -> Iterator[None]:
        """The start of the engine: not on the clock."""
        started = time.monotonic()
        yield
        self.session_seconds = time.monotonic() - started

    def start(self) -> None:
        """The first read is about to happen."""
        self._cpu_before = self._watch.cpu_seconds()

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """A phase; one that comes twice is added up."""
        started = time.monotonic()
        yield
        self.phases[name] = self.phases.get(name, 0.0) + time.monotonic() - started

    def result(self) -> dict[str, Any]:
        """What was measured."""
        return {
            "seconds": round(sum(self.phases.values()), 2),
            "phases": {name: round(seconds, 2) for name, seconds in self.phases.items()},
            "session_seconds": round(self.session_seconds, 2),
            "cpu_seconds": round(self._watch.cpu_seconds() - self._cpu_before, 2),
            **self.counts,
        }


def run(name: str, files: Files, output: Path) -> dict[str, Any]:
    """Run one contender."""
    watch = Watch()
    watch.start()
    clock = Clock(watch)
    # what libraries print goes to standard error: the last line of this process is the result
    with contextlib.redirect_stdout(sys.stderr):
        CONTENDERS[name](files, output, clock, on_end=watch.sample)
    return {**clock.result(), "peak_mib": watch.end()}


if __name__ == "__main__":
    _, NAME, SIZE, FOLDER, OUTPUT = sys.argv
    print(json.dumps(run(NAME, files_of(Path(FOLDER), SIZE), Path(OUTPUT))))
