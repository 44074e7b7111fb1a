"""Errors: the chart of the false and missed links that are expected."""

from __future__ import annotations

import altair as alt

from attainment_linkage.adapters.report_charts.parts import AMBER, BLUE, Chart, data
from attainment_linkage.core.proportions import Share
from attainment_linkage.core.report.contents import Report


def errors(report: Report, width: int) -> Chart:
    """Expected false and missed links in 10,000, each with its interval on its own scale."""
    rows = []
    for name, share, true in error_shares(report):
        said = {"value": 1e4 * share.value, "low": 1e4 * share.lower, "high": 1e4 * share.upper}
        base = alt.Chart(data([said]))
        x = alt.X("low:Q", title=None, scale=alt.Scale(domainMin=0, nice=True),
                  axis=alt.Axis(tickCount=4, tickMinStep=1))  # fmt: skip
        layers = [
            base.mark_rule(color=BLUE, strokeWidth=4).encode(x=x, x2="high:Q"),
            base.mark_point(color=BLUE, filled=True, size=130, opacity=1).encode(x="value:Q"),
        ]
        if true is not None:
            layers.append(
                alt.Chart(data([{"true": 1e4 * true}]))
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
