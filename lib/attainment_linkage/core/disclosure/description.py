"""Description: the plain values of a TOML or JSON description, read and checked, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attainment_linkage.core.disclosure.tables import (
    KINDS,
    MODEL,
    ROUNDING,
    SUPPRESSION,
    TABLE,
    Classification,
    Description,
    Estimate,
)
from attainment_linkage.core.given import read
from attainment_linkage.domain.errors import OutputUnusableError

_SEE = "The form is in conf/README.md, Outputs."


def described(given: Mapping[str, Any], where: str) -> Description:
    """The description of one output.

    Raises: OutputUnusableError, with every problem.
    """
    problems: list[str] = []
    found = read(Description, given, "", problems)
    if found is not None:
        problems += _contradictions(found)
    if found is None or problems:
        raise OutputUnusableError(f"{where}: {'; '.join(problems)}. {_SEE}")
    return found


def _contradictions(table: Description) -> Iterator[str]:
    if table.kind not in (TABLE, MODEL):
        yield f"kind is {table.kind!r}; it must be {TABLE} or {MODEL}"
    if table.method not in (SUPPRESSION, ROUNDING):
        yield f"method is {table.method!r}; it must be {SUPPRESSION} or {ROUNDING}"
    for name in ("title", "universe", "population", "weights"):
        if not getattr(table, name).strip():
            yield f"{name} is empty; write 'none' where there are no weights"
    if not table.count:
        yield "no [[count]] is there; name the columns of unweighted counts"
    if not table.classification:
        yield "no [[classification]] is there; a single figure is a table of one code"
    if table.kind == MODEL and table.residual_degrees_of_freedom < 0:
        yield "a model lacks residual_degrees_of_freedom, its residual degrees of freedom"
    if table.kind == MODEL and not any(one.total for one in table.classification):
        yield "a model lacks the total of its terms: the row whose count is all people modelled"
    yield from _repeats(table)
    for one in table.classification:
        yield from _classification(one)
    yield from _counts(table)
    for estimate in table.estimate:
        yield from _estimate(estimate, {one.column for one in table.count})
    yield from _zeros(table)
    yield from _means(table)


def _repeats(table: Description) -> Iterator[str]:
    names = [*table.variables, *(one.column for one in table.count)]
    names += [name for one in table.estimate for name in one.released_columns]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"the column {name} is described more than once"


def _classification(one: Classification) -> Iterator[str]:
    at = f"classification {one.variable}"
    if not one.codes:
        yield f"{at} has no codes"
    codes = one.all_codes
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"{at} has the code {code!r} twice"
    for group, members in one.groups.items():
        unknown = [code for code in members if code not in codes or code == one.total]
        if unknown or not members:
            yield f"{at}: the group {group!r} is of codes that are not there: {unknown}"
    if one.overlaps and one.groups:
        yield f"{at}: codes that overlap cannot be summed to groups"
    if _is_circular(one):
        yield f"{at}: a group is, through others, a sum of itself"


def _is_circular(one: Classification) -> bool:
    def reaches(code: str, seen: frozenset[str]) -> bool:
        """Whether a code is a sum of itself, or holds one that is."""
        inside = one.groups.get(code, ())
        return code in seen or any(reaches(member, seen | {code}) for member in inside)

    return any(reaches(group, frozenset()) for group in one.groups)


def _counts(table: Description) -> Iterator[str]:
    before: set[str] = set()
    for one in table.count:
        if one.of and one.of not in before:
            yield f"the count {one.column} is of {one.of!r}, which no [[count]] before it has"
        before.add(one.column)
        if one.parting and not one.of:
            yield f"the count {one.column} parts none: name the count that it is of"
    for of, columns in table.partings if table.kind == TABLE else ():
        if len(columns) < 2:
            yield f"the count {columns[0]} parts {of} alone; name the others of its parting"


def _estimate(one: Estimate, counts: set[str]) -> Iterator[str]:
    at = f"the estimate {one.column}"
    if one.kind not in KINDS:
        yield f"{at} is of kind {one.kind!r}; the kinds are {', '.join(KINDS)}"
    if one.kind == "percent" and not (one.numerator and one.denominator):
        yield f"{at} is a percentage without its base: name its numerator and its denominator"
    if not one.stands_on:
        yield f"{at} does not say on which counts it stands"
    missing = [name for name in one.stands_on if name not in counts]
    if missing:
        yield f"{at} stands on {', '.join(missing)}, which no [[count]] describes"
    if bool(one.low) != bool(one.high):
        yield f"{at} has one end of an interval; give low and high"
    if one.kind == "percentile" and not 0 < one.percentile < 100:
        yield f"{at} lacks percentile, a number between 0 and 100"
    if one.kind == "sum" and not (one.top1 and one.top2):
        yield f"{at} is a sum without the columns of its largest contributions, top1 and top2"


def _zeros(table: Description) -> Iterator[str]:
    codes = {one.variable: one.all_codes for one in table.classification}
    for zero in table.structural_zero:
        wrong = [name for name, code in zero.cell.items() if code not in codes.get(name, ())]
        if wrong or not zero.cell:
            yield f"a structural zero names {', '.join(wrong) or 'no variable'}, not in the table"
        missing = set(zero.columns) - {one.column for one in table.count}
        if missing:
            yield f"a structural zero names {', '.join(sorted(missing))}, which no [[count]] has"
        parts = [one.column for one in table.count if one.of in zero.columns]
        if set(parts) - set(zero.columns):
            yield f"a structural zero does not name all parts of its counts: {', '.join(parts)}"
        if not zero.reason.strip():
            yield "a structural zero has no reason"
    for one in table.withhold:
        is_cell = set(one.cell) == set(codes) and all(
            code in codes[name] for name, code in one.cell.items()
        )
        if not is_cell or one.column not in {each.column for each in table.count}:
            yield "a withhold must name a code for each variable, and a column of counts"


def _means(table: Description) -> Iterator[str]:
    codes = {one.variable: one.codes for one in table.classification} | dict(table.filter)
    codes |= {one.column: ("yes",) for one in table.count}
    alone = {one.variable for one in table.classification if one.overlaps}
    for name, told in table.means.items():
        missing = [code for code in codes.get(name, ()) if code not in told]
        if name not in codes or missing:
            found = f"not of {', '.join(missing)}" if missing else "which is no name of the table"
            yield f"means tells of {name}, {found}"
        among = {tuple(sorted(one)) for one in told.values()}
        if len(told) > 1 and name not in alone and (len(among) > 1 or len(min(among)) != 1):
            yield f"the codes of {name} mean values of more than one variable"
