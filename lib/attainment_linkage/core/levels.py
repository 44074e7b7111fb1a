"""Levels: the parts that comparisons are put together from, as dictionaries of Splink's.

A home level (``Home``) holds only for two records of one home, and has chances of its own:
people who live together share address, mostly a surname and, as twins, a birthday.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Comparison = Mapping[str, Any]

HOME = "home"
"""The column that two records of one home share; null where too many records share it."""
AT_HOME = "at home: "
"""How the label of a home level begins."""
YEARS_APART = "years apart"
"""The level of two birth dates a generation apart. Fathers whose sons bear their name show it,
so that training would take it for a slip: its m is never learnt to be more than it starts from.
"""


@dataclass(frozen=True)
class Home:
    """What makes two records ones of one home.

    ``column``: the field that names a home. ``most_records``: with more of them in either
    file it is no home (an institution, a ZIP code). ``condition``: SQL over both records.
    ``same_surname``: how often two people of one such home share a surname, to start from.
    """

    column: str
    most_records: int
    condition: str
    same_surname: float


def null(condition: str) -> dict[str, Any]:
    """The level of pairs about which nothing is known."""
    return {"sql_condition": condition, "label_for_charts": "not known", "is_null_level": True}


def level(
    label: str, condition: str, m: float, frequency: str = "", is_own_frequency: bool = False
) -> dict[str, Any]:
    """One level; ``frequency`` is the column whose value frequencies adjust its weight."""
    made: dict[str, Any] = {
        "sql_condition": condition,
        "label_for_charts": label,
        "m_probability": m,
    }
    if frequency:
        made["tf_adjustment_column"] = frequency
        made["tf_adjustment_weight"] = 1.0
        if is_own_frequency:
            made["disable_tf_exact_match_detection"] = True
    return made


def home_level(label: str, condition: str, m: float, u: float) -> dict[str, Any]:
    """A level for two records of one home; m and u are shares of such pairs."""
    made = level(AT_HOME + label, condition, m)
    made["u_probability"] = u
    return made


def otherwise(m: float) -> dict[str, Any]:
    """The last level: everything else."""
    return {"sql_condition": "ELSE", "label_for_charts": "different", "m_probability": m}


def comparison(name: str, *levels: dict[str, Any]) -> Comparison:
    """A comparison of a name and its levels, in order."""
    return {"output_column_name": name, "comparison_levels": list(levels)}


def either_null(column: str) -> str:
    """Whether a column is null on either side."""
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def same(column: str) -> str:
    """Whether a column is equal."""
    return f"{column}_l = {column}_r"


def edits(column: str, most: int) -> str:
    """Whether a column is within so many edits."""
    return f"levenshtein({column}_l, {column}_r) <= {most}"


def alike(column: str, least: float) -> str:
    """Whether a column is at least so alike (Jaro-Winkler, 0 to 1)."""
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


def is_null(made: Mapping[str, Any]) -> bool:
    """Whether a level is the one of what is not known."""
    return bool(made.get("is_null_level", False))


def is_home(made: Mapping[str, Any]) -> bool:
    """Whether a level holds only for records of one home."""
    return str(made.get("label_for_charts", "")).startswith(AT_HOME)


def is_held(made: Mapping[str, Any]) -> bool:
    """Whether a level's m is never learnt to be more than it starts from."""
    return str(made.get("label_for_charts", "")).removeprefix(AT_HOME) == YEARS_APART


def telling(made: Comparison) -> list[dict[str, Any]]:
    """The levels of a comparison that say something, in order."""
    return [one for one in made["comparison_levels"] if not is_null(one)]
