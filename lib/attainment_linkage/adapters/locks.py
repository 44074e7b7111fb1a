"""Locks: one run at a time in a root.

A lock is a file ``_LOCK`` that names its holder: host, process and when it started. It is
stale only where its holder ran on this host and is dead; any other is left to an operator's
``--break-lock``. Its time stamp is renewed while the holder lives (the heartbeat), so an
operator can tell. A broken lock is noticed by the run that held it: it must not publish.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.processes import Process, this_process
from attainment_linkage.domain.errors import RunLockedError

LOCK = "_LOCK"
_GUARD = "_LOCK.guard"


@contextmanager
def held(roots: Sequence[Path], *, break_lock: bool, heartbeat_seconds: float) -> Iterator[Locks]:
    """Hold the lock of every root, in the order given; let go in the opposite one.

    Raises:
        RunLockedError: another run holds one of them.
    """
    locks = Locks([root / LOCK for root in roots])
    with ExitStack() as stack:
        for path in locks.paths:
            _take(path, locks.mark, break_lock=break_lock)
            stack.callback(_let_go, path, locks.mark)
        stop = threading.Event()
        beat = threading.Thread(target=_beat, args=(locks, stop, heartbeat_seconds), daemon=True)
        beat.start()
        try:
            yield locks
        finally:
            stop.set()
            beat.join()


@contextmanager
def held_alone(folder: Path, heartbeat_seconds: float) -> Iterator[None]:
    """Hold the lock of one folder, made where it is not there; nothing of it stays.

    Raises:
        RunLockedError: another process holds it.
        LakeUnwritableError, DiskFullError: the folder cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refused:
        raise named(refused, str(folder)) from None
    try:
        with held([folder], break_lock=False, heartbeat_seconds=heartbeat_seconds):
            yield
    finally:
        with _guarded(folder / _GUARD):
            if _said(folder / LOCK) is None:
                (folder / _GUARD).unlink()


class Locks:
    """The locks one run holds."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Locks of this process, not taken yet; ``mark`` is what their files will say."""
        self.paths = tuple(paths)
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.mark = json.dumps({**asdict(this_process()), "started": started, "of": id(self)})

    def require(self) -> None:
        """Refuse to go on where one of the locks was broken.

        Raises:
            RunLockedError: the lock is gone, or another run's.
        """
        for path in self.paths:
            if _said(path) != self.mark:
                raise RunLockedError(
                    f"{path}: the lock of this run was broken; another may be at work. Nothing "
                    "was published; start again when no other run holds the lake."
                )


def _take(path: Path, mark: str, *, break_lock: bool) -> None:
    try:
        with _guarded(path.with_name(_GUARD)):
            said = _said(path)
            if said is not None and not break_lock and not _is_stale(said):
                raise RunLockedError(_refusal(path, said))
            path.unlink(missing_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(mark)
    except OSError as refused:
        raise named(refused, str(path)) from None


def _let_go(path: Path, mark: str) -> None:
    with _guarded(path.with_name(_GUARD)):
        if _said(path) == mark:
            path.unlink(missing_ok=True)


def _said(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return None


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """One process at a time looks at a lock and changes it; the kernel frees a dead one's."""
    handle = _guard(path)
    try:
        yield
    finally:
        os.close(handle)


def _guard(path: Path) -> int:
    """The guard's file, open and locked; one that was removed meanwhile guards nothing."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except FileNotFoundError:
            pass
        os.close(handle)


def _holder(said: str) -> Process | None:
    try:
        found = json.loads(said)
        return Process(str(found["host"]), int(found["pid"]), int(found["start_ticks"]))
    except (ValueError, KeyError, TypeError):
        return None


def _is_stale(said: str) -> bool:
    """A lock that names nobody was cut short under the guard: its writer is dead."""
    holder = _holder(said)
    return holder is None or holder.is_known_dead


def _refusal(path: Path, said: str) -> str:
    holder = _holder(said)
    by = f"process {holder.pid} on {holder.host}" if holder else "a process it does not name"
    age = max(0, round(time.time() - path.stat().st_mtime))
    return (
        f"{path.parent}: another run holds it, {by}; its last sign of life was {age} seconds ago. "
        "Wait for it; if you know that it is dead, start again with --break-lock where the command "
        f"has it, or remove {path.name} there."
    )


def _beat(locks: Locks, stop: threading.Event, seconds: float) -> None:
    while not stop.wait(seconds):
        for path in locks.paths:
            if _said(path) == locks.mark:
                os.utime(path)
