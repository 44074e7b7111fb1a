"""Weights: charts of match weights: of pairs, of the model's levels, of what records can reach."""

from __future__ import annotations

import altair as alt

from attainment_linkage.adapters.report_charts.parts import AMBER, BLUE, GREY, INK, Chart, data
from attainment_linkage.core.report.contents import Report

LINKED = "linked"


_FATES = {
    LINKED: ("pairs linked", BLUE),
    "review": ("pairs left to a reviewer", AMBER),
    "neither": ("other pairs", GREY),
}


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
        bars = alt.Chart(data(values)).mark_rect(
            color=_FATES[fate][1], stroke="white", strokeWidth=0.5
        ).encode(
            x=alt.X("low:Q", title=title, axis=axis, scale=scale),
            x2="high:Q",
            y=alt.Y("none:Q", title="per bit", axis=alt.Axis(tickCount=3, minExtent=48)),
            y2="each:Q",
        )  # fmt: skip
        line = alt.Chart(data([{"bits": report.accept_bits}])).mark_rule(
            color=INK, strokeDash=[4, 3]
        )
        height = 170 if fate == LINKED else 60
        panel = alt.layer(bars, line.encode(x=alt.X("bits:Q", scale=scale)))
        panels.append(panel.properties(title=_FATES[fate][0], width=width - 80, height=height))
    return alt.vconcat(*panels, spacing=10)


def unlinkable(report: Report, width: int) -> Chart:
    """The share of pupils whose own record could not reach a weight even against itself."""
    values = [{"bits": bits, "share": share} for bits, share in report.unlinkable]
    line = alt.Chart(data(values)).mark_line(color=BLUE, interpolate="step-after").encode(
        x=alt.X("bits:Q", title="match weight asked for, in bits", axis=alt.Axis(grid=False)),
        y=alt.Y("share:Q", title="could not reach it",
                axis=alt.Axis(format="%", tickCount=4)),
    )  # fmt: skip
    rule = alt.Chart(data([{"bits": report.accept_bits}])).mark_rule(color=INK, strokeDash=[4, 3])
    return alt.layer(line, rule.encode(x="bits:Q")).properties(width=width - 60, height=190)
