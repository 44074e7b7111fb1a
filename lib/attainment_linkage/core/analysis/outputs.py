"""Outputs: the answers in the form in which output checking takes them, one per block or model.

The form is ``core.disclosure.tables``: described columns, one row a cell, margins and empty
cells included, unweighted counts beside every estimate. Shares are in percent there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from attainment_linkage.core.analysis import definitions as analysed
from attainment_linkage.core.analysis.cells import CellAnswer
from attainment_linkage.core.analysis.counts import Numbers, Told, told_once
from attainment_linkage.core.analysis.definitions import (
    ALL,
    LINKAGE,
    MEAN,
    PROFILE,
    SHARE,
    Analysis,
    Block,
    Measure,
    ModelDefinition,
)
from attainment_linkage.core.analysis.models import COEFFICIENT, ModelResult
from attainment_linkage.core.disclosure.tables import (
    ADDITIVE,
    MODEL,
    Classification,
    Count,
    Description,
    Estimate,
    StructuralZero,
)
from attainment_linkage.core.report.code_names import NAMES
from attainment_linkage.domain.tables import LINKED_PUPILS

DECIMALS = 3
_NUMBERS = ("low", "high", "naive", "naive_low", "naive_high", "sampling_error", "linkage_error")
_WITH = _NUMBERS[2:]
_WEIGHTS = {LINKAGE: "linkage weight: inverse of the modelled chance to be linked", "none": "none"}
_NOTE = (
    "Interval: sampling and linkage error together, over draws of links; naive: no weights, "
    "every link taken as right. Associations, not causes."
)


@dataclass(frozen=True)
class Output:
    """One output: a name for its files, what it holds, and its CSV as header and rows."""

    name: str
    description: Description
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def block_output(analysis: Analysis, block: Block, answers: Sequence[CellAnswer]) -> Output:
    """One block of a table.

    Args:
        analysis: the definitions, for the table's title.
        block: whose answers they are.
        answers: as ``cells.block_answers`` gives them: by cell, then by measure.
    """
    title = next(one.title for one in analysis.tables if one.name == block.table)
    told = list(dict.fromkeys(one.categories for one in answers))
    counts = told_once(_asked(block.measures, answers, _partings(block.measures, answers)))
    description = Description(
        title=f"{block.table} {title}",
        universe=LINKED_PUPILS.name,
        population=block.universe.label,
        weights="; ".join(sorted({_WEIGHTS[one.weight] for one in block.measures})),
        filter=dict(block.universe.where) | _linked_only(block.measures),
        classification=tuple(
            _classification(one, tuple(dict.fromkeys(c[at] for c in told if c[at] != ALL)))
            for at, one in enumerate(block.by)
        ),
        count=counts.counts,
        estimate=tuple(_estimate(one, counts.called) for one in block.measures),
        structural_zero=tuple(_structural(analysis, block, answers, counts)),
        note=_NOTE,
    )
    scale = {one.name: 1.0 if one.kind == MEAN else 100.0 for one in block.measures}
    name = f"{block.table}_{block.name.replace(' x ', '_by_')}"
    return _output(name, description, answers, scale)


def _structural(
    analysis: Analysis, block: Block, answers: Sequence[CellAnswer], told_once_as: Told
) -> Iterator[StructuralZero]:
    """The cells of a block that nobody can be in, as known before; but not where somebody is."""
    names = [one.name for one in block.by]
    called, counts = told_once_as.called, told_once_as.counts
    for known in analysis.nobody:
        told = [one for one in block.measures if not known.measures or one.name in known.measures]
        if not told or not set(known.cell) <= set(names):
            continue
        columns = _with_parts({called[_counts(one)[0].column] for one in told}, counts)
        for labels in product(*known.cell.values()):
            cell = set(zip(known.cell, labels, strict=True))
            inside = [one for one in answers if one.measure in {each.name for each in told}
                      and cell <= set(zip(names, one.categories, strict=True))]  # fmt: skip
            if inside and not any(one.n or one.numerator for one in inside):
                yield StructuralZero(dict(cell), known.reason, columns if known.measures else ())


def _with_parts(columns: set[str], counts: Sequence[Count]) -> tuple[str, ...]:
    for one in counts:
        if one.of in columns:
            columns.add(one.column)
    return tuple(one.column for one in counts if one.column in columns)


def _classification(one: analysed.Classification, codes: tuple[str, ...]) -> Classification:
    return Classification(
        variable=one.name,
        title=one.label,
        codes=codes,
        total=ALL,
        overlaps=one.is_overlapping,
        geography=one.geography,
        labels={code: NAMES[code] for code in codes if one.geography and code in NAMES},
    )


def model_output(model: ModelDefinition, result: ModelResult) -> Output:
    """A model: its terms, each with the pupils it distinguishes."""
    measures = list(dict.fromkeys(one.measure for one in result.answers))
    terms = tuple(dict.fromkeys(one.categories[0] for one in result.answers))
    is_odds = COEFFICIENT in measures
    description = Description(
        title=f"{model.name} {model.title}",
        universe=LINKED_PUPILS.name,
        population=f"{model.universe.label}, in categories with pupils enough",
        weights=_WEIGHTS[model.measure.weight],
        kind=MODEL,
        filter=dict(model.universe.where) | _linked_only([model.measure]),
        classification=(
            Classification(
                "term", tuple(one for one in terms if one != ALL), title="Term", total=ALL
            ),
        ),
        count=(Count("n"), Count("n_with_outcome", of="n")),
        estimate=tuple(
            _with_interval(
                Estimate(
                    column=measure,
                    title=measure.replace("_", " ").capitalize(),
                    kind="coefficient" if is_odds else "difference",
                    unit="log odds" if is_odds else "percentage points",
                    counts=("n", "n_with_outcome"),
                )
            )
            for measure in measures
        ),
        means={"n_with_outcome": {"yes": {model.measure.column: model.measure.values}}},
        residual_degrees_of_freedom=float(result.residual_freedom),
        note=_NOTE,
    )
    scale = dict.fromkeys(measures, 1.0 if is_odds else 100.0)
    return _output(model.name, description, result.answers, scale, is_model=True)


def _linked_only(measures: Iterable[Measure]) -> dict[str, tuple[str, ...]]:
    is_linked = all(one.weight == LINKAGE for one in measures)
    return {"is_linked": ("true",)} if is_linked else {}


def _partings(measures: Sequence[Measure], answers: Sequence[CellAnswer]) -> dict[str, str]:
    """Shares that part their pupils by the values of one column: measure to column."""
    alike: dict[str, list[Measure]] = {}
    for one in (one for one in measures if one.kind == SHARE):
        alike.setdefault(f"{one.column} {one.where} {one.weight} {one.unknown}", []).append(one)
    return {
        one.name: one.column
        for group in alike.values()
        if len(group) > 1 and _add_up([one.name for one in group], answers)
        for one in group
    }


def _add_up(names: Sequence[str], answers: Sequence[CellAnswer]) -> bool:
    left: dict[tuple[str, ...], int] = {}
    for one in (one for one in answers if one.measure in names):
        left[one.categories] = left.get(one.categories, one.n) - (one.numerator or 0)
    return not any(left.values())


def _counts(measure: Measure, parting: str = "") -> list[Count]:
    if measure.kind == PROFILE:
        return [Count(f"{measure.name}_count", title=measure.label)]
    base = Count(f"{measure.name}_n", title=f"{measure.label}: base")
    if measure.kind == MEAN:
        return [base]
    named = f"{measure.name}_count"
    return [base, Count(named, of=base.column, title=measure.label, parting=parting)]


def _asked(
    measures: Sequence[Measure], answers: Sequence[CellAnswer], partings: Mapping[str, str]
) -> Iterator[tuple[Count, Numbers]]:
    """Every count that a measure stands on, with its numbers cell by cell."""
    for measure in measures:
        mine = [one for one in answers if one.measure == measure.name]
        for count in _counts(measure, partings.get(measure.name, "")):
            is_base = count.column.endswith("_n")
            yield count, tuple(one.n if is_base else one.numerator or 0 for one in mine)


def _estimate(measure: Measure, called: Mapping[str, str]) -> Estimate:
    names = [called[one.column] for one in _counts(measure)]
    is_share = measure.kind == SHARE
    return _with_interval(
        Estimate(
            column=measure.name,
            kind={SHARE: "percent", MEAN: "mean", PROFILE: "weighted_count"}[measure.kind],
            title=measure.label,
            unit=measure.unit,
            denominator=names[0] if is_share else "",
            numerator=names[1] if is_share else "",
            counts=() if is_share else tuple(dict.fromkeys(names)),
        )
    )


def _with_interval(estimate: Estimate) -> Estimate:
    name = estimate.column
    further = tuple(f"{name}_{one}" for one in _WITH)
    return replace(estimate, low=f"{name}_low", high=f"{name}_high", with_columns=further)


def _output(
    name: str,
    description: Description,
    answers: Sequence[CellAnswer],
    scale: dict[str, float],
    *,
    is_model: bool = False,
) -> Output:
    cells: dict[tuple[str, ...], dict[str, str]] = {}
    exact = {one.column for one in description.estimate if one.kind in ADDITIVE}
    for one in answers:
        row = cells.setdefault(one.categories, {})
        base, part = ("n", "n_with_outcome") if is_model else _count_columns(one)
        row |= {base: str(one.n), part: "" if one.numerator is None else str(one.numerator)}
        times, is_exact = scale[one.measure], one.measure in exact
        row[one.measure] = _text(one.estimate, times, is_exact=is_exact)
        for number in _NUMBERS:
            said = _text(getattr(one, number), times, is_exact=is_exact)
            row[f"{one.measure}_{number}"] = said
    header = description.columns
    inner = header[len(description.variables) :]
    rows = tuple((*codes, *(row[column] for column in inner)) for codes, row in cells.items())
    return Output(name, description, header, rows)


def _count_columns(one: CellAnswer) -> tuple[str, str]:
    return f"{one.measure}_n", f"{one.measure}_count"


def _text(value: float | None, scale: float, *, is_exact: bool) -> str:
    """A number with the decimals that leave; what adds up to its margins keeps all of them."""
    if value is None:
        return ""
    return f"{value * scale:.10g}" if is_exact else f"{value * scale:.{DECIMALS}f}"
