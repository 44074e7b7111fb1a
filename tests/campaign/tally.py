"""Tally: what a goal tried, what survived, what was lost, and the bound that "0 of n" allows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

_SHOWN = 20
_SAID_EVERY_SECONDS = 20.0
HEADER = ("goal", "what was done to it", "tried", "survived", "lost", "at most", "seconds")


@dataclass
class Tally:
    """One goal of the campaign. ``lost`` has a line for each try that was not survived."""

    goal: str
    said: str
    tried: int = 0
    lost: list[str] = field(default_factory=list)
    notes: dict[str, float | int | str] = field(default_factory=dict)
    seconds: float = 0.0
    progress: ClassVar[Callable[[str], None] | None] = None
    """Where each goal says from time to time how far it is; nowhere in CI."""
    _said_at: ClassVar[float] = 0.0

    def note(self, **notes: float | str) -> None:
        """Keep a figure that is no try."""
        self.notes |= notes

    def record(self, name: str, is_survived: bool, why: str = "") -> None:
        """Count one try; a lost one is kept by its name."""
        self.tried += 1
        if not is_survived:
            self.lost.append(f"{name}: {why}" if why else name)
        if Tally.progress and time.monotonic() > Tally._said_at + _SAID_EVERY_SECONDS:
            Tally._said_at = time.monotonic()
            Tally.progress(f"  {self.goal} so far: tried {self.tried}, lost {len(self.lost)}")

    def judge(self, name: str, found: object, expected: object) -> None:
        """Count one try that must have found exactly this."""
        self.record(name, found == expected, f"found {found}, expected {expected}")

    @property
    def survived(self) -> int:
        return self.tried - len(self.lost)

    @property
    def bound(self) -> str:
        """Upper 95% bound of the share lost, where none of n was: 3/n, the rule of three."""
        return f"{min(3 / self.tried, 1):.4f}" if self.tried and not self.lost else "-"

    @property
    def line(self) -> str:
        """The goal in one line."""
        return (
            f"{self.goal} ({self.said}): tried {self.tried}, survived {self.survived}, "
            f"lost {len(self.lost)}; share lost, upper 95% bound: {self.bound}"
        )

    def as_json(self) -> dict[str, object]:
        return {
            "goal": self.goal, "said": self.said, "tried": self.tried, "survived": self.survived,
            "lost": self.lost[:_SHOWN], "lost_count": len(self.lost), "bound": self.bound,
            "seconds": round(self.seconds, 1), "notes": self.notes,
        }  # fmt: skip

    @classmethod
    def of_json(cls, body: dict[str, Any]) -> Tally:
        """A tally as ``as_json`` gave it."""
        lost = [*body["lost"], *["not shown"] * (body["lost_count"] - len(body["lost"]))]
        return cls(body["goal"], body["said"], body["tried"], lost, body["notes"], body["seconds"])


def keep(path: Path, tallies: Sequence[Tally]) -> None:
    """Write tallies as JSON, whole or not at all: another goal's end reads them."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps([one.as_json() for one in tallies], indent=1) + "\n", "utf-8")
    part.replace(path)


def kept(path: Path) -> list[Tally]:
    """Tallies that ``keep`` wrote."""
    return list(map(Tally.of_json, json.loads(path.read_text("utf-8"))))


def merged(tallies: Sequence[Tally]) -> list[Tally]:
    """Tallies of one goal made one, in the order of the goals' numbers, with all that they did."""
    found: dict[str, Tally] = {}
    for one in tallies:
        whole = found.setdefault(one.goal, Tally(one.goal, one.said))
        if one.said not in whole.said:
            whole.said += f"; {one.said}"
        whole.tried += one.tried
        whole.lost += one.lost
        whole.seconds += one.seconds
        whole.notes |= one.notes
    return sorted(found.values(), key=lambda one: int(one.goal[1:]))


def table(tallies: Sequence[Tally]) -> str:
    """One table of all goals, as Markdown."""
    rows = [
        (one.goal, one.said, f"{one.tried:,}", f"{one.survived:,}", f"{len(one.lost):,}",
         one.bound, f"{one.seconds:.0f}")
        for one in tallies
    ]  # fmt: skip
    lines = [HEADER, tuple("---" for _ in HEADER), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def last_line(tallies: Sequence[Tally]) -> str:
    """All goals together: tried, survived, lost."""
    tried, lost = sum(one.tried for one in tallies), sum(len(one.lost) for one in tallies)
    return f"campaign: tried {tried}, survived {tried - lost}, lost {lost}"
