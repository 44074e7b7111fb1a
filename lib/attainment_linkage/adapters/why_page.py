"""Why page: the waterfall of one pair's weight, as one HTML file that needs no network."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol

import altair as alt

from attainment_linkage.adapters.page import write_template
from attainment_linkage.adapters.report_charts.parts import AMBER, BLUE, GREY, INK
from attainment_linkage.adapters.report_figures import NARROW, WIDE, Figure, svg
from attainment_linkage.core.report import words
from attainment_linkage.core.why import RuleState, Waterfall


class Explained(Protocol):
    """What the page shows of a pair."""

    @property
    def verdict(self) -> str:
        """What became of it, and why."""

    @property
    def found_by(self) -> str:
        """The rule and matchkey that found it, or that none did."""

    @property
    def waterfall(self) -> Waterfall:
        """Its weight, step by step."""

    @property
    def rules(self) -> tuple[RuleState, ...]:
        """How each blocking rule stands to it."""


def write_why(found: Explained, path: Path) -> Path:
    """Write the page of a pair, private to its owner.

    Raises: DiskFullError, LakeUnwritableError.
    """
    return write_template("why.html", path, found=found, figure=_figure(found.waterfall))


def _figure(waterfall: Waterfall) -> Figure:
    steps = [("before any comparison", "", waterfall.start_bits)]
    steps += [(words.label(one.comparison), one.level, one.bits) for one in waterfall.steps]
    rows = [
        (f"{name}: {level}" if level else name, words.weight(bits)) for name, level, bits in steps
    ]
    rows.append(("match weight", words.weight(waterfall.total_bits)))
    wide, narrow = (
        svg(_chart(rows, [bits for _, _, bits in steps], width), f"why-{width}")
        for width in (WIDE, NARROW)
    )
    told = "What each comparison adds to the match weight, in bits."
    return Figure("why", told, wide, narrow, ("step", "bits"), rows)


def _chart(rows: list[tuple[str, str]], bits: list[float], width: int) -> Any:
    """Bars that begin where the one before them ended; the last one is the weight itself."""
    ends = list(accumulate(bits))
    spans = [*zip([0.0, *ends], ends, strict=False), (0.0, ends[-1])]
    values = [
        {"step": name, "from": low, "to": high, "said": said, "right": max(low, high),
         "kind": "total" if place == len(spans) - 1 else "for" if high >= low else "against"}
        for place, ((name, said), (low, high)) in enumerate(zip(rows, spans, strict=True))
    ]  # fmt: skip
    low, high = min(0.0, *ends), max(0.0, *ends)
    scale = alt.Scale(
        domain=[low, high + (high - low) / (6 if width > NARROW else 3)], nice=False
    )  # room for what is said
    room = width * 42 // 100
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y("step:N", sort=None, title=None,
                axis=alt.Axis(labelLimit=room * 8 // 10, minExtent=room, maxExtent=room))
    )  # fmt: skip
    kinds = alt.Scale(domain=["for", "against", "total"], range=[BLUE, AMBER, GREY])
    bars = base.mark_bar(height=14).encode(
        x=alt.X("from:Q", title="match weight in bits", scale=scale, axis=alt.Axis(tickCount=6)),
        x2="to:Q",
        color=alt.Color("kind:N", scale=kinds, legend=None),
    )
    text = base.mark_text(align="left", dx=5, color=INK, fontSize=12).encode(
        x="right:Q", text="said:N"
    )
    return alt.layer(bars, text).properties(width=width - room - 50, height=26 * len(values))
