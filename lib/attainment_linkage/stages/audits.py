"""Audits: the gate and the content hash of a table, while the stage writes the next one.

One thread audits the tables of a stage in the order they were written. Writing plans on one
core for much of its time, and so does auditing: side by side they use two. Nothing is
published before the last audit is through, and the first one that fails stops the stage.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType


class Audits:
    """The audits of one stage. Leaving the block waits for all of them, and raises what failed."""

    def __init__(self) -> None:
        """No thread is started before the first audit."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="audit")
        self._asked: list[Future[None]] = []

    def add(self, audit: Callable[[], None]) -> None:
        """Ask for an audit; it starts when those before it have passed."""
        before = self._asked[-1] if self._asked else None

        def in_turn() -> None:
            if before is None or before.exception() is None:
                return audit()
            raise before.exception() or AssertionError

        self._asked.append(self._thread.submit(in_turn))

    def check(self) -> None:
        """Raise what an audit that has ended found; the others go on."""
        for one in self._asked:
            if one.done():
                one.result()

    def __enter__(self) -> Audits:
        """Begin; nothing is started."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Wait for the audits; a table that failed is the cause of what failed after it.

        Where the process was told to stop, nothing is waited for.
        """
        is_stopped = kind is not None and not issubclass(kind, Exception)
        self._thread.shutdown(wait=not is_stopped, cancel_futures=is_stopped)
        if not is_stopped:
            self.check()
