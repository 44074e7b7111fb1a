"""Dictionary: what a researcher may know of each variable, from its own declaration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from attainment_linkage.domain.variable import Variable

HEADER = (
    "name",
    "label",
    "type",
    "values",
    "unit",
    "source table",
    "derivation",
    "universe",
    "share missing",
)


@dataclass(frozen=True)
class Entry:
    """One line of a data dictionary; ``part`` is its section on the page."""

    part: str
    name: str
    label: str
    type: str
    values: str
    unit: str
    source: str
    derivation: str
    universe: str
    share_missing: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The line in the order of ``HEADER``."""
        return (
            self.name,
            self.label,
            self.type,
            self.values,
            self.unit,
            self.source,
            self.derivation,
            self.universe,
            self.share_missing,
        )


def entries(
    known: Iterable[Variable], missing: Mapping[str, float], notes: Mapping[str, str] | None = None
) -> list[Entry]:
    """The lines of a dictionary, in the order of the variables.

    Args:
        known: the variables.
        missing: share of rows without a value, 0 to 1; one that is absent stays empty.
        notes: what a project's extract adds to a derivation, by variable.
    """
    notes = notes or {}
    return [
        Entry(
            part=one.part,
            name=one.name,
            label=one.meaning,
            type=one.type,
            values="; ".join(f"{code}: {label}" for code, label in one.values),
            unit=one.unit,
            source=one.source,
            derivation="; ".join(filter(None, (one.derivation, notes.get(one.name)))),
            universe=one.universe,
            share_missing=share(missing[one.name]) if one.name in missing else "",
        )
        for one in known
    ]


def share(value: float) -> str:
    """A share in whole percent: finer ones could tell of single rows."""
    percent = round(100 * value)
    if value > 0 and percent == 0:
        return "under 1%"
    if value < 1 and percent == 100:
        return "over 99%"
    return f"{percent}%"
