"""Run log: what a run says of itself while it runs: names of stages and tables, counts, seconds.

There is no way to log a row here: each method takes names declared in the code, and numbers.
On a terminal the stage at work is shown moving, with the time it has taken and, where an
earlier run is known, the time that is left; elsewhere there is one line per event. A run can
be told to be quiet (its end alone is said) or to speak JSON, an object per line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from attainment_linkage.adapters.gate_results import Expectation

PLAIN, QUIET, JSON = VOICES = ("plain", "quiet", "json")
_voice: ContextVar[str] = ContextVar("voice", default=PLAIN)


def speak(voice: str) -> None:
    """How the logs made from here on speak: one of ``VOICES``."""
    _voice.set(voice)


class RunLog:
    """Prints the progress of a run to standard output."""

    def __init__(self, console: Console | None = None) -> None:
        """A log to a console; by default to standard output, without colours in a file."""
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._voice = _voice.get()
        self._road: tuple[str, ...] = ()
        self._expected: dict[str, float] = {}
        self._rows = 0
        self._progress: Progress | None = None

    def road(self, stages: Sequence[str], seconds: Mapping[str, float]) -> None:
        """The stages to come, and the seconds each took when it was last made, where known."""
        self._road, self._expected = tuple(stages), dict(seconds)

    @contextmanager
    def stage(self, name: str, summary: str) -> Iterator[None]:
        """Say that a stage begins, and keep saying so on a terminal."""
        self._rows = 0
        place = f"{self._road.index(name) + 1}/{len(self._road)} " if name in self._road else ""
        said = f"[dim]{place}[/][bold]{escape(name)}[/]  {escape(summary)}"
        self._say(said, event="stage", stage=name)
        if not self._console.is_terminal or self._voice != PLAIN:
            yield
            return
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
        )
        with Progress(*columns, console=self._console, transient=True) as self._progress:
            self._progress.add_task(f"{place}{name}", left=self._left(name))
            try:
                yield
            finally:
                self._progress = None

    def _left(self, name: str) -> str:
        """What the stages from this one on took before, where that is known of all of them."""
        to_come = self._road[self._road.index(name) :] if name in self._road else (name,)
        if not all(stage in self._expected for stage in to_come):
            return ""
        own, rest = self._expected[name], sum(self._expected[stage] for stage in to_come)
        return f"of about {own:.0f} s; {rest:.0f} s to the end of the run"

    def skipped(self, name: str, key: str) -> None:
        """A stage whose key is unchanged and whose tables were checked again."""
        said = f"[bold]{escape(name)}[/]  unchanged (stage key {key}): skipped"
        self._say(said, event="skipped", stage=name, key=key)

    def rerun(self, name: str, reason: str) -> None:
        """Why a finished stage is made again."""
        said = f"  {escape(name)} is made again: {escape(reason)}"
        self._say(said, event="made again", stage=name, reason=reason)

    def adopted(self, table: str) -> None:
        """A table that an earlier, unfinished run had already written."""
        said = f"  {escape(table)} was written by an unfinished run with this key: kept"
        self._say(said, event="kept", table=table)

    def table(self, name: str, rows: int, seconds: float, gate_seconds: float) -> None:
        """A table that was written and passed its gate."""
        self._rows += rows
        if self._progress is not None:
            for task in self._progress.tasks:
                told = f"{task.description.partition('  ')[0]}  {self._rows:,} rows"
                self._progress.update(task.id, description=told)
        self._say(
            f"  {escape(name):<28} {rows:>12,} rows  {seconds:6.1f} s, gate {gate_seconds:4.1f} s",
            event="table",
            table=name,
            rows=rows,
            seconds=seconds,
            gate_seconds=gate_seconds,
        )

    def warnings(self, table: str, expectations: Sequence[Expectation]) -> None:
        """Expectations of severity warning that were not met."""
        for one in expectations:
            said = f"  [yellow]warning[/] {escape(table)}: {escape(one.said)}"
            self._say(said, event="warning", table=table, said=one.said)

    def note(self, name: str, value: float | int | str) -> None:
        """A metric of the stage at work."""
        shown = f"{value:,}" if isinstance(value, (int, float)) else value
        self._say(f"  {escape(name)}: {escape(shown)}", event="note", note=name, value=value)

    def line(self, said: str) -> None:
        """A line of an explanation: names of columns and levels, and numbers."""
        self._say(f"  {escape(said)}", event="line", said=said)

    def finished(self, name: str, seconds: float) -> None:
        """A stage that is done."""
        said = f"  {escape(name)} finished in {seconds:.1f} s"
        self._say(said, event="finished", stage=name, seconds=seconds)

    def published(self, run_id: str, zones: Sequence[str]) -> None:
        """A run that readers now see."""
        said = f"published run {run_id} in {', '.join(zones)}"
        self._say(said, event="published", run=run_id, roots=list(zones))

    def lies(self, table: str, rows: int, path: Path) -> None:
        """Where a finished table lies."""
        said = f"  {escape(table):<28} {rows:>12,} rows  {escape(str(path))}"
        self._say(said, event="lies", table=table, rows=rows, path=str(path))

    def ended(self, did: Sequence[tuple[str, str, int, float]], next_command: str) -> None:
        """The end: per stage what became of it, the rows it wrote and seconds; what is next."""
        if self._voice == JSON:
            names = ("stage", "outcome", "rows", "seconds")
            stages = [dict(zip(names, line, strict=True)) for line in did]
            self._say("", event="ended", stages=stages, next=next_command)
            return
        self._console.print(f"  {'stage':<14} {'':<9} {'rows':>12} {'seconds':>9}")
        for name, outcome, rows, seconds in did:
            self._console.print(f"  {escape(name):<14} {outcome:<9} {rows:>12,} {seconds:>9.1f}")
        self._console.print(f"next: {escape(next_command)}")

    def _say(self, line: str, **facts: object) -> None:
        if self._voice == JSON:
            self._console.print(json.dumps(facts), markup=False, soft_wrap=True)
        elif self._voice == PLAIN:
            self._console.print(line)
