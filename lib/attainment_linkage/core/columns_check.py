"""Delivered column names against the declared ones, in words that cannot show a row.

A file without a header has a person's record for its first line, and a header whose line end
was lost has one behind it: a name that is not declared is repeated in a message only where it
is like a declared one that is missing, and the line is no longer than a header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ .-]{0,63}")
_MOST_NAMED = 10
_ALIKE = 0.75


def column_faults(names: Sequence[str], declared: Sequence[str]) -> str:
    """What is wrong with the delivered names; empty where nothing is.

    Missing and doubled columns are declared names and are always given; of the others, those
    like a missing one by their name, the rest by their places, counted from 1.
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
        is_one_line = len(names) <= len(declared)  # with more of them a row may stand behind it
        alike = [name for name in extra if get_close_matches(name, missing, cutoff=_ALIKE)]
        shown = [name for name in alike if is_one_line and _NAME.fullmatch(name)]
        faults += [f"extra {_listed(shown)}"] if shown else []
        places = [str(names.index(name) + 1) for name in extra if name not in shown]
        faults += [f"{len(places)} not declared, in place {_listed(places)}"] if places else []
    return "; ".join(faults)


def _listed(names: Sequence[str]) -> str:
    """The first names, and how many more."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
