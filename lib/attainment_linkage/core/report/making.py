"""Making: from the counts of a run to the lines of its report, small counts left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from attainment_linkage.core.levels import telling
from attainment_linkage.core.proportions import Share
from attainment_linkage.core.report.contents import (
    ColumnLine,
    GroupLine,
    KeyLine,
    LevelLine,
    Outcome,
    RuleLine,
    WeightBar,
)
from attainment_linkage.core.report.small_counts import alone, joined, parts

Row = Mapping[str, Any]
LINKED, REVIEW, NEITHER = FATES = ("linked", "review", "neither")


def outcome(pupils: int, linked: int, review: int) -> Outcome:
    """What became of the pupils; the three parts add up to all of them."""
    shown = parts({LINKED: linked, REVIEW: review, NEITHER: pupils - linked - review})
    return Outcome(alone(pupils), shown[LINKED], shown[REVIEW], shown[NEITHER])


def weight_bars(rows: Iterable[Row], bin_bits: int) -> tuple[WeightBar, ...]:
    """Bars of pairs by weight, for each fate, from counts per (bits, fate).

    Bars of one fate are joined where one is small; those of another are not touched by it.
    """
    counts: dict[str, dict[int, int]] = {fate: {} for fate in FATES}
    for row in rows:
        found = counts[row["fate"]]
        found[row["bits"]] = found.get(row["bits"], 0) + row["pairs"]
    bars = []
    for fate, found in counts.items():
        some = joined(sorted(found.items()))
        ends = [*(low for low, _ in some[1:]), max(found, default=0) + bin_bits]
        bars += [
            WeightBar(fate, low, high, pairs)
            for (low, pairs), high in zip(some, ends, strict=False)
        ]
    return tuple(bars)


def rule_lines(plan: Iterable[Row], rows: Sequence[Row]) -> tuple[RuleLine, ...]:
    """Each blocking rule with its candidate pairs and what it was first to find.

    ``plan`` has rule_number, rule, candidate_pairs; ``rows`` counts per (rule_number, fate).
    """
    rules = sorted(plan, key=lambda row: row["rule_number"])
    numbers = [row["rule_number"] for row in rules]
    kept, links = dict.fromkeys(numbers, 0), dict.fromkeys(numbers, 0)
    for row in rows:
        number = row["rule_number"]
        if number in kept:
            kept[number] += row["pairs"]
            links[number] += row["pairs"] if row["fate"] == LINKED else 0
    kept_shown, links_shown = parts(kept), parts(links)
    return tuple(
        RuleLine(
            number,
            row["rule"],
            alone(row["candidate_pairs"]),
            kept_shown[number],
            links_shown[number],
        )
        for number, row in zip(numbers, rules, strict=True)
    )


def key_lines(rows: Iterable[Row]) -> tuple[KeyLine, ...]:
    """The ladder of matchkeys; who is left over to the nearest ten, as the links add up."""
    keys = sorted(rows, key=lambda row: row["matchkey_number"])
    shown = {
        name: parts({row["matchkey_number"]: row[name] for row in keys})
        for name in ("pairs", "links")
    }
    return tuple(
        KeyLine(
            number := row["matchkey_number"],
            row["matchkey"],
            row["rule"],
            shown["pairs"][number],
            alone(row["conflicts"] or 0),
            shown["links"][number],
            round(row["residual_records"], -1),
        )
        for row in keys
    )


def group_lines(rows: Iterable[Row]) -> tuple[GroupLine, ...]:
    """The groups of the table ``link_quality``, which has left out groups that are small.

    A rate and a number of pupils tell how many are linked and how many are not: where either
    is small, or would give a small one away, the rate is left out too.
    """
    groups: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["characteristic"], row["category"])):
        groups.setdefault(row["characteristic"], []).append(row)
    return tuple(line for name, found in groups.items() for line in _groups(name, found))


def _groups(name: str, rows: Sequence[Row]) -> Iterable[GroupLine]:
    unknown = {row["category"] for row in rows if row["linked"] is None}
    linked = {row["category"]: row["linked"] or 0 for row in rows}
    others = {row["category"]: (row["pupils"] or 0) - (row["linked"] or 0) for row in rows}
    shown = [parts(counts, unknown) for counts in (linked, others)]
    for row in rows:
        is_shown = all(counts[row["category"]] is not None for counts in shown)
        yield GroupLine(name, row["category"], row["pupils"], _rate(row) if is_shown else None)


def every_pupil(rows: Sequence[Row]) -> Share | None:
    """The link rate of all pupils, where it may be shown."""
    return next((_rate(row) for row in rows if row["characteristic"] == "all"), None)


def _rate(row: Row) -> Share | None:
    value = row["link_rate"]
    return None if value is None else Share(value, row["link_rate_lower"], row["link_rate_upper"])


def level_lines(settings: Mapping[str, Any]) -> tuple[LevelLine, ...]:
    """Every level that says something of a trained model, Splink's settings."""
    lines = []
    for comparison in settings["comparisons"]:
        for level in telling(comparison):
            m, u = level.get("m_probability"), level.get("u_probability")
            if m and u:
                name, said = comparison["output_column_name"], level["label_for_charts"]
                lines.append(LevelLine(name, said, m, u, math.log2(m / u)))
    return tuple(lines)


def shares_under(counts: Mapping[int, int]) -> tuple[tuple[float, float], ...]:
    """The share of records under each weight, from their counts per bin; small bins joined."""
    bars = joined(sorted(counts.items()))
    every = sum(count for _, count in bars)
    before = [0, *accumulate(count for _, count in bars)]
    return tuple((low, under / every) for (low, _), under in zip(bars, before, strict=False))


def column_lines(
    attainment: Mapping[str, int], census: Mapping[str, int]
) -> tuple[ColumnLine, ...]:
    """How full each column is that either side has at all, from counts with ``records``.

    To the nearest tenth of a percent: so few records less are not seen.
    """
    every = [max(side["records"], 1) for side in (attainment, census)]
    return tuple(
        ColumnLine(name, *(round(side[name] / all_of, 3) for side, all_of in zip(
            (attainment, census), every, strict=True)))
        for name in attainment
        if name != "records" and (attainment[name] or census[name])
    )  # fmt: skip


def share_of(note: object) -> Share | None:
    """The share that a note says, as ``Share.percent`` wrote it; None where there is none."""
    return Share.of_percent(note) if isinstance(note, str) else None
