"""Delivered column names against the declared ones, in words that cannot show a row.

A file without a header has a person's record for its first line: names that are not
declared are repeated in a message only where most of the declared ones are there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ .-]{0,63}")
_MOST_NAMED = 10


def column_faults(names: Sequence[str], declared: Sequence[str]) -> str:
    """What is wrong with the delivered names; empty where nothing is.

    Missing and doubled columns are declared names and are always given; extra names only
    where at least half of the declared columns are there.
    """
    missing = [name for name in declared if name not in names]
    doubled = [name for name in declared if names.count(name) > 1]
    extra = [name for name in dict.fromkeys(names) if name not in declared]
    faults = []
    if missing:
        faults.append(f"missing {_listed(missing)}")
    if doubled:
        faults.append(f"doubled {_listed(doubled)}")
    if extra and 2 * len(missing) > len(declared):
        faults.append(f"{len(extra)} others in their place; the first line may not be a header")
    elif extra:
        shown = [name for name in extra if _NAME.fullmatch(name)]
        hidden = len(extra) - len(shown)
        unnamed = [f"{hidden} without a proper name"] if hidden else []
        faults.append(f"extra {_listed(shown + unnamed)}")
    return "; ".join(faults)


def _listed(names: Sequence[str]) -> str:
    """The first names, and how many more."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
