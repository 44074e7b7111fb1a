"""Groups: charts of the link rates of groups of pupils and of years of birth."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import altair as alt

from attainment_linkage.adapters.report_charts.parts import (
    AMBER,
    BLUE,
    ROW,
    Chart,
    data,
    names,
    plot,
)
from attainment_linkage.core.report.contents import GroupLine, Report
from attainment_linkage.core.report.words import label


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
        base = alt.Chart(data(values)).encode(
            y=alt.Y("category:N", sort=None, title=None, axis=names(width))
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
            line = alt.Chart(data([{"every": every}])).mark_rule(color=AMBER, strokeDash=[4, 3])
            layers.append(line.encode(x="every:Q"))
        size = {"width": plot(width), "height": ROW * len(values)}
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
    base = alt.Chart(data([_dot(line) for line in year_lines(report)])).encode(
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
