"""Rule SQL: blocking rules and matchkeys as DuckDB conditions over aliases ``l`` and ``r``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from attainment_linkage.core.rules import Equality, Rule

ELEMENT = "key_element"
"""An element of the array that a group is keyed on: a column beside the record it is of."""
SLICE_UNIT = 2**55
"""What one slice is in a record's code of a key (``code_sql``)."""


def equality_sql(equality: Equality) -> str:
    """One equality as a DuckDB condition; null where either side is null."""
    left, right = f'l."{equality.left}"', f'r."{equality.right}"'
    if equality.is_left_array and equality.is_right_array:
        return f"list_has_any({left}, {right})"
    if equality.is_left_array:
        return f"list_contains({left}, {right})"
    if equality.is_right_array:
        return f"list_contains({right}, {left})"
    return f"{left} = {right}"


def rule_sql(rule: Rule) -> str:
    """A whole rule as a DuckDB condition."""
    parts = [equality_sql(equality) for equality in rule.equalities]
    if rule.condition:
        parts.append(f"({rule.condition})")
    return " and ".join(parts)


def first_holding_sql(rules: Sequence[Rule]) -> str:
    """The number of the first rule that holds, or null, as a DuckDB expression."""
    if not rules:
        return "null::integer"
    cases = " ".join(f"when {rule_sql(rule)} then {n}" for n, rule in enumerate(rules))
    return f"(case {cases} end)::integer"


def none_holds_sql(rules: Sequence[Rule], given: Rule | None = None) -> str:
    """True where none of the rules holds (a rule over nulls does not hold).

    ``given``: a rule known to hold; what it says already is not asked again.
    """
    known = set(given.equalities) if given else set()
    left = [replace(r, equalities=tuple(e for e in r.equalities if e not in known)) for r in rules]
    if any(not rule.equalities and not rule.condition for rule in left):
        return "false"
    asked = [rule for rule in left if not any(_is_wider(other, rule) for other in left)]
    conditions = dict.fromkeys(f"({rule_sql(rule)}) is not true" for rule in asked)
    return " and ".join(conditions) or "true"


def _is_wider(rule: Rule, other: Rule) -> bool:
    """Whether a rule holds wherever the other one does, which asks more."""
    return not rule.condition and set(rule.equalities) < set(other.equalities)


def is_covered(key: Rule, rules: Sequence[Rule]) -> bool:
    """Whether one of the rules holds wherever the key does."""
    held = set(key.equalities)
    return any(not rule.condition and set(rule.equalities) <= held for rule in rules)


def pairs_sql(rule: Rule, key_array: Equality | None) -> str:
    """The pairs of one rule within a partition, of records ``l`` and ``r``, as FROM and WHERE.

    ``lefts`` and ``rights`` are the records of the partition. A rule over an array joins on
    the values of its elements, not on lists held against each other: ``left_elements`` and
    ``right_elements`` are the records once for each element that fell to a partition keyed on
    them; else the elements are taken out here. Records lie beside their elements, so that
    DuckDB has one join to make and no order of joins to choose. A pair belongs to its smallest
    shared element, so that it is formed once.
    """
    array = key_array or next((e for e in rule.equalities if e.has_array), None)
    if array is None:
        return f"from lefts l join rights r on {rule_sql(rule)} where true"
    left, right = "left_elements", "right_elements"
    if key_array is None:
        left, right = (_with_elements_sql(array, is_left) for is_left in (True, False))
    others = Rule(rule.name, tuple(e for e in rule.equalities if e != array), rule.condition)
    conditions = [rule_sql(others)] if others.equalities or others.condition else []
    smallest = _smallest_shared_sql(array)
    conditions += [f"l.element = {smallest}"] if smallest else []
    where = " and ".join(conditions) or "true"
    return f"from {left} l join {right} r on l.element = r.element where {where}"


def _smallest_shared_sql(equality: Equality) -> str:
    if equality.is_left_array and equality.is_right_array:
        return f'list_min(list_intersect(l."{equality.left}", r."{equality.right}"))'
    return ""


def slice_sql(key: Sequence[Equality], slices: int) -> str:
    """The slice of a record in a group: null where a part of the group's key is.

    A list, one for each element, where the key is over an array.
    """
    values = _values_sql(key)
    placed = f"case when {_whole_sql(values)} then {_slice_sql(values, slices)}::smallint end"
    return _each_sql(_array_of(key), placed)


def code_sql(rule: Rule, key: Sequence[Equality], slices: int) -> str:
    """A record's key of a rule as one whole number: its slice, 54 bits of its hash, its side.

    ``key``: of the group in whose slices the rule is counted. Null where a part of the rule's
    key is; a list, one for each element, where the rule or the group's key is over an array.
    A second array of a rule is left out: the key is then met by more than hold the rule.
    """
    array = _array_of(key) or _array_of(rule.equalities)
    values = _values_sql([e for e in rule.equalities if not e.has_array])
    values += [ELEMENT] if array else []
    place = _slice_sql(_values_sql(key), slices)
    code = f"{place}::ubigint * {SLICE_UNIT} + (hash({', '.join(values)}) >> 10) * 2"
    return _each_sql(
        array, f"case when {_whole_sql(values)} then {code} + (not is_left)::ubigint end"
    )


def elements_sql(equality: Equality) -> str:
    """The distinct elements of a record that are not null, as a list; one where it has no array."""
    left, right = (_list_sql(equality, is_left) for is_left in (True, False))
    return f"list_distinct(case when is_left then {left} else {right} end)"


def _array_of(equalities: Sequence[Equality]) -> Equality | None:
    return next((equality for equality in equalities if equality.has_array), None)


def _values_sql(equalities: Sequence[Equality]) -> list[str]:
    return [ELEMENT if e.has_array else _side_value_sql(e) for e in equalities]


def _whole_sql(values: Sequence[str]) -> str:
    return " and ".join(f"{value} is not null" for value in values) or "true"


def _slice_sql(values: Sequence[str], slices: int) -> str:
    return f"(hash({', '.join(values)}) % {slices})" if values else "0"


def _each_sql(array: Equality | None, expression: str) -> str:
    """An expression over ``ELEMENT``, for each element of a record, where there is an array."""
    if array is None:
        return expression
    return f"list_transform({elements_sql(array)}, lambda {ELEMENT}: {expression})"


def _side_value_sql(equality: Equality) -> str:
    if equality.left == equality.right:
        return f'"{equality.left}"'
    return f'case when is_left then "{equality.left}" else "{equality.right}" end'


def _with_elements_sql(equality: Equality, is_left: bool) -> str:
    """The records of one side, once for each element of theirs."""
    side = "lefts" if is_left else "rights"
    elements = f"unnest(list_distinct({_list_sql(equality, is_left)}))"
    return f"(select *, {elements} as element from {side})"


def _list_sql(equality: Equality, is_left: bool) -> str:
    column = equality.left if is_left else equality.right
    is_array = equality.is_left_array if is_left else equality.is_right_array
    return f'"{column}"' if is_array else f'["{column}"]'
