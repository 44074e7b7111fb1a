"""Rule SQL: blocking rules and matchkeys as DuckDB conditions over aliases ``l`` and ``r``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from attainment_linkage.core.rules import Equality, Rule


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


def key_blocks_sql(rule: Rule, key_array: Equality | None, element: str) -> str:
    """The blocks of a rule in each slice of ``delivered``, as slice, l and r: records of a side.

    A record is in one block, or in one for each element of the rule's array: those of the
    slice where it is keyed on them (``element`` holds them), else all. Without nulls.
    """
    array = key_array or next((e for e in rule.equalities if e.has_array), None)
    values = [_side_value_sql(e) for e in rule.equalities if not e.has_array]
    if key_array is not None:
        values.append(f'"{element}"')
    elif array is not None:
        values.append(f"unnest({_elements_sql(array)})")
    keys = [f"k{place}" for place in range(len(values))]
    named = ", ".join(f"{value} as {key}" for value, key in zip(values, keys, strict=True))
    whole = " and ".join(f"{key} is not null" for key in keys)
    return (
        "select slice, count(*) filter (is_left) as l, count(*) filter (not is_left) as r "
        f"from (select slice, is_left, {named} from delivered) "
        f"where {whole} group by slice, {', '.join(keys)}"
    )


def slice_sql(key: Sequence[Equality], element: str, slices: int) -> str:
    """The slice of a record of ``rows`` in a group: null where a part of the group's key is."""
    values = [f'"{element}"' if e.has_array else _side_value_sql(e) for e in key]
    if not values:
        return "0::smallint"
    whole = " and ".join(f"{value} is not null" for value in values)
    return f"case when {whole} then (hash({', '.join(values)}) % {slices})::smallint end"


def with_elements_sql(equality: Equality, element: str) -> str:
    """The records of ``rows`` once for each element that is not null, and the element."""
    return f'(select *, unnest({_elements_sql(equality)}) as "{element}" from rows)'


def _side_value_sql(equality: Equality) -> str:
    if equality.left == equality.right:
        return f'"{equality.left}"'
    return f'case when is_left then "{equality.left}" else "{equality.right}" end'


def _elements_sql(equality: Equality) -> str:
    left, right = (_list_sql(equality, is_left) for is_left in (True, False))
    return f"list_distinct(case when is_left then {left} else {right} end)"


def _with_elements_sql(equality: Equality, is_left: bool) -> str:
    """The records of one side, once for each element of theirs."""
    side = "lefts" if is_left else "rights"
    elements = f"unnest(list_distinct({_list_sql(equality, is_left)}))"
    return f"(select *, {elements} as element from {side})"


def _list_sql(equality: Equality, is_left: bool) -> str:
    column = equality.left if is_left else equality.right
    is_array = equality.is_left_array if is_left else equality.is_right_array
    return f'"{column}"' if is_array else f'["{column}"]'
