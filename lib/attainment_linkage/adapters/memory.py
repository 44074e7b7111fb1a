"""Memory: how much a stage takes at its most, of this process and all it starts here.

Read from /proc while the stage works: the sum of what each process has for itself, shared
pages parted among those that share them. A peak between two looks is missed, executors on
other machines are not seen, and on a system without /proc nothing is measured: 0.
"""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

_EVERY_SECONDS = 1.0
_LEAST_PAUSE = 50.0
"""Pause between two looks, in looks: to add up the pages of gibibytes takes time itself."""
_PROC = Path("/proc")


class PeakMemory:
    """The peak of a block: ``with PeakMemory() as peak: ...``, then ``peak.mib``."""

    def __init__(self, every_seconds: float = _EVERY_SECONDS) -> None:
        """Nothing is read before the block begins."""
        self.mib = 0
        self._every = every_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)

    def __enter__(self) -> PeakMemory:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Look once more and end."""
        self._ended.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        pause = self._every
        while not self._ended.wait(pause):
            started = time.thread_time()
            self._look()
            pause = max(self._every, _LEAST_PAUSE * (time.thread_time() - started))

    def _look(self) -> None:
        kib = sum(map(_own_kib, _tree(os.getpid())))
        self.mib = max(self.mib, kib // 1024)


def _tree(root: int) -> Iterator[int]:
    """A process and all that come from it."""
    children = defaultdict(list)
    for entry in _PROC.glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text("utf-8", "replace")
        except OSError:
            continue
        children[int(stat.rpartition(")")[2].split()[1])].append(int(entry.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children[pid]


def _own_kib(pid: int) -> int:
    """The proportional set size of a process; 0 where it is gone."""
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text("utf-8", "replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
