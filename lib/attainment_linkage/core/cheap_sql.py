"""Cheap SQL: conditions of a model with a cheap necessary one put before a dear one.

DuckDB's ``damerau_levenshtein`` costs more than all else that is done with a pair; almost no
pair of a common name is within an edit of its date. What is tried first holds wherever the
distance does, so that every pair agrees as it did before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_NEAR = re.compile(r'damerau_levenshtein\(\s*("?\w+"?)\s*,\s*("?\w+"?)\s*\)\s*<=\s*(\d+)', re.I)


def cheap_first(condition: str) -> str:
    """A condition that holds, fails and is null where the given one is, only sooner.

    An edit is two Levenshtein steps at most. One edit leaves two texts of equal length alike in
    all bytes but two; DuckDB's distances count bytes, and its ``hamming`` refuses empty texts.
    """
    return _NEAR.sub(_guarded, condition)


def cheap_comparisons(comparisons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Splink's comparisons, the condition of every level made cheap; nothing else is changed."""
    return [
        {
            **one,
            "comparison_levels": [
                {**level, "sql_condition": cheap_first(level["sql_condition"])}
                for level in one["comparison_levels"]
            ],
        }
        for one in comparisons
    ]


def _guarded(found: re.Match[str]) -> str:
    """Nested cases, not ANDs: DuckDB computes both sides of an AND that is not a filter."""
    left, right, most, exact = found[1], found[2], int(found[3]), found[0]
    near = f"CASE WHEN levenshtein({left}, {right}) > {2 * most} THEN false ELSE {exact} END"
    if most != 1:
        return near
    return (
        f"CASE WHEN strlen({left}) <> strlen({right}) OR strlen({left}) = 0 THEN {near} "
        f"WHEN hamming({left}, {right}) > 2 THEN false ELSE {exact} END"
    )
