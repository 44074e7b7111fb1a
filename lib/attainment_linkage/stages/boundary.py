"""Boundary: the last line of every job: what went wrong leaves as one paragraph and a code.

An exception of Spark, Delta or a library may quote row values, so neither its message nor
its traceback reaches the terminal. The traceback is kept in the identifiers root, for those
who may read it.
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


def guarded(work: Callable[[], object], *, identifiers: Path | None = None) -> int:
    """Do the work; give back 0, or the exit code of what stopped it.

    Args:
        work: what the job does.
        identifiers: the root where a traceback may be kept; none is kept without it.
    """
    try:
        work()
    except LinkageError as error:
        _say(error, _keep_traceback(error, identifiers) if error.__context__ else None)
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("stopped by the keyboard; nothing of the stage at work was published.\n")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the boundary: everything leaves with a name
        found = named(error, "run")
        _say(found, _keep_traceback(error, identifiers))
        return found.exit_code
    return 0


def _say(error: LinkageError, kept: Path | None) -> None:
    at = f" Traceback, for those who may read names: {kept}." if kept else ""
    tail = at if isinstance(error, StageFailedError) else ""
    sys.stderr.write(f"{error.code}: {error}{tail}\n")


def _keep_traceback(error: BaseException, identifiers: Path | None) -> Path | None:
    if identifiers is None:
        return None
    parts = [
        "".join(traceback.format_exception(type(one), one, one.__traceback__, chain=False))
        for one in chain(error)
    ]
    content = "\n".join(parts).encode("utf-8", errors="replace")
    return workplace.write_fault(identifiers, "traceback.txt", content)
