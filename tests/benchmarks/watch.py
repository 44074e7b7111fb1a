"""Watch: processor seconds and peak memory of this process and all it starts, from /proc."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_EVERY_SECONDS = 0.25
_TICKS = os.sysconf("SC_CLK_TCK")
DRIVER, JVM, WORKER = "driver", "jvm", "worker"


class Watch(threading.Thread):
    """Samples the process tree. A process that lives under a quarter second may be missed."""

    def __init__(self) -> None:
        super().__init__(name="watch", daemon=True)
        self._ended = threading.Event()
        self._cpu: dict[int, tuple[str, float]] = {}
        self._peaks: dict[str, int] = defaultdict(int)
        self._own = 0.0

    def run(self) -> None:
        """Sample until told to end."""
        while not self._ended.wait(_EVERY_SECONDS):
            self.sample()
            self._own = time.thread_time()

    def sample(self) -> None:
        """Take one sample of every process of the tree."""
        me = os.getpid()
        for pid in _tree(me):
            seen = _seen(pid)
            if seen is None:
                continue
            program, cpu, peak_kib = seen
            kind = DRIVER if pid == me else JVM if program == "java" else WORKER
            self._cpu[pid] = kind, cpu
            self._peaks[kind] = max(self._peaks[kind], peak_kib)

    def cpu_seconds(self) -> float:
        """User and system seconds of all processes seen, up to now."""
        return sum(self.cpu_by_kind().values())

    def cpu_by_kind(self) -> dict[str, float]:
        """The same, of each kind of process; what watching itself took is not in it."""
        self.sample()
        found: dict[str, float] = defaultdict(float, {DRIVER: -self._own})
        for kind, cpu in list(self._cpu.values()):
            found[kind] += cpu
        return dict(found)

    def end(self) -> dict[str, int]:
        """Stop; the peak of a single process of each kind, in MiB."""
        self.sample()
        self._ended.set()
        self.join()
        return {kind: kib // 1024 for kind, kib in sorted(self._peaks.items())}


def _tree(root: int) -> Iterator[int]:
    children = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children[int(fields[1])].append(int(entry.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children[pid]


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def _seen(pid: int) -> tuple[str, float, int] | None:
    """The program, processor seconds and peak resident KiB of a process; None when it is gone.

    The program and not the name: a process the JVM is about to start has a thread's name.
    """
    fields = _stat(pid)
    try:
        program = Path(f"/proc/{pid}/exe").readlink().name
        status = Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    said = dict(line.split(":", 1) for line in status if ":" in line)
    if not fields or "VmHWM" not in said:
        return None
    cpu = (int(fields[11]) + int(fields[12])) / _TICKS
    return program, cpu, int(said["VmHWM"].split()[0])
