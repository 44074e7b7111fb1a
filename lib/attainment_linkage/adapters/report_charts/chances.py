"""Chances: the chart of the model: m and u of every level of every comparison."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import altair as alt

from attainment_linkage.adapters.report_charts.parts import (
    AMBER,
    BLUE,
    PALE,
    ROW,
    Chart,
    data,
    names,
    plot,
)
from attainment_linkage.core.report.contents import LevelLine, Report
from attainment_linkage.core.report.words import label

_ONE_IN = (
    "datum.value == 1 ? 'always' : datum.value < 1e-5 ? '1 in a million' : "
    "'1 in ' + format(1 / datum.value, ',.0f')"
)


def chances(report: Report, width: int) -> Chart:
    """m and u of every level on a scale of tenfolds: the line between them is its weight."""
    parted = [
        (name, list(lines)) for name, lines in groupby(report.model, lambda one: one.comparison)
    ]
    panels = []
    for name, levels in parted:
        base = alt.Chart(data([_level(one) for one in levels])).encode(
            y=alt.Y("level:N", sort=None, title=None, axis=names(width))
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
        size = {"width": plot(width), "height": ROW * len(levels)}
        panels.append(alt.layer(*layers).properties(title=label(name), **size))
    return alt.vconcat(*panels, spacing=14)


def _level(line: LevelLine) -> dict[str, Any]:
    return {"level": line.level, "m": line.m, "u": line.u}
