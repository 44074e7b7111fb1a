"""Review sample: a batch of pairs for reviewers, as the document that is kept of it.

A pair goes by a name made of its batch and its two ids, so that a file of decisions holds
neither ids nor names, and cannot be taken for another batch's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from attainment_linkage.core.review.sampling import CellName, Stratum
from attainment_linkage.core.stage_key import digest
from attainment_linkage.domain.review import STRATIFIED

NAME_LENGTH = 12

Fields = Mapping[str, Any]
"""The filled columns of a linkage record, by name: texts, or lists of texts."""


@dataclass(frozen=True)
class SamplePair:
    """One pair for review: its ids, its stratum, and the two linkage records side by side."""

    pair: str
    left_id: str
    right_id: str
    match_weight: float
    stratum: int
    left: Fields
    right: Fields


@dataclass(frozen=True)
class Sample:
    """A batch: the run it was drawn of, its place among that run's batches, strata, pairs.

    ``run`` is a hash of the content of the links and scored pairs it was drawn from.
    ``strata``, ``cells`` (each with the number of its stratum) and the edges of the score
    bands are those of the run's stratified batch, in every batch of the run. ``retaken``
    are pairs of the stratified batch that a later one would have chosen, had they not been
    drawn: with them its pairs are all of their kind. ``codes`` is a hash of the stratum codes
    it was drawn by; empty where there were none.
    """

    batch: str
    run: str
    number: int
    kind: str
    band_edges_bits: tuple[float, ...]
    strata: tuple[Stratum, ...]
    cells: tuple[tuple[CellName, int], ...] = field(repr=False)
    pairs: tuple[SamplePair, ...] = field(repr=False)
    retaken: tuple[str, ...] = ()
    codes: str = ""

    @cached_property
    def by_name(self) -> dict[str, SamplePair]:
        """Each pair by its name."""
        return {pair.pair: pair for pair in self.pairs}

    @property
    def is_random(self) -> bool:
        """Whether its pairs stand for their strata."""
        return self.kind == STRATIFIED

    def as_json(self) -> dict[str, Any]:
        """The batch as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Sample | None:
        """The batch of a document's body; None where it is of another form."""
        try:
            parts = {
                "band_edges_bits": tuple(body["band_edges_bits"]),
                "strata": tuple(
                    Stratum(**{**one, "name": tuple(one["name"])}) for one in body["strata"]
                ),
                "cells": tuple((tuple(name), number) for name, number in body["cells"]),
                "pairs": tuple(SamplePair(**one) for one in body["pairs"]),
                "retaken": tuple(body["retaken"]),
            }
            return cls(**{**body, **parts})
        except (TypeError, KeyError, ValueError):
            return None


def batch_name(run: str, number: int, settings: Mapping[str, Any]) -> str:
    """The name of a batch: the same run, place and settings give the same."""
    return digest({"run": run, "number": number, "settings": dict(settings)})[:NAME_LENGTH]


def pair_name(batch: str, left_id: str, right_id: str) -> str:
    """The name of a pair within its batch; it tells nothing of the two ids."""
    return digest([batch, left_id, right_id])[:NAME_LENGTH]


def filled(columns: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """The columns that hold something."""
    return {
        name: list(value) if isinstance(value, (list, tuple)) else value
        for name, value in zip(columns, values, strict=True)
        if value not in (None, "", [])
    }
