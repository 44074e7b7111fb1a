"""Design: which category of which factor is which term of a model, and who is left out."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from attainment_linkage.core.analysis.definitions import ModelDefinition
from attainment_linkage.core.analysis.logistic import Patterns
from attainment_linkage.core.analysis.moments import Floats

NONE = -1
FEWEST = 10
"""Pupils with, and without, the outcome that a category needs to have a term of its own."""

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PatternCounts:
    """One row per draw of links and pattern of categories, summed over its pupils.

    ``draw`` 0: the links as made; others: what the draw changes, fewer or more (below 0).
    ``codes`` rows x factors: the place of the category. Sums as in ``moments.Moments``.
    """

    draw: Ints
    codes: Ints
    n: Floats
    y: Floats
    w: Floats
    wy: Floats
    ww: Floats
    wwy: Floats

    def take(self, rows: Bools) -> PatternCounts:
        """The rows where it is true."""
        return PatternCounts(*(getattr(self, name)[rows] for name in _COLUMNS))


_COLUMNS = tuple(one.name for one in fields(PatternCounts))


def counted(counts: PatternCounts, place: int, categories: int) -> tuple[Floats, Floats]:
    """Pupils, and those with the outcome, of each category of a factor, as linked."""
    made = counts.take(counts.draw == 0)
    codes = made.codes[:, place]
    n = np.bincount(codes, made.n, categories).astype(float)
    return n, np.bincount(codes, made.y, categories).astype(float)


@dataclass(frozen=True)
class Design:
    """Which category of which factor is which column; the first column is the intercept."""

    model: ModelDefinition
    terms: dict[tuple[int, int], int]
    references: tuple[int, ...]

    @staticmethod
    def of(model: ModelDefinition, counts: PatternCounts) -> Design:
        """The design in which every term has pupils enough with and without the outcome."""
        terms: dict[tuple[int, int], int] = {}
        references = []
        for place, factor in enumerate(model.factors):
            n, y = counted(counts, place, len(factor.categories))
            able = np.flatnonzero((y >= FEWEST) & (n - y >= FEWEST)).tolist()
            references.append(able[0] if able else NONE)
            for category in able[1:]:
                terms[(place, category)] = 1 + len(terms)
        return Design(model, terms, tuple(references))

    def kept(self, counts: PatternCounts) -> PatternCounts:
        """The rows whose every category has a term or is a reference."""
        has_all = np.ones(len(counts.n), dtype=bool)
        for place, reference in enumerate(self.references):
            able = [reference, *(at for of, at in self.terms if of == place)]
            has_all &= np.isin(counts.codes[:, place], able)
        return counts.take(has_all)

    def of_factor(self, place: int) -> list[int]:
        """The terms of a factor."""
        return [term for (of, _), term in self.terms.items() if of == place]

    def label(self, place: int, category: int) -> str:
        """A term in words, with what it is held against."""
        factor = self.model.factors[place]
        reference = factor.categories[self.references[place]]
        return f"{factor.label}: {factor.categories[category]} (against {reference})"

    def patterns(self, counts: PatternCounts, *, is_weighted: bool = True) -> Patterns:
        """Rows of the design matrix with their sums; unweighted: each pupil once."""
        matrix = np.zeros((len(counts.n), 1 + len(self.terms)))
        matrix[:, 0] = 1.0
        for (place, category), term in self.terms.items():
            matrix[:, term] = counts.codes[:, place] == category
        if is_weighted:
            return Patterns(matrix, counts.w, counts.wy, counts.ww, counts.wwy)
        return Patterns(matrix, counts.n, counts.y, counts.n, counts.y)
