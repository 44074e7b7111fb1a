"""Report charts: the pictures of a run's report, described for a given width in pixels.

Position carries each number and a label or shape names each colour, so that they read in
print and for the colour-blind. ``report_figures`` draws them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import altair as alt  # slow: this module is imported where a page is drawn, not before

from attainment_linkage.core.proportions import Share
from attainment_linkage.core.report.contents import GroupLine, LevelLine, Report
from attainment_linkage.core.report.words import label

BLUE, AMBER, GREY, INK, PALE = "#1d5a8c", "#c77400", "#8a97a1", "#22303b", "#e3e9ed"
LINKED = "linked"
_FATES = {
    LINKED: ("pairs linked", BLUE),
    "review": ("pairs left to a reviewer", AMBER),
    "neither": ("other pairs", GREY),
}
_ROW = 22
_ONE_IN = (
    "datum.value == 1 ? 'always' : datum.value < 1e-5 ? '1 in a million' : "
    "'1 in ' + format(1 / datum.value, ',.0f')"
)

Chart = Any


def _names(width: int) -> alt.Axis:
    """The axis of names: a fixed part of the width, whatever the names, so that panels line up."""
    room = width - _plot(width) - width * 6 // 100
    return alt.Axis(labelLimit=room * 85 // 100, minExtent=room, maxExtent=room)


def _plot(width: int) -> int:
    """The width that names leave to the plot: less on a phone."""
    return width * (62 if width > 500 else 47) // 100


def _data(values: Sequence[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=list(values))


def weights(report: Report, width: int) -> Chart:
    """Pairs per bit by match weight, a panel for each fate; a line where links begin."""
    ends = [report.accept_bits, *(end for bar in report.weights for end in (bar.low, bar.high))]
    scale = alt.Scale(domain=[min(ends), max(ends)], nice=False)
    fates = [fate for fate in _FATES if any(bar.fate == fate for bar in report.weights)]
    panels = []
    for fate in fates:
        values = [
            {"low": bar.low, "high": bar.high, "none": 0, "each": bar.pairs / (bar.high - bar.low)}
            for bar in report.weights
            if bar.fate == fate
        ]
        axis = alt.Axis(grid=False, tickCount=8, labels=fate == fates[-1])
        title = "match weight in bits" if fate == fates[-1] else None
        bars = alt.Chart(_data(values)).mark_rect(
            color=_FATES[fate][1], stroke="white", strokeWidth=0.5
        ).encode(
            x=alt.X("low:Q", title=title, axis=axis, scale=scale),
            x2="high:Q",
            y=alt.Y("none:Q", title="per bit", axis=alt.Axis(tickCount=3, minExtent=48)),
            y2="each:Q",
        )  # fmt: skip
        line = alt.Chart(_data([{"bits": report.accept_bits}])).mark_rule(
            color=INK, strokeDash=[4, 3]
        )
        height = 170 if fate == LINKED else 60
        panel = alt.layer(bars, line.encode(x=alt.X("bits:Q", scale=scale)))
        panels.append(panel.properties(title=_FATES[fate][0], width=width - 80, height=height))
    return alt.vconcat(*panels, spacing=10)


def errors(report: Report, width: int) -> Chart:
    """Expected false and missed links in 10,000, each with its interval on its own scale."""
    rows = []
    for name, share, true in error_shares(report):
        said = {"value": 1e4 * share.value, "low": 1e4 * share.lower, "high": 1e4 * share.upper}
        base = alt.Chart(_data([said]))
        x = alt.X("low:Q", title=None, scale=alt.Scale(domainMin=0, nice=True),
                  axis=alt.Axis(tickCount=4, tickMinStep=1))  # fmt: skip
        layers = [
            base.mark_rule(color=BLUE, strokeWidth=4).encode(x=x, x2="high:Q"),
            base.mark_point(color=BLUE, filled=True, size=130, opacity=1).encode(x="value:Q"),
        ]
        if true is not None:
            layers.append(
                alt.Chart(_data([{"true": 1e4 * true}]))
                .mark_point(shape="diamond", color=AMBER, size=130, strokeWidth=3)
                .encode(x="true:Q")
            )
        rows.append(alt.layer(*layers).properties(width=width - 60, height=40, title=name))
    return alt.vconcat(*rows, spacing=18)


def error_shares(report: Report) -> list[tuple[str, Share, float | None]]:
    """Each kind of error with its expected share, and the true one where it is known."""
    truth = report.truth
    shares = [
        ("false links in 10,000 links", report.false_links, truth.get("precision")),
        ("missed links in 10,000 true pairs", report.missed_links, truth.get("recall")),
    ]
    return [
        (name, share, None if right is None else 1 - right)
        for name, share, right in shares
        if share is not None
    ]


def groups(report: Report, width: int) -> Chart:
    """Link rates of groups as dots with intervals, a panel per characteristic, one scale."""
    shown = shown_groups(report)
    lows = [line.link_rate.lower for line in shown if line.link_rate]
    domain = [max(0.0, min(lows) - 0.01), 1.0]
    every = report.link_rate.value if report.link_rate else None
    panels = []
    parted = [(name, list(lines)) for name, lines in groupby(shown, lambda one: one.characteristic)]
    for name, lines in parted:
        values = [_dot(line) for line in lines]
        base = alt.Chart(_data(values)).encode(
            y=alt.Y("category:N", sort=None, title=None, axis=_names(width))
        )
        x = alt.X(
            "low:Q",
            title=None,
            scale=alt.Scale(domain=domain, clamp=True),
            axis=alt.Axis(format="%", tickCount=4, labels=name == parted[-1][0]),
        )
        layers = [
            base.mark_rule(color=BLUE, strokeWidth=3).encode(x=x, x2="high:Q"),
            base.mark_point(color=BLUE, filled=True, size=70, opacity=1).encode(x="value:Q"),
        ]
        if every is not None:
            line = alt.Chart(_data([{"every": every}])).mark_rule(color=AMBER, strokeDash=[4, 3])
            layers.append(line.encode(x="every:Q"))
        size = {"width": _plot(width), "height": _ROW * len(values)}
        panels.append(alt.layer(*layers).properties(title=label(name), **size))
    return alt.vconcat(*panels, spacing=14)


def shown_groups(report: Report) -> list[GroupLine]:
    """The groups whose link rate may be shown, those by year of birth apart."""
    apart = ("all", "birth_year")
    return [one for one in report.groups if one.link_rate and one.characteristic not in apart]


def _dot(line: GroupLine) -> dict[str, Any]:
    share = line.link_rate
    if share is None:
        return {}
    return {
        "category": label(line.category),
        "value": share.value,
        "low": share.lower,
        "high": share.upper,
    }


def birth_years(report: Report, width: int) -> Chart:
    """The link rate by year of birth: a line with its band."""
    base = alt.Chart(_data([_dot(line) for line in year_lines(report)])).encode(
        x=alt.X("category:O", title="year of birth", axis=alt.Axis(labelAngle=0, labelOverlap=True))
    )
    y = alt.Y("low:Q", title="linked", scale=alt.Scale(zero=False),
              axis=alt.Axis(format="%", tickCount=5))  # fmt: skip
    return alt.layer(
        base.mark_rule(color=BLUE, strokeWidth=3).encode(y=y, y2="high:Q"),
        base.mark_point(color=BLUE, filled=True, size=80, opacity=1).encode(y="value:Q"),
    ).properties(width=width - 60, height=190)


def year_lines(report: Report) -> list[GroupLine]:
    """The groups by year of birth whose link rate may be shown."""
    return [one for one in report.groups if one.link_rate and one.characteristic == "birth_year"]


def ladder(report: Report, width: int) -> Chart:
    """How many pupils are left over after each matchkey of the ladder."""
    values = [
        {"key": f"{line.number + 1} {label(line.name)}", "left": line.left_over}
        for line in report.ladder
    ]
    base = alt.Chart(_data(values)).encode(
        y=alt.Y("key:N", sort=None, title=None, axis=_names(width)),
        x=alt.X("left:Q", title="pupils left over", axis=alt.Axis(tickCount=4)),
    )
    bars = base.mark_bar(color=BLUE, height=12)
    return bars.properties(width=_plot(width), height=_ROW * len(values))


def chances(report: Report, width: int) -> Chart:
    """m and u of every level on a scale of tenfolds: the line between them is its weight."""
    parted = [
        (name, list(lines)) for name, lines in groupby(report.model, lambda one: one.comparison)
    ]
    panels = []
    for name, levels in parted:
        base = alt.Chart(_data([_level(one) for one in levels])).encode(
            y=alt.Y("level:N", sort=None, title=None, axis=_names(width))
        )
        axis = alt.Axis(
            values=[1e-6, 1e-4, 1e-2, 1], labels=name == parted[-1][0], labelExpr=_ONE_IN
        )
        scale = alt.Scale(type="log", domain=[1e-7, 1], clamp=True)
        x = alt.X("u:Q", title=None, scale=scale, axis=axis)
        layers = [
            base.mark_rule(color=PALE, strokeWidth=4).encode(x=x, x2="m:Q"),
            base.mark_point(color=AMBER, size=60, strokeWidth=2).encode(x=x),
            base.mark_point(color=BLUE, filled=True, size=70, opacity=1).encode(x="m:Q"),
        ]
        size = {"width": _plot(width), "height": _ROW * len(levels)}
        panels.append(alt.layer(*layers).properties(title=label(name), **size))
    return alt.vconcat(*panels, spacing=14)


def _level(line: LevelLine) -> dict[str, Any]:
    return {"level": line.level, "m": line.m, "u": line.u}


def unlinkable(report: Report, width: int) -> Chart:
    """The share of pupils whose own record could not reach a weight even against itself."""
    values = [{"bits": bits, "share": share} for bits, share in report.unlinkable]
    line = alt.Chart(_data(values)).mark_line(color=BLUE, interpolate="step-after").encode(
        x=alt.X("bits:Q", title="match weight asked for, in bits", axis=alt.Axis(grid=False)),
        y=alt.Y("share:Q", title="could not reach it",
                axis=alt.Axis(format="%", tickCount=4)),
    )  # fmt: skip
    rule = alt.Chart(_data([{"bits": report.accept_bits}])).mark_rule(color=INK, strokeDash=[4, 3])
    return alt.layer(line, rule.encode(x="bits:Q")).properties(width=width - 60, height=190)


def columns(report: Report, width: int) -> Chart:
    """How full each column is on either side: two dots."""
    values = [
        {"column": label(line.column), "side": side, "share": share}
        for line in report.columns
        for side, share in (("attainment", line.attainment), ("Census", line.census))
    ]
    sides = ["attainment", "Census"]
    return (
        alt.Chart(_data(values))
        .mark_point(size=80, strokeWidth=2, opacity=1)
        .encode(
            y=alt.Y("column:N", sort=None, title=None, axis=_names(width)),
            x=alt.X("share:Q", title="records that have it", scale=alt.Scale(domain=[0, 1]),
                    axis=alt.Axis(format="%", tickCount=4)),
            color=alt.Color("side:N", scale=alt.Scale(domain=sides, range=[BLUE, AMBER])),
            shape=alt.Shape("side:N", scale=alt.Scale(domain=sides, range=["circle", "diamond"])),
        )
        .properties(width=_plot(width), height=_ROW * len(report.columns))
    )  # fmt: skip


def stages(report: Report, width: int) -> Chart:
    """Seconds of each stage, those of its gates apart."""
    parts = ["the stage", "its gates"]
    values = [
        {"stage": line.name, "part": part, "order": n, "seconds": seconds}
        for line in report.stages
        for n, (part, seconds) in enumerate(
            zip(parts, (max(line.seconds - line.gate_seconds, 0), line.gate_seconds), strict=True)
        )
    ]
    return (
        alt.Chart(_data(values))
        .mark_bar(height=14)
        .encode(
            y=alt.Y("stage:N", sort=None, title=None, axis=_names(width)),
            x=alt.X("seconds:Q", title="seconds", axis=alt.Axis(tickCount=5)),
            color=alt.Color(
                "part:N", sort=parts, scale=alt.Scale(domain=parts, range=[BLUE, GREY])
            ),
            order="order:Q",
        )
        .properties(width=_plot(width), height=26 * len(report.stages))
    )
