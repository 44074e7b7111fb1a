"""Road: charts of what the stages had and took: columns, matchkeys, time."""

from __future__ import annotations

import altair as alt

from attainment_linkage.adapters.report_charts.parts import (
    AMBER,
    BLUE,
    GREY,
    ROW,
    Chart,
    data,
    names,
    plot,
)
from attainment_linkage.core.report.contents import Report
from attainment_linkage.core.report.words import label


def ladder(report: Report, width: int) -> Chart:
    """How many pupils are left over after each matchkey of the ladder."""
    values = [
        {"key": f"{line.number + 1} {label(line.name)}", "left": line.left_over}
        for line in report.ladder
    ]
    base = alt.Chart(data(values)).encode(
        y=alt.Y("key:N", sort=None, title=None, axis=names(width)),
        x=alt.X("left:Q", title="pupils left over", axis=alt.Axis(tickCount=4)),
    )
    bars = base.mark_bar(color=BLUE, height=12)
    return bars.properties(width=plot(width), height=ROW * len(values))


def columns(report: Report, width: int) -> Chart:
    """How full each column is on either side: two dots."""
    values = [
        {"column": label(line.column), "side": side, "share": share}
        for line in report.columns
        for side, share in (("attainment", line.attainment), ("Census", line.census))
    ]
    sides = ["attainment", "Census"]
    return (
        alt.Chart(data(values))
        .mark_point(size=80, strokeWidth=2, opacity=1)
        .encode(
            y=alt.Y("column:N", sort=None, title=None, axis=names(width)),
            x=alt.X("share:Q", title="records that have it", scale=alt.Scale(domain=[0, 1]),
                    axis=alt.Axis(format="%", tickCount=4)),
            color=alt.Color("side:N", scale=alt.Scale(domain=sides, range=[BLUE, AMBER])),
            shape=alt.Shape("side:N", scale=alt.Scale(domain=sides, range=["circle", "diamond"])),
        )
        .properties(width=plot(width), height=ROW * len(report.columns))
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
        alt.Chart(data(values))
        .mark_bar(height=14)
        .encode(
            y=alt.Y("stage:N", sort=None, title=None, axis=names(width)),
            x=alt.X("seconds:Q", title="seconds", axis=alt.Axis(tickCount=5)),
            color=alt.Color(
                "part:N", sort=parts, scale=alt.Scale(domain=parts, range=[BLUE, GREY])
            ),
            order="order:Q",
        )
        .properties(width=plot(width), height=26 * len(report.stages))
    )
