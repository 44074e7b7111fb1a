"""Charts: a checked table as a picture, from the shown numbers only, without a network.

One dot with its interval per group, or one bar where there is no estimate: position, not
colour, carries the number, so that it reads in print and for the colour-blind. The PNG holds
no metadata.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from attainment_linkage.core.disclosure.chart_words import is_group
from attainment_linkage.core.disclosure.decide import Checked
from attainment_linkage.core.disclosure.tables import ADDITIVE, MODEL, Codes, Description, Estimate

if TYPE_CHECKING:
    import altair as alt

_INK, _FAINT = "#1d4f8c", "#6b6b6b"
_KEPT = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"pHYs")
_MOST_BARS = 60


def png(output: Checked) -> bytes | None:
    """The chart of a table; None where no group of it may be shown, or too many for a page."""
    import altair as alt  # slow to import, and every command imports this module
    import vl_convert

    description = output.table.description
    estimate = next((one for one in description.estimate if one.low), None)
    marks = list(_marks(output, estimate))
    if not marks or len(marks) > _MOST_BARS:
        return None
    title = alt.TitleParams(
        description.title, subtitle=[description.population, *_what(output, estimate, len(marks))],
        anchor="start", fontSize=16, subtitleFontSize=13,
    )  # fmt: skip
    groups = ", ".join(one.title or one.variable for one in description.classification)
    # the title of the groups stands above their names, level
    axis_of_groups = alt.Axis(
        labelLimit=460, titleAngle=0, titleAlign="right", titleX=-8, titleY=-10
    )
    base = alt.Chart(alt.InlineData(values=marks)).encode(
        y=alt.Y("group:N", sort=None, title=groups, axis=axis_of_groups)
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
            *_everyone(output, estimate),
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


def _what(output: Checked, estimate: Estimate | None, shown: int) -> list[str]:
    """What the marks are, and how many groups have none."""
    said = "Numbers of people" if estimate is None else "Dots are estimates, lines 95% intervals"
    if estimate is not None and _total(output, estimate) is not None:
        said += ", the dashed line all together"
    measures = sum(bool(one.low) for one in output.table.description.estimate)
    withheld = sum(is_group(output, codes) for codes in output.table.cells) - shown
    return [
        said,
        *([f"The first of {measures} measures; all are in the table"] if measures > 1 else []),
        *([f"{withheld} withheld or empty groups are not shown"] if withheld else []),
    ]


def _everyone(output: Checked, estimate: Estimate) -> list[alt.Chart]:
    """A dashed line at the estimate of all groups together, where it may be shown."""
    import altair as alt

    value = _total(output, estimate)
    if value is None:
        return []
    data = alt.InlineData(values=[{"all": value}])
    rule = alt.Chart(data).mark_rule(color=_FAINT, strokeDash=[5, 4], strokeWidth=2)
    return [rule.encode(x="all:Q")]


def _total(output: Checked, estimate: Estimate) -> float | None:
    totals = tuple(one.total for one in output.table.description.classification)
    is_table = output.table.description.kind != MODEL and estimate.kind not in ADDITIVE
    return output.shown.get((totals, estimate.column)) if is_table else None


def _marks(output: Checked, estimate: Estimate | None) -> list[dict[str, float | str]]:
    """One mark for each group that is no margin and may be shown."""
    description = output.table.description
    found: list[dict[str, float | str]] = []
    for codes in output.table.cells:
        if not is_group(output, codes):
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
