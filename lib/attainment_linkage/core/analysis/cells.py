"""Cells: from the moments of a block to its answers, margins and intervals included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from attainment_linkage.core.analysis.definitions import (
    ALL,
    MEAN,
    NOT_KNOWN,
    PROCESS,
    PROFILE,
    Block,
    Measure,
)
from attainment_linkage.core.analysis.intervals import (
    Answer,
    combined,
    of_one,
    plain_interval,
    share_interval,
)
from attainment_linkage.core.analysis.moments import Floats, Moments
from attainment_linkage.domain.tables import ANALYSIS_CELLS


@dataclass(frozen=True)
class CellAnswer:
    """One cell of one measure; shares lie in 0 to 1.

    ``n`` pupils are its base, ``numerator`` of them have what is measured (None: a mean),
    both unweighted, as linked. ``sampling_error`` and ``linkage_error`` are standard errors
    of the estimate's two sources; ``naive``: no weights, every link taken as right.
    """

    table: str
    block: str
    categories: tuple[str, ...]
    measure: str
    n: int
    numerator: int | None
    weighted_n: float
    estimate: float | None
    low: float | None
    high: float | None
    naive: float | None
    naive_low: float | None
    naive_high: float | None
    sampling_error: float | None
    linkage_error: float | None


def block_answers(
    block: Block, moments: Mapping[str, Moments], level: float, target: str = PROCESS
) -> Iterator[CellAnswer]:
    """The answers of every cell and margin of a block: by cell, then by measure.

    ``Not known`` is told only where it holds somebody in some measure.

    Args:
        block: whose cells they are.
        moments: of each measure, by its name. First axis: the links as made, then each draw
            of them; then the block's shape.
        level: of the intervals.
        target: what they are to cover, ``process`` or ``cohort``.
    """
    told = [
        _measured(measure, _with_margins(block, measure, moments[measure.name]), level, target)
        for measure in block.measures
    ]
    pupils = np.sum(
        [
            one["numerator" if measure.kind == PROFILE else "n"]
            for measure, one in zip(block.measures, told, strict=True)
        ],
        axis=0,
    )
    for place, labels in _places(block, pupils):
        for measure, found in zip(block.measures, told, strict=True):
            numbers = {name: _number(value[place]) for name, value in found.items()}
            n, numerator = numbers.pop("n"), numbers.pop("numerator")
            yield CellAnswer(
                table=block.table,
                block=block.name,
                categories=labels,
                measure=measure.name,
                n=round(n or 0.0),
                numerator=None if numerator is None else round(numerator),
                weighted_n=numbers.pop("weighted_n") or 0.0,
                **numbers,
            )


def _measured(measure: Measure, whole: Moments, level: float, target: str) -> dict[str, Floats]:
    """The arrays of one measure, by the names they have in ``CellAnswer``."""
    made, drawn = whole.each(lambda one: one[0]), whole.each(lambda one: one[1:])
    answer = _answer(made, drawn, target)
    naive = of_one(made.naive.estimate, made.naive.process_variance)
    low, high = _interval(measure, answer, level, made.n)
    naive_low, naive_high = _interval(measure, naive, level, made.n)
    return {
        "n": made.n,
        "numerator": np.full(made.n.shape, np.nan) if measure.kind == MEAN else made.y,
        "weighted_n": made.w,
        "estimate": answer.estimate,
        "low": low,
        "high": high,
        "naive": naive.estimate,
        "naive_low": naive_low,
        "naive_high": naive_high,
        "sampling_error": np.sqrt(answer.variance - answer.between),
        "linkage_error": np.sqrt(answer.between),
    }


def _with_margins(block: Block, measure: Measure, moments: Moments) -> Moments:
    """The moments with ``All`` at the end of each classification; flags have theirs already."""
    whole = moments
    for axis, one in enumerate(block.by, start=1):
        if not one.is_overlapping:
            whole = whole.with_margin(axis)
    if measure.kind == PROFILE:
        last = (slice(None), *(slice(-1, None) for _ in block.by))
        whole = whole.profile(whole.each(lambda one: one[last]))
    return whole


def _answer(made: Moments, drawn: Moments, target: str) -> Answer:
    def variance(moments: Moments) -> Floats:
        """Of a process that made the pupils, or of these pupils alone."""
        return moments.process_variance if target == PROCESS else moments.cohort_variance

    if not len(drawn.n):
        return of_one(made.estimate, variance(made))
    return combined(drawn.estimate, variance(drawn))


def _interval(
    measure: Measure, answer: Answer, level: float, pupils: Floats
) -> tuple[Floats, Floats]:
    if measure.kind == MEAN:
        return plain_interval(answer, level)
    return share_interval(answer, level, pupils)


def _places(block: Block, pupils: Floats) -> Iterator[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Index and labels of each cell that is told."""
    kept = []
    for axis, one in enumerate(block.by):
        labels = one.categories if one.is_overlapping else (*one.categories, ALL)
        others = tuple(other for other in range(len(block.by)) if other != axis)
        filled = pupils.sum(axis=others) > 0
        kept.append(
            [(at, label) for at, label in enumerate(labels) if label != NOT_KNOWN or filled[at]]
        )
    for crossing in product(*kept):
        yield tuple(at for at, _ in crossing), tuple(label for _, label in crossing)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def table_rows(answers: Iterable[CellAnswer]) -> Iterator[tuple[object, ...]]:
    """The answers as rows of ``analysis_cells``; each cell has its place in its block."""
    places: dict[tuple[str, str], dict[tuple[str, ...], int]] = {}
    for one in answers:
        inside = places.setdefault((one.table, one.block), {})
        place = inside.setdefault(one.categories, len(inside))
        categories = [*one.categories, None, None, None][:3]
        numbers = [getattr(one, name) for name in ANALYSIS_CELLS.names[6:]]
        yield (one.table, one.block, place, *categories, *numbers)
