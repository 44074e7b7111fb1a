"""Workplace: what a run keeps to itself: its folder for spill files, its log, its rights.

Shuffle, spill and worker files hold rows, so each run has its own folder, 0700, removed when
the run ends in any way but a kill; what a killed run left is removed by the next one.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.processes import Process, this_process

FAULTS = "_faults"
_PREFIX = "run-"
_KEPT_BYTES = 4 * 1024 * 1024
_WAITS = (0.0, 0.1, 0.3, 1.0, 2.0)
"""Seconds before each try to remove this run's own folder."""


def restrict_process() -> None:
    """Files of this process and its children are private, and it leaves no core dump."""
    os.umask(0o077)
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


@contextmanager
def run_folder(temporary: Path) -> Iterator[Path]:
    """A private folder of this run, removed at its end; dead runs' folders are swept first.

    What this process itself spills (training, on DuckDB) lies there too, not among others' files.

    Raises:
        DiskFullError, LakeUnwritableError: it cannot be made.
    """
    restrict_process()
    try:
        temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(temporary)
        folder = temporary / f"{_PREFIX}{this_process().name}"
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as refused:
        raise named(refused, f"session: {temporary}") from None
    before, tempfile.tempdir = tempfile.tempdir, str(folder.resolve())
    try:
        with _exit_on_sigterm():
            yield folder.resolve()
    finally:
        tempfile.tempdir = before
        _remove(folder, _WAITS)


def _remove(folder: Path, waits: Sequence[float] = (0.0,)) -> None:
    """Delete a folder of this user's, with what may not be written in it; seconds before each try.

    A Java that is ending still writes and removes files there.
    """
    for seconds in waits:
        time.sleep(seconds)
        for place, inner, _ in os.walk(folder):
            for path in (Path(place, name) for name in inner):
                with contextlib.suppress(OSError):
                    if not path.is_symlink():
                        path.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


@contextmanager
def own_folder(place: Path, prefix: str) -> Iterator[Path]:
    """The path of a folder that is this process's alone; whatever lies there goes at the end.

    Folders of dead processes are swept first. Nothing is made: whoever writes there does it.
    """
    _sweep(place, prefix)
    folder = place / f"{prefix}{this_process().name}"
    try:
        yield folder
    finally:
        _remove(folder)


def _sweep(temporary: Path, prefix: str = _PREFIX) -> None:
    for folder in temporary.glob(f"{prefix}*"):
        owner = Process.named(folder.name.removeprefix(prefix))
        if owner is not None and owner.is_known_dead:
            _remove(folder)


@contextmanager
def _exit_on_sigterm() -> Iterator[None]:
    """Turn SIGTERM into an exit, so that what is open is closed and removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        """End as the shell counts it: 128 and the signal."""
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def output_to(log: Path) -> Iterator[None]:
    """Send what is started inside (the JVM and its workers) to a private log.

    What they print may quote rows. This process keeps its own output.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    kept = [os.dup(1), os.dup(2)]
    try:
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        yield
    finally:
        for number, before in zip((1, 2), kept, strict=True):
            os.dup2(before, number)
            os.close(before)
        os.close(handle)


def keep_log(log: Path, root: Path | None, name: str) -> Path | None:
    """Keep the end of a failed run's log in a root whose rows it may quote.

    None where there is no log, or no such root for this user.
    """
    try:
        kept = log.read_bytes()[-_KEPT_BYTES:]
    except OSError:
        return None
    return write_fault(root, f"{name}.log", kept) if kept else None


def write_fault(root: Path | None, name: str, content: bytes) -> Path | None:
    """Write a file of a root's fault folder, 0600; None where there is no root, or no right."""
    if root is None:
        return None
    folder = root / FAULTS
    path = folder / f"{this_process().name}-{name}"
    try:
        if not root.is_dir():
            return None
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError:
        return None
    return path
