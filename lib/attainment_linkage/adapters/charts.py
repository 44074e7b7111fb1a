"""Charts: a checked table as a picture, from the shown numbers only, without a network.

One dot with its interval per group, or one bar where there is no estimate: position, not
colour, carries the number, so that it reads in print and for the colour-blind. The PNG holds
no metadata.
"""

from __future__ import annotations

import struct

import altair as alt
import vl_convert

from attainment_linkage.core.disclosure.decide import Checked
from attainment_linkage.core.disclosure.tables import MODEL, Codes, Description, Estimate

_INK = "#1d4f8c"
_KEPT = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"pHYs")
_MOST_BARS = 60


def png(output: Checked) -> bytes | None:
    """The chart of a table; None where no group of it may be shown, or too many for a page."""
    description = output.table.description
    estimate = next((one for one in description.estimate if one.low), None)
    marks = list(_marks(output, estimate))
    if not marks or len(marks) > _MOST_BARS:
        return None
    title = alt.TitleParams(
        description.title, subtitle=[description.population, _what(description, estimate)],
        anchor="start", fontSize=16, subtitleFontSize=13,
    )  # fmt: skip
    base = alt.Chart(alt.InlineData(values=marks)).encode(
        y=alt.Y("group:N", sort=None, title=None, axis=alt.Axis(labelLimit=320))
    )
    if estimate is None:
        count = description.count[0]
        chart = base.mark_bar(color=_INK).encode(
            x=alt.X("value:Q", title=count.title or count.column)
        )
    else:
        name = (
            f"{estimate.title or estimate.column} {f'({estimate.unit})' if estimate.unit else ''}"
        )
        axis = alt.X("low:Q", title=name.strip(), scale=alt.Scale(zero=False))
        chart = alt.layer(
            base.mark_rule(color=_INK, strokeWidth=3).encode(x=axis, x2="high:Q"),
            base.mark_point(color=_INK, filled=True, size=90, opacity=1).encode(x="value:Q"),
        )
    chart = chart.properties(title=title, width=480, description=description.title)
    spec = chart.configure_axis(labelFontSize=13, titleFontSize=13).to_dict()
    return without_metadata(vl_convert.vegalite_to_png(spec, scale=2))


def without_metadata(image: bytes) -> bytes:
    """A PNG with just the blocks that are the picture."""
    kept, at = [image[:8]], 8
    while at < len(image):
        (length,) = struct.unpack(">I", image[at : at + 4])
        end = at + 12 + length
        if image[at + 4 : at + 8] in _KEPT:
            kept.append(image[at:end])
        at = end
    return b"".join(kept)


def _what(description: Description, estimate: Estimate | None) -> str:
    return "Numbers of people" if estimate is None else "Dots are estimates, lines 95% intervals"


def _marks(output: Checked, estimate: Estimate | None) -> list[dict[str, float | str]]:
    """One mark for each group that is no margin and may be shown."""
    description = output.table.description
    found: list[dict[str, float | str]] = []
    for codes in output.table.cells:
        is_margin = any(
            code not in one.codes
            for one, code in zip(description.classification, codes, strict=True)
        )
        if is_margin and description.kind != MODEL:
            continue
        names = [description.count[0].column]
        if estimate is not None:
            names = [estimate.column, estimate.low, estimate.high]
        values = [output.shown.get((codes, name)) for name in names]
        if all(value is not None for value in values):
            numbers = [float(value or 0.0) for value in values]
            ends = dict(zip(("value", "low", "high"), numbers, strict=False))
            found.append({"group": _called(description, codes), **ends})
    return found


def _called(description: Description, codes: Codes) -> str:
    return ", ".join(
        one.labels.get(code, code)
        for one, code in zip(description.classification, codes, strict=True)
    )
