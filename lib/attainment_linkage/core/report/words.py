"""Words: how the report says a number, so that it is read the same way everywhere."""

from __future__ import annotations

from attainment_linkage.core.proportions import Share
from attainment_linkage.core.report.code_names import NAMES

NOT_SHOWN = "1 to 9"


def label(name: str) -> str:
    """A name of the code as a reader says it."""
    return NAMES.get(name, name.replace("_", " "))


def count(value: int | None) -> str:
    """A count with its thousands apart; one that is not shown as the range it is in."""
    return NOT_SHOWN if value is None else f"{value:,}"


def hidden(value: int | None) -> str:
    """A count of which others give the sum: one that is not shown may be of any size."""
    return "not shown" if value is None else f"{value:,}"


def gap(said: str) -> str:
    """A gap as ``measure`` notes it, in words: sex, F over M: 5.1 points (3.2 to 7.0)."""
    size, _, groups = said.partition(": ")
    points, _, interval = size.partition("% ")
    characteristic, _, between_whom = groups.partition(" ")
    whom = " over ".join(map(label, between_whom.split(" over ")))
    return f"{label(characteristic)}, {whom}: {points} points ({interval})"


def percent(share: float, places: int = 1) -> str:
    """A share in percent."""
    return f"{100 * share:.{places}f}%"


def between(share: Share, places: int = 1) -> str:
    """A share in percent with its interval."""
    low, high = 100 * share.lower, 100 * share.upper
    return f"{percent(share.value, places)} ({low:.{places}f} to {high:.{places}f})"


def whole_in_ten_thousand(share: Share) -> str:
    """A share as a number of ten thousand."""
    return f"{1e4 * share.value:,.0f}"


def in_ten_thousand(share: Share) -> str:
    """A share as a number of ten thousand, with its interval: 2 (0 to 6)."""
    value, low, high = (1e4 * part for part in (share.value, share.lower, share.upper))
    return f"{value:,.0f} ({low:,.0f} to {high:,.0f})"


def chance(value: float) -> str:
    """A chance, however small, in three figures."""
    return f"{value:.3g}" if value < 0.01 else f"{value:.3f}"


def weight(bits: float) -> str:
    """A match weight with its sign."""
    return f"{bits:+.1f}"


def seconds(value: float) -> str:
    """A time as people say it."""
    if value < 100:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
