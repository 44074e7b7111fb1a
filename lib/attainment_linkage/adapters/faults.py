"""Faults: what may be said of an exception that comes from Spark, Delta, Java or Python.

Their messages quote row values (a cast that fails, a constraint, the traceback of a worker),
so nothing of a message is passed on: only the class, Spark's own name for the condition and,
of a failed Python worker, the class of the exception there. What is looked for in a message is
whether a disk or memory was full, and which conflict Delta names.
"""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Iterator

from attainment_linkage.adapters.java import driver_end
from attainment_linkage.domain import errors
from attainment_linkage.domain.errors import (
    DiskFullError,
    LakeUnwritableError,
    LinkageError,
    MemoryFullError,
    SchemaConflictError,
    StageFailedError,
    TableConflictError,
    TransactionConflictError,
)

_NO_SPACE = re.compile(r"No space left on device|Disk quota exceeded|Errno 28\b")
_NO_MEMORY = re.compile(
    r"java\.lang\.OutOfMemoryError|is bigger than (?:local result size limit )?spark\.driver\.max"
    r"|SparkOutOfMemoryError|UNABLE_TO_ACQUIRE_MEMORY|Out of Memory Error|^MemoryError"
    r"|exited with code 52\b"  # how an executor of Spark ends that is out of memory
    r"|containers exceeding thresholds"  # and what is said where its end came before its word,
    r"|RejectedExecutionException: [^\n]*\[Shutting down",  # or a task as it was ending
    re.MULTILINE,
)
_CONFLICTS = (
    (re.compile(r"ConcurrentTransactionException|DELTA_CONCURRENT_TRANSACTION"),
     TransactionConflictError, "the same transaction was committed by another process"),
    (re.compile(r"(?:MetadataChanged|ProtocolChanged)Exception|DELTA_(?:METADATA|PROTOCOL)_CHANGED"),
     SchemaConflictError, "another process made the table, or changed its columns or properties"),
    (re.compile(r"Concurrent(?:Append|DeleteRead|DeleteDelete|Write|Modification)Exception"
                r"|DELTA_CONCURRENT_(?:APPEND|DELETE_READ|DELETE_DELETE|WRITE)"),
     TableConflictError, "another process changed its rows"),
)  # fmt: skip
_NO_RIGHT = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
}
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_NO_ANSWER, _BROKEN_OFF = "Py4JNetworkError", "Py4JError"
_ENDED_BY_MEMORY = 52
"""How a driver or executor of Spark ends that is out of memory."""
_LAST_WORDS = "cancelled because SparkContext was shut down"
"""What the jobs at work are told where memory, or a signal, ends the driver's Java."""
_LAST_SECONDS, _ENDING_SECONDS = 2.0, 10.0
"""How long an end is waited for where Java may have ended, and where it said that it ends."""
_TRACEBACK = "Traceback (most recent call last)"
_WORKER_ERROR = re.compile(r"^([A-Za-z_][\w.]*(?:Error|Exception))(?::|$)", re.MULTILINE)
_JAVA_CAUSE = re.compile(
    r"^(?:Caused by|): (?:[a-z]\w*\.)+([A-Z]\w*(?:Exception|Error))(?:: \[([A-Z][A-Z0-9_.]*)\])?",
    re.MULTILINE,
)
_OUR_ERROR = re.compile(r"^attainment_linkage\.domain\.\w*error\w*\.(\w+): (.*)$", re.MULTILINE)


def chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and all it came from, each once."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]


def _texts(error: BaseException) -> Iterator[str]:
    for one in chain(error):
        with contextlib.suppress(Exception):  # Java is asked what it said, and may be gone
            yield str(one)
        java = (getattr(one, "_stackTrace", None), getattr(one, "_desc", None))
        yield from (text for text in java if text)


def is_disk_full(error: BaseException) -> bool:
    """Whether any exception of the chain, Python's or Java's, says that no room is left."""
    if any(isinstance(one, OSError) and one.errno in _NO_ROOM for one in chain(error)):
        return True
    return any(_NO_SPACE.search(text) for text in _texts(error))


def is_java_gone(error: BaseException) -> bool:
    """Whether the JVM of the driver ended while it was at work."""
    names = {type(one).__name__ for one in chain(error)}
    return _NO_ANSWER in names or _java_end(error) is not None


