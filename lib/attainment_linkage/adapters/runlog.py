"""Run log: what a run says of itself while it runs: names of stages and tables, counts, seconds.

There is no way to log a row here: each method takes names declared in the code, and numbers.
On a terminal the line at work is shown moving; elsewhere there is one line per event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from attainment_linkage.adapters.gates import Expectation


class RunLog:
    """Prints the progress of a run to standard output."""

    def __init__(self, console: Console | None = None) -> None:
        """A log to a console; by default to standard output, without colours in a file."""
        self._console = console or Console(highlight=False, soft_wrap=True)

    @contextmanager
    def stage(self, name: str, summary: str) -> Iterator[None]:
        """Say that a stage begins, and keep saying so on a terminal."""
        self._say(f"[bold]{escape(name)}[/]  {escape(summary)}")
        if not self._console.is_terminal:
            yield
            return
        with self._console.status(f"{escape(name)} ..."):
            yield

    def skipped(self, name: str, key: str) -> None:
        """A stage whose key is unchanged and whose tables were checked again."""
        self._say(f"[bold]{escape(name)}[/]  unchanged (stage key {key}): skipped")

    def rerun(self, name: str, reason: str) -> None:
        """Why a finished stage is made again."""
        self._say(f"  {escape(name)} is made again: {escape(reason)}")

    def adopted(self, table: str) -> None:
        """A table that an earlier, unfinished run had already written."""
        self._say(f"  {escape(table)} was written by an unfinished run with this key: kept")

    def table(self, name: str, rows: int, seconds: float, gate_seconds: float) -> None:
        """A table that was written and passed its gate."""
        self._say(
            f"  {escape(name):<28} {rows:>12,} rows  {seconds:6.1f} s, gate {gate_seconds:4.1f} s"
        )

    def warnings(self, table: str, expectations: Sequence[Expectation]) -> None:
        """Expectations of severity warning that were not met."""
        for one in expectations:
            self._say(f"  [yellow]warning[/] {escape(table)}: {escape(one.said)}")

    def note(self, name: str, value: float | int | str) -> None:
        """A metric of the stage at work."""
        shown = f"{value:,}" if isinstance(value, (int, float)) else value
        self._say(f"  {escape(name)}: {escape(shown)}")

    def finished(self, name: str, seconds: float) -> None:
        """A stage that is done."""
        self._say(f"  {escape(name)} finished in {seconds:.1f} s")

    def published(self, run_id: str, zones: Sequence[str]) -> None:
        """A run that readers now see."""
        self._say(f"published run {run_id} in {', '.join(zones)}")

    def lies(self, table: str, rows: int, path: Path) -> None:
        """Where a finished table lies."""
        self._say(f"  {escape(table):<28} {rows:>12,} rows  {escape(str(path))}")

    def _say(self, line: str) -> None:
        self._console.print(line)
