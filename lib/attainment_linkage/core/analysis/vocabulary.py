"""Vocabulary: one name for each group of people, whatever a table calls it.

T3 has free school meals as a classification, T18 as a flag among others, T23 as a count. Output
checking must know that these are the same pupils. What each name means is data: columns and
classifications as ``conf/analysis.toml`` has them, and in ``[same]`` the values of a column that
are values of others too. A group is named by the columns of the research table and their values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from attainment_linkage.core.analysis.definitions import (
    LINKAGE,
    MEAN,
    NO,
    NOT_KNOWN,
    SHARE,
    Analysis,
    Classification,
    Measure,
)
from attainment_linkage.core.disclosure.register import OUTSIDE, YES
from attainment_linkage.core.disclosure.tables import MODEL, Description, Meaning
from attainment_linkage.domain.table import Table
from attainment_linkage.domain.variable import Variable, variables

_TRUTHS = ("false", "true")
_LINKED = {"is_linked": ("true",)}


@dataclass(frozen=True)
class Vocabulary:
    """What names mean: ``codes`` of a classification or column, ``counts`` by their column.

    ``universe``: whose words these are. ``open``: names whose codes are their own, as places
    have: name to column.
    """

    universe: str
    codes: Mapping[str, Mapping[str, Meaning]]
    counts: Mapping[str, Meaning]
    open: Mapping[str, str]

    def named(self, description: Description) -> Description:
        """The description with the meaning of every name that is known here and not given.

        Only of outputs whose universe is the table of pupils: elsewhere names are their own.
        """
        if description.universe != self.universe:
            return description
        known = dict(self._meanings(description))
        return replace(description, means=known | dict(description.means))

    def _meanings(self, description: Description) -> Iterator[tuple[str, Mapping[str, Meaning]]]:
        told = [] if description.kind == MODEL else description.classification
        used = [(one.variable, one.codes) for one in told]
        for name, codes in (*description.filter.items(), *used):
            meanings = [self._of(name, code) for code in codes]
            if all(meanings):
                yield name, dict(zip(codes, meanings, strict=True))
        for count in description.count if told else ():
            if count.column in self.counts:
                yield count.column, {YES: self.counts[count.column]}

    def _of(self, name: str, code: str) -> Meaning:
        if name in self.open:
            return {self.open[name]: (OUTSIDE if code == NOT_KNOWN else code,)}
        return self.codes.get(name, {}).get(code, {})


def vocabulary_of(analysis: Analysis, pupils: Table) -> Vocabulary:
    """The vocabulary of an analysis over its table of pupils."""
    columns = variables(pupils)
    values = {one.name: _values(one) for one in columns}
    kinds = analysis.classifications
    codes: dict[str, dict[str, Meaning]] = {
        name: {value: {name: (value,)} for value in known} for name, known in values.items()
    }
    for one in kinds.values():
        codes[one.name] = codes.get(one.name, {}) | _codes(one, values, kinds.values())
    alike = {
        (column, value): _together(codes[name][label] for name, label in of)
        for (column, value), of in analysis.same.items()
    }
    always = {one.name for one in columns if one.is_required}
    counts = {
        name: _alike(meaning, alike)
        for measure in analysis.measures
        for name, meaning in _counts(measure, values, always)
    }
    named = {
        name: {code: _alike(meaning, alike) for code, meaning in of.items()}
        for name, of in codes.items()
    }
    is_open = {one.name: one.column for one in kinds.values() if one.is_open}
    return Vocabulary(pupils.name, named, counts, is_open)


def _values(column: Variable) -> tuple[str, ...]:
    return _TRUTHS if column.type == "boolean" else column.codes


def _codes(
    one: Classification, values: Mapping[str, tuple[str, ...]], all_kinds: Iterable[Classification]
) -> dict[str, Meaning]:
    """Each category of a classification, in values of its column."""
    if one.is_overlapping:
        return {label: {flag: ("true",)} for flag, label in one.flags.items()}
    if one.bands:
        starts = sorted({cut for other in all_kinds if other.column == one.column
                         for cut in other.bands})  # fmt: skip
        ends = [*list(one.bands)[1:], float("inf")]
        parts = {label: tuple(f"from {cut:g}" for cut in starts if low <= cut < high)
                 for (low, label), high in zip(one.bands.items(), ends, strict=True)}  # fmt: skip
        name, left = f"{one.column} in bands", tuple(f"from {c:g}" for c in starts
                                                     if c < next(iter(one.bands)))  # fmt: skip
    else:
        parts = {}
        for value, label in one.codes.items():
            parts[label] = (*parts.get(label, ()), value)
        name = one.column
        left = tuple(value for value in values.get(name, ()) if value not in one.codes)
    parts[NOT_KNOWN] = (*left, OUTSIDE)
    return {label: {name: of} for label, of in parts.items()}


def _together(meanings: Iterable[Meaning]) -> Meaning:
    """Several values of one variable are any of them; of several variables, all must hold."""
    found: dict[str, tuple[str, ...]] = {}
    for meaning in meanings:
        for name, values in meaning.items():
            found[name] = (*found.get(name, ()), *values)
    return found


def _alike(meaning: Meaning, alike: Mapping[tuple[str, str], Meaning]) -> Meaning:
    """A meaning with the values that are values of other columns too under those."""
    found: dict[str, tuple[str, ...]] = {}
    for name, values in meaning.items():
        others = [alike.get((name, value), {}) for value in values]
        is_one = len(others) == 1 or len({tuple(one) for one in others}) == 1 == len(others[0])
        told = _together(others) if all(others) and is_one else {name: values}
        for column, of in told.items():
            found[column] = tuple(one for one in of if one in found.get(column, of))
    return found


def _counts(
    measure: Measure, values: Mapping[str, tuple[str, ...]], always: set[str]
) -> Iterator[tuple[str, Meaning]]:
    """The counts that a measure stands on, as outputs name them: its base, and its part."""
    base = dict(measure.where) | (_LINKED if measure.weight == LINKAGE else {})
    if measure.kind not in (SHARE, MEAN):
        yield f"{measure.name}_count", base
        return
    if measure.unknown != NO and measure.column not in always:
        known = values[measure.column] or ("known",)
        base = {measure.column: known, **base}
    yield f"{measure.name}_n", base
    if measure.kind == SHARE:
        yield f"{measure.name}_count", {measure.column: measure.values}
