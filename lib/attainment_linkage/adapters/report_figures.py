"""Report figures: each chart of a report drawn for a wide page and for a phone, with its numbers.

vl-convert draws what Altair describes, without a network; a page shows one of the two
pictures, whichever its width allows, and has the numbers in a table for whoever would rather
read or hear them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import vl_convert

from attainment_linkage.adapters.report_charts import chances, errors, groups, parts, road, weights
from attainment_linkage.core.report import words
from attainment_linkage.core.report.contents import Report

WIDE, NARROW = 800, 345
_FONT = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif"
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figure:
    """A chart: what it shows in a line, its two pictures as SVG, its numbers as a table."""

    name: str
    alternative: str
    wide: str
    narrow: str
    head: Sequence[str]
    rows: Rows


@dataclass(frozen=True)
class _Plan:
    """How a figure is made: its line of text, its picture, the head and rows of its table."""

    alternative: str
    draw: Callable[[Report, int], Any]
    head: Sequence[str]
    rows: Callable[[Report], Rows]


def figures(report: Report) -> dict[str, Figure]:
    """Every chart the report has numbers for, by its name."""
    return {
        name: Figure(
            name,
            plan.alternative,
            svg(plan.draw(report, WIDE), f"{name}-wide"),
            svg(plan.draw(report, NARROW), f"{name}-narrow"),
            plan.head,
            rows,
        )
        for name, plan in _PLANS.items()
        if (rows := plan.rows(report))
    }


def svg(chart: Any, name: str) -> str:
    """A chart as SVG to stand in a page: the names inside it are made its own."""
    set_up = chart.configure(font=_FONT, background="white", padding=2).configure_view(stroke=None)
    set_up = set_up.configure_axis(
        labelFontSize=13, titleFontSize=13, titleFontWeight="normal", labelColor=parts.INK,
        titleColor=parts.INK, gridColor=parts.PALE, domainColor=parts.PALE,
        tickColor=parts.PALE, labelLimit=280,
    )  # fmt: skip
    set_up = set_up.configure_title(anchor="start", fontSize=14, color=parts.INK, offset=6)
    set_up = set_up.configure_legend(
        orient="top", title=None, labelFontSize=13, direction="horizontal", columnPadding=28
    )
    text = vl_convert.vegalite_to_svg(set_up.to_dict())
    return re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", text)


def _weights(report: Report) -> Rows:
    return [
        (f"{bar.low:g} to {bar.high:g}", bar.fate, words.count(bar.pairs)) for bar in report.weights
    ]


def _errors(report: Report) -> Rows:
    return [
        (name, words.in_ten_thousand(share), "not known" if true is None else f"{1e4 * true:,.0f}")
        for name, share, true in errors.error_shares(report)
    ]


def _groups(report: Report) -> Rows:
    return [
        (
            words.label(one.characteristic),
            words.label(one.category),
            words.count(one.pupils),
            words.between(one.link_rate) if one.link_rate else "not shown",
        )
        for one in groups.shown_groups(report)
    ]


def _years(report: Report) -> Rows:
    return [
        (one.category, words.count(one.pupils), words.between(one.link_rate))
        for one in groups.year_lines(report)
        if one.link_rate
    ]


def _ladder(report: Report) -> Rows:
    return [
        (
            f"{one.number + 1} {words.label(one.name)}",
            one.rule,
            *map(words.count, (one.pairs, one.conflicts, one.links, one.left_over)),
        )
        for one in report.ladder
    ]


def _chances(report: Report) -> Rows:
    return [
        (
            words.label(one.comparison),
            one.level,
            words.chance(one.m),
            words.chance(one.u),
            words.weight(one.bits),
        )
        for one in report.model
    ]


def _unlinkable(report: Report) -> Rows:
    return [(f"{bits:g}", words.percent(share, 2)) for bits, share in report.unlinkable]


def _columns(report: Report) -> Rows:
    return [
        (words.label(one.column), words.percent(one.attainment), words.percent(one.census))
        for one in report.columns
    ]


def _stages(report: Report) -> Rows:
    return [
        (
            one.name,
            "unchanged: skipped" if one.is_skipped else "made",
            words.seconds(one.seconds),
            words.seconds(one.gate_seconds),
            f"{one.peak_memory_mib:,} MiB" if one.peak_memory_mib else "not measured",
        )
        for one in report.stages
    ]


_PLANS: Mapping[str, _Plan] = {
    "weights": _Plan(
        "Pairs by match weight, parted into links, pairs for review and others.",
        weights.weights,
        ("bits", "fate", "pairs"),
        _weights,
    ),
    "errors": _Plan(
        "Expected false and missed links with 95% intervals.",
        errors.errors,
        ("in 10,000", "expected (95% interval)", "in truth"),
        _errors,
    ),
    "groups": _Plan(
        "Link rates of groups of pupils with 95% intervals.",
        groups.groups,
        ("characteristic", "group", "pupils", "linked (95% interval)"),
        _groups,
    ),
    "birth_years": _Plan(
        "Link rate by year of birth with 95% intervals.",
        groups.birth_years,
        ("year of birth", "pupils", "linked (95% interval)"),
        _years,
    ),
    "ladder": _Plan(
        "Pupils left over after each matchkey, from the strictest.",
        road.ladder,
        ("matchkey", "rule", "pairs", "in conflict", "links", "pupils left over"),
        _ladder,
    ),
    "chances": _Plan(
        "The chances m and u of every level of every comparison.",
        chances.chances,
        ("comparison", "level", "m: of the same person", "u: of two people", "bits"),
        _chances,
    ),
    "unlinkable": _Plan(
        "Share of pupils whose own record could not reach a match weight.",
        weights.unlinkable,
        ("bits", "could not reach it"),
        _unlinkable,
    ),
    "columns": _Plan(
        "How full each column is on either side.",
        road.columns,
        ("column", "attainment", "Census"),
        _columns,
    ),
    "stages": _Plan(
        "Time of each stage, that of its gates apart.",
        road.stages,
        ("stage", "in this run", "seconds", "of them in gates", "peak memory"),
        _stages,
    ),
}
