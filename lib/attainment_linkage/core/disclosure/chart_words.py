"""Chart words: each chart of a package in words, for whoever hears it or sees it badly.

From the shown numbers alone, as the chart itself: every mark is said, and no other.
"""

from __future__ import annotations

from collections.abc import Sequence

from attainment_linkage.core.disclosure.decide import Checked
from attainment_linkage.core.disclosure.tables import MODEL, Codes
from attainment_linkage.core.disclosure.words import group_called, with_interval


def charts_text(outputs: Sequence[Checked]) -> str:
    """A page with the charts of these outputs, each with its text alternative."""
    parts = ["# The charts, and what each shows"]
    for output in outputs:
        name, description = output.table.name, output.table.description
        said = alternative(output)
        parts += ["", f"## {description.title}", "", f"![{said}]({name}.png)", "", said]
    return "\n".join(parts) + "\n"


def alternative(output: Checked) -> str:
    """What the marks of a chart are, then each with its number, in their order."""
    description = output.table.description
    estimate = next((one for one in description.estimate if one.low), None)
    groups = [codes for codes in output.table.cells if is_group(output, codes)]
    if estimate is None:
        count = description.count[0]
        what = f"Bars: {count.title or count.column}"
        told = {codes: output.shown.get((codes, count.column)) for codes in groups}
        said = {codes: f"{value:,.0f}" for codes, value in told.items() if value is not None}
    else:
        what = f"Dots with 95% intervals: {estimate.title or estimate.column}"
        said = {codes: with_interval(output, estimate, codes) for codes in groups}
    marks = [f"{group_called(description, codes)} {text}" for codes, text in said.items() if text]
    left = len(groups) - len(marks)
    more = f" {left} withheld or empty groups are not shown." if left else ""
    return f"{what}, {description.population}. {'; '.join(marks)}.{more}"


def is_group(output: Checked, codes: Codes) -> bool:
    """Whether a cell is no margin; of a model, whether it is a term."""
    description = output.table.description
    if description.kind == MODEL:
        return codes != tuple(one.total for one in description.classification)
    return all(
        code in one.codes for one, code in zip(description.classification, codes, strict=True)
    )