def _java_end(error: BaseException) -> int | None:
    """With which code the JVM ended, where it broke off amid an answer, or said that it ends.

    It may be about to end, and is waited for.
    """
    if any(_LAST_WORDS in text for text in _texts(error)):
        return driver_end(_ENDING_SECONDS)
    is_broken_off = {_NO_ANSWER, _BROKEN_OFF} & {type(one).__name__ for one in chain(error)}
    return driver_end(_LAST_SECONDS) if is_broken_off else None


def is_memory_full(error: BaseException) -> bool:
    """Whether Java, a worker, DuckDB or a result went beyond the memory it may use."""
    if any(isinstance(one, MemoryError) for one in chain(error)):
        return True
    if _java_end(error) == _ENDED_BY_MEMORY:
        return True
    return any(_NO_MEMORY.search(text) for text in _texts(error))


def _conflict(error: BaseException, where: str) -> TableConflictError | None:
    """Delta's refusal of a commit, by its kind; its message names files, so it stays here."""
    texts = list(_texts(error))
    for pattern, kind, said in _CONFLICTS:
        if any(pattern.search(text) for text in texts):
            return kind(
                f"{where}: {said} while it was written. Nothing of this write was committed. See "
                "who else writes in the lake, then run again."
            )
    return None


def safe_name(error: BaseException) -> str:
    """The class of an exception and of its last cause, with Spark's name for the condition."""
    names = [type(error).__name__]
    condition = getattr(error, "getCondition", None)
    if callable(condition):
        with contextlib.suppress(Exception):  # as in _texts
            found = condition()
            names += [str(found)] if found else []
    java = [names for text in _texts(error) for names in _JAVA_CAUSE.findall(text)]
    names += [name for name in java[-1] if name] if java else []
    worker = [name for text in _texts(error) for name in _worker_errors(text)]
    names += [worker[-1].rsplit(".", 1)[-1]] if worker else []
    return ", ".join(dict.fromkeys(names))


def _worker_errors(text: str) -> list[str]:
    """The class of the exception that ended a Python worker: the first after its traceback."""
    _, traceback, after = text.rpartition(_TRACEBACK)
    return _WORKER_ERROR.findall(after)[:1] if traceback else []


def _raised_in_a_task(error: BaseException) -> LinkageError | None:
    """Our own error, where a task raised it: its message holds no values by the house rule."""
    for text in _texts(error):
        for name, message in _OUR_ERROR.findall(text):
            kind = getattr(errors, name, None)
            if isinstance(kind, type) and issubclass(kind, LinkageError):
                return kind(message)
    return None


def named(error: BaseException, where: str) -> LinkageError:
    """The exception as an error of ours, with a message that holds no row values.

    Args:
        error: what was caught; an error of ours is given back as it is.
        where: the stage or table at work, for the message.
    """
    if isinstance(error, LinkageError):
        return error
    if is_disk_full(error):
        return DiskFullError(
            f"{where}: no space is left on the device; what was being written is not published. "
            "Free space under the lake's directory and run again: finished stages are kept."
        )
    raised = _raised_in_a_task(error)
    if raised is not None:
        return raised
    if is_memory_full(error):
        return MemoryFullError(
            f"{where}: memory is full ({safe_name(error)}); nothing of it was published. Raise "
            "spark.driver.memory, or spark.driver.maxResultSize for too large a result "
            "(conf/spark-defaults.conf), or link.task_memory_mib, or lower link.bucket_pairs; then "
            "run again: finished stages are kept."
        )
    if isinstance(error, OSError) and error.errno in _NO_RIGHT:
        return no_right(where, error)
    conflict = _conflict(error, where)
    if conflict is not None:
        return conflict
    if is_java_gone(error):
        return StageFailedError(
            f"{where}: Java ended while it was at work: it was killed, as the system does where "
            "memory runs out. Nothing of it was published; see that the machine has room for "
            "spark.driver.memory beside the Python workers, then run again."
        )
    return StageFailedError(
        f"{where}: failed with {safe_name(error)}. Nothing of it was published; run again, and "
        "if it stays, look in the traceback and log kept in _faults of the root at work."
    )


def no_right(where: str, error: OSError) -> LakeUnwritableError:
    """The error for a folder or file this user may not write."""
    path = error.filename if isinstance(error.filename, str) else "a folder of the lake"
    return LakeUnwritableError(
        f"{where}: {path} cannot be written: {error.strerror}. Give this user the right to "
        "write it, or name another place with --lake DIR."
    )
