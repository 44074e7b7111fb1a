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
    except KeyboardInterrupt:
        return _stopped("the keyboard", INTERRUPTED)
    except SystemExit as stop:
        return _stopped("a signal", stop.code)
    except Exception as error:  # noqa: BLE001  the boundary: everything leaves with a name
        stops = [one for one in chain(error) if isinstance(one, SystemExit)]
        if stops:  # what was being closed broke off
            return _stopped("a signal", stops[0].code)
        found = named(error, "run")
        is_told_whole = found is error and not error.__context__
        _say(found, None if is_told_whole else _keep_traceback(error, fault_root))
        return found.exit_code
    return 0


def _stopped(by: str, code: object) -> int:
    sys.stderr.write(f"stopped by {by}; nothing of the stage at work was published.\n")
    return code if isinstance(code, int) else INTERRUPTED


def _say(error: LinkageError, kept: Path | None) -> None:
    at = f" Traceback, for those who may read its rows: {kept}." if kept else ""
    tail = at if isinstance(error, StageFailedError) else ""
    more = f" More: attainment-linkage explain {error.code}"
    sys.stderr.write(f"{error.code}: {error}{tail}{more}\n")


def _keep_traceback(error: BaseException, fault_root: Path | None) -> Path | None:
    parts = [
        "".join(traceback.format_exception(type(one), one, one.__traceback__, chain=False))
        for one in chain(error)
    ]
    content = "\n".join(parts).encode("utf-8", errors="replace")
    return workplace.write_fault(fault_root, "traceback.txt", content)
