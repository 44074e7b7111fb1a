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
        self.cpu: dict[str, dict[str, float]] = {}
        self.counts: dict[str, int] = {}
        self.session_seconds = 0.0
        self._watch = watch
        self._started = self._seconds = 0.0
        self._cpu: dict[str, float] = {}
        self._cpu_before: dict[str, float] = {}

    @contextmanager
    def session(self) -> Iterator[None]:
        """The start of the engine: not on the clock."""
        started = time.monotonic()
        yield
        self.session_seconds = time.monotonic() - started

    def start(self) -> None:
        """The first read is about to happen."""
        self._cpu_before = self._watch.cpu_by_kind()
        self._started = time.monotonic()

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """A phase; one that comes twice is added up."""
        started, before = time.monotonic(), self._watch.cpu_by_kind()
        yield
        self.phases[name] = self.phases.get(name, 0.0) + time.monotonic() - started
        spent = self.cpu.setdefault(name, {})
        for kind, seconds in self._watch.cpu_by_kind().items():
            spent[kind] = round(spent.get(kind, 0.0) + seconds - before.get(kind, 0.0), 2)

    def end(self) -> None:
        """The last write is done; what is closed after it is not on the clock."""
        self._seconds = time.monotonic() - self._started
        self._cpu = {
            kind: round(seconds - self._cpu_before.get(kind, 0.0), 2)
            for kind, seconds in self._watch.cpu_by_kind().items()
        }

    def result(self) -> dict[str, Any]:
        """What was measured."""
        return {
            "seconds": round(self._seconds, 2),
            "phases": {name: round(seconds, 2) for name, seconds in self.phases.items()},
            "cpu_of_phases": self.cpu,
            "session_seconds": round(self.session_seconds, 2),
            "cpu_seconds": round(sum(self._cpu.values()), 2),
            "cpu_by_kind": self._cpu,
            **self.counts,
        }


def run(name: str, files: Files, output: Path) -> dict[str, Any]:
    """Run one contender."""
    watch = Watch()
    watch.start()
    clock = Clock(watch)
    # what libraries print goes to standard error: the last line of this process is the result
    with contextlib.redirect_stdout(sys.stderr):
        CONTENDERS[name](files, output, clock, on_end=clock.end)
    return {**clock.result(), "peak_mib": watch.end()}


if __name__ == "__main__":
    _, NAME, SIZE, FOLDER, OUTPUT = sys.argv
    print(json.dumps(run(NAME, files_of(Path(FOLDER), SIZE), Path(OUTPUT))))
