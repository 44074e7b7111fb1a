"""Reach: the most bits that a pair of a rule can still get, told before any similarity is taken.

A common name forms pairs by the million, nearly all of which end far below review: their
dates and postcodes differ. What a rule holds equal gives bits that a record knows by itself;
whether the other fields are equal bounds the rest. Only comparisons in the plain form (not
known, equal, then the others) are looked into; any other one may reach its best level.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from attainment_linkage.core.rules import Rule

_NULL = re.compile(r'"?(\w+)_l"? IS NULL OR "?\1_r"? IS NULL', re.I)
_EQUAL = re.compile(r'"?(\w+)_l"? = "?\1_r"?')
_EDIT = re.compile(r'damerau_levenshtein\(\s*"?(\w+)_l"?\s*,\s*"?\1_r"?\s*\)\s*<=\s*1', re.I)
_SLACK_BITS = 1e-5
"""Bits are added up in another order than Splink's."""
_OWN = '"tf_{0}"'
_OF_BOTH = 'greatest(coalesce(l."tf_{0}", r."tf_{0}"), coalesce(r."tf_{0}", l."tf_{0}"))'

Level = Mapping[str, Any]


@dataclass(frozen=True)
class Reach:
    """What the pairs of one rule can reach, in bits, as DuckDB expressions.

    ``settled``: over one record alone, what the rule's own equalities give it, with the prior;
    ``left_open``: over records ``l`` and ``r``, the most that the other comparisons can.
    """

    settled: str
    left_open: str

    def condition(self, column: str, review_bits: float) -> str:
        """True where a pair may reach review; ``column`` of ``l`` holds the settled bits."""
        return f'l."{column}" + {self.left_open} >= {_number(review_bits - _SLACK_BITS)}'


def reach(settings: Mapping[str, Any], rule: Rule) -> Reach | None:
    """What the pairs of a rule can reach under a trained model; None where nothing bounds them.

    ``settings``: Splink's own; records have ``tf_<column>`` beside a column with frequencies.
    Source: Splink's match weight: the prior's bits, and those of one level of each comparison,
    adjusted by the frequency of the value where the level says so.
    """
    equal, settled, left_open = _held_equal(rule), [_prior_bits(settings)], []
    for comparison in settings["comparisons"]:
        levels = comparison["comparison_levels"]
        if not all(_has_chances(level) for level in levels):
            return None
        column = _plain_column(levels)
        if column in equal:
            settled.append(_bits(levels, levels[1], _OWN))
        elif column:
            left_open.append(_plain(column, levels))
        else:
            left_open.append(_greatest(_bits(levels, level, _OF_BOTH) for level in levels))
    if not any(bits.startswith("CASE") for bits in left_open):
        return None
    return Reach(" + ".join(settled), " + ".join(f"({bits})" for bits in left_open))


def assured(settings: Mapping[str, Any], rule: Rule) -> str | None:
    """The bits of every pair of a rule whose equalities settle all comparisons; None for others.

    An expression over one record alone, as ``Reach.settled``.
    """
    equal, bits = _held_equal(rule), [_prior_bits(settings)]
    for comparison in settings["comparisons"]:
        levels = comparison["comparison_levels"]
        if not all(_has_chances(level) for level in levels) or _plain_column(levels) not in equal:
            return None
        bits.append(_bits(levels, levels[1], _OWN))
    return " + ".join(bits)


def is_assured(column: str, review_bits: float) -> str:
    """True where what is assured reaches review, as an expression; ``column`` of ``l`` holds it."""
    return f'l."{column}" >= {_number(review_bits + _SLACK_BITS)}'


def _held_equal(rule: Rule) -> set[str]:
    """The columns that both records of a pair of the rule have alike."""
    return {e.left for e in rule.equalities if e.left == e.right and not e.has_array}


def _prior_bits(settings: Mapping[str, Any]) -> str:
    prior = settings["probability_two_random_records_match"]
    return _number(math.log2(prior / (1 - prior)))


def _has_chances(level: Level) -> bool:
    chances = (level.get("m_probability"), level.get("u_probability"))
    return bool(level.get("is_null_level")) or all(chances)


def _plain_column(levels: Sequence[Level]) -> str:
    """The column of a comparison in the plain form; nothing for any other."""
    conditions = [level["sql_condition"] for level in levels]
    null, equal = _NULL.fullmatch(conditions[0]), _EQUAL.fullmatch(conditions[1])
    if null is None or equal is None or null[1] != equal[1]:
        return ""
    adjusted_by = {level.get("tf_adjustment_column") or equal[1] for level in levels}
    return equal[1] if adjusted_by == {equal[1]} else ""


def _plain(column: str, levels: Sequence[Level]) -> str:
    """A comparison in the plain form whose column the rule leaves open."""
    left, right = f'l."{column}"', f'r."{column}"'
    far = ""
    if len(levels) == 4 and _EDIT.fullmatch(levels[2]["sql_condition"]):
        # most pairs end here. Nested cases: DuckDB computes both sides of an AND, and its
        # hamming, which counts bytes, refuses texts of other or no length
        far = (
            f"WHEN CASE WHEN strlen({left}) = strlen({right}) AND strlen({left}) > 0 "
            f"THEN hamming({left}, {right}) > 2 ELSE false END "
            f"THEN {_bits(levels, levels[3], _OF_BOTH)} "
        )
    rest = _greatest(_bits(levels, level, _OF_BOTH) for level in levels[2:])
    return (
        f"CASE WHEN {left} IS NULL OR {right} IS NULL THEN 0e0 {far}"
        f"WHEN {left} = {right} THEN {_bits(levels, levels[1], _OF_BOTH)} ELSE {rest} END"
    )


def _bits(levels: Sequence[Level], level: Level, frequency: str) -> str:
    """The bits of one level, as Splink gives them."""
    if level.get("is_null_level"):
        return "0e0"
    weight = math.log2(level["m_probability"] / level["u_probability"])
    column, share = level.get("tf_adjustment_column"), level.get("tf_adjustment_weight", 1.0)
    if not column or not share:
        return _number(weight)
    base = weight + share * math.log2(_exact_chance(levels, level, column))
    least, found = level.get("tf_minimum_u_value", 0.0), frequency.format(column)
    found = f"greatest({found}, {_number(least)})" if least else found
    adjusted = f"{_number(base)} - {_number(share)} * log2({found})"
    return f"coalesce({adjusted}, {_number(weight)})"


def _exact_chance(levels: Sequence[Level], level: Level, column: str) -> float:
    """u of equal values of a column: Splink's base of an adjustment."""
    if not level.get("disable_tf_exact_match_detection"):
        for one in levels:
            equal = _EQUAL.fullmatch(one["sql_condition"])
            if equal and equal[1] == column:
                return float(one["u_probability"])
    return float(level["u_probability"])


def _number(value: float) -> str:
    """A number that DuckDB takes for a double; without an exponent it would reckon in decimals."""
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def _greatest(bits: Iterable[str]) -> str:
    """The most of several."""
    every = list(dict.fromkeys(bits))
    return every[0] if len(every) == 1 else f"greatest({', '.join(every)})"
