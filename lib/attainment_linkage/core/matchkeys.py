"""Matchkeys: the ladder of strict rules that a person signs off, read from ``conf/``.

A ladder is ordered from the strictest; a pair keeps the first key that holds. Keys may use
two fields that are made from all records at once: who else lives at the address, and a name
that nobody else of the right file has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from attainment_linkage.core.model import DERIVED
from attainment_linkage.core.roles import FIELDS
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain.errors import RuleError

_KEYS = {"name", "rule", "source"}


@dataclass(frozen=True)
class Ladder:
    """Matchkeys from the strictest, and who answers for them (empty: nobody yet)."""

    matchkeys: tuple[Rule, ...]
    signed_off_by: str = ""


def ladder_of(document: Mapping[str, Any], where: str) -> Ladder:
    """The ladder that a TOML document holds; ``where`` names it in the error.

    Raises: RuleError, listing every problem: a rule that cannot be read, a column that is no
    field, a name or rule given twice, a key without name, rule and source, no key at all.
    """
    entries = document.get("matchkey", [])
    if not isinstance(entries, list) or not entries:
        raise RuleError(f"{where}: it has no [[matchkey]]. Give at least one.")
    problems: list[str] = []
    rules: list[Rule] = []
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict) or {k for k, v in entry.items() if v} != _KEYS:
            problems.append(f"key {place} must have name, rule and source, and nothing else")
            continue
        try:
            rules.append(Rule.parse(str(entry["rule"]), str(entry["name"])))
        except RuleError as error:
            problems.append(str(error).rstrip("."))
    problems += _unknown_columns(rules) + _repeated(rules)
    if problems:
        raise RuleError(f"{where}: " + "; ".join(problems) + ". Correct the ladder.")
    return Ladder(tuple(rules), str(document.get("signed_off_by", "")))


def _unknown_columns(rules: list[Rule]) -> list[str]:
    known = {*FIELDS, *DERIVED}
    return [
        f"{rule.name}: {column} is no field of the linkage record"
        for rule in rules
        for column in dict.fromkeys((*rule.left_columns, *rule.right_columns))
        if column not in known
    ]


def _repeated(rules: list[Rule]) -> list[str]:
    """Names and rules that an earlier key has: the later one could never be a pair's own."""
    problems, names, texts = [], set(), set()
    for rule in rules:
        if rule.name in names or frozenset(rule.equalities) in texts:
            problems.append(f"{rule.name}: an earlier key has its name or its rule")
        names.add(rule.name)
        texts.add(frozenset(rule.equalities))
    return problems
