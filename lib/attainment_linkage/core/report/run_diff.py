"""Run diff: what two runs link differently, in counts of which no small one can be found.

How many links a group has in either run is in their reports, so that gained less lost is
known: where one of the two is too small to be shown, neither is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from attainment_linkage.core.proportions import Share
from attainment_linkage.core.report import words
from attainment_linkage.core.report.small_counts import parts

GAINED, LOST, CHANGED, SAME = CHANGES = ("gained", "lost", "changed", "same")
ALL = "all"


@dataclass(frozen=True)
class ChangeLine:
    """A group: links gained, lost, to another person, the same; None where not shown."""

    characteristic: str
    category: str
    gained: int | None
    lost: int | None
    changed: int | None
    same: int | None


def change_lines(rows: Iterable[Mapping[str, Any]]) -> tuple[ChangeLine, ...]:
    """The lines of each characteristic, all pupils first, from counts per (characteristic,
    category, change)."""
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows:
        groups = counts.setdefault(row["characteristic"], {})
        group = groups.setdefault(row["category"], dict.fromkeys(CHANGES, 0))
        group[row["change"]] += row["pupils"]
    return tuple(
        ChangeLine(name, category, *found)
        for name in sorted(counts, key=lambda one: (one != ALL, one))
        for category, found in _shown(counts[name]).items()
    )


def _shown(groups: Mapping[str, Mapping[str, int]]) -> dict[str, list[int | None]]:
    """Each group's counts as they may be shown, in the order of the groups' names."""
    names = sorted(groups, key=lambda name: (len(name), name) if name.isdigit() else (99, name))
    hidden: dict[str, set[str]] = {change: set() for change in CHANGES}
    while True:
        columns = {
            change: parts({name: groups[name][change] for name in names}, hidden[change])
            for change in CHANGES
        }
        found = {
            change: {name for name in names if columns[change][name] is None} for change in CHANGES
        }
        found[GAINED] = found[LOST] = found[GAINED] | found[LOST]
        if found == hidden:
            return {name: [columns[change][name] for change in CHANGES] for name in names}
        hidden = found


@dataclass(frozen=True)
class Beside:
    """One figure of both runs, as it is said; empty where a run has no report or no such."""

    name: str
    before: str
    after: str


def side_by_side(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[Beside, ...]:
    """The figures of two reports beside each other, from their numbers as they were kept."""
    figures = [_figures(report or {}) for report in (before, after)]
    names = dict.fromkeys(name for one in figures for name in one)
    return tuple(Beside(name, *(one.get(name, "") for one in figures)) for name in names)


def _figures(report: Mapping[str, Any]) -> dict[str, str]:
    """The figures of one report, by their names, as they are said."""
    outcome, truth = report.get("outcome") or {}, report.get("truth") or {}
    found = {f"pupils: {name}": words.hidden(value) for name, value in outcome.items()}
    for name, said in (
        ("link_rate", "link rate"),
        ("false_links", "false links expected"),
        ("missed_links", "missed links expected"),
    ):
        if share := report.get(name):
            found[said] = words.between(Share(**share), 2)
    found |= {f"{name} in truth": words.percent(share, 2) for name, share in truth.items()}
    if "seconds" in report:
        found["seconds of the run"] = f"{report['seconds']:,.1f}"
    for line in report.get("groups", ()):
        if (share := line["link_rate"]) and line["characteristic"] != ALL:
            name = f"{words.label(line['characteristic'])}: {words.label(line['category'])}"
            found[f"link rate, {name}"] = words.between(Share(**share))
    for line in report.get("rules", ()):
        found[f"links first found by {line['rule']}"] = words.hidden(line["links"])
    return found
