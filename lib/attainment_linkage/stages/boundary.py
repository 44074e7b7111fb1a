"""Boundary: the last line of every job: what went wrong leaves as one paragraph and a code.

An exception of Spark, Delta or a library may quote row values, so neither its message nor
its traceback reaches the terminal. The traceback is kept in the root at work, for those who
may read its rows.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from attainment_linkage.adapters import workplace
from attainment_linkage.adapters.faults import chain, named
from attainment_linkage.domain.errors import LinkageError, StageFailedError

INTERRUPTED = 130


def guarded(work: Callable[[], object], *, fault_root: Path | None = None) -> int:
    """Do the work; give back 0, or the exit code of what stopped it.

    Args:
        work: what the job does.
        fault_root: the root where a traceback may be kept; none is kept without it.
    """
    try:
        work()
    except LinkageError as error:
        _say(error, _keep_traceback(error, fault_root) if error.__context__ else None)
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("stopped by the keyboard; nothing of the stage at work was published.\n")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the boundary: everything leaves with a name
        found = named(error, "run")
        _say(found, _keep_traceback(error, fault_root))
        return found.exit_code
    return 0


def _say(error: LinkageError, kept: Path | None) -> None:
    at = f" Traceback, for those who may read its rows: {kept}." if kept else ""
    tail = at if isinstance(error, StageFailedError) else ""
    sys.stderr.write(f"{error.code}: {error}{tail}\n")


def _keep_traceback(error: BaseException, fault_root: Path | None) -> Path | None:
    parts = [
        "".join(traceback.format_exception(type(one), one, one.__traceback__, chain=False))
        for one in chain(error)
    ]
    content = "\n".join(parts).encode("utf-8", errors="replace")
    return workplace.write_fault(fault_root, "traceback.txt", content)
