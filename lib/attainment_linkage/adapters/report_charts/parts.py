"""Parts: colours, axes and data that the charts of a run's report have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt  # slow: this module is imported where a page is drawn, not before

BLUE, AMBER, GREY, INK, PALE = "#1d5a8c", "#c77400", "#8a97a1", "#22303b", "#e3e9ed"
ROW = 22
"""The height of a line of a chart that has a line per name, in pixels."""

Chart = Any


def names(width: int) -> alt.Axis:
    """The axis of names: a fixed part of the width, whatever the names, so that panels line up."""
    room = width - plot(width) - width * 6 // 100
    return alt.Axis(labelLimit=room * 85 // 100, minExtent=room, maxExtent=room)


def plot(width: int) -> int:
    """The width that names leave to the plot: less on a phone."""
    return width * (62 if width > 500 else 47) // 100


def data(values: Sequence[dict[str, Any]]) -> alt.InlineData:
    """Rows as the data of a chart, which then needs no file."""
    return alt.InlineData(values=list(values))
