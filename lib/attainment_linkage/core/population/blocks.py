"""Blocks: the population made one block of whole households at a time.

Any block of any table can be made alone, anywhere, from the seed and its number: each
subject of a block draws from a stream of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa

from attainment_linkage.core.population import (
    attainment_rows,
    care,
    census_attributes,
    census_rows,
    conditions,
    families,
    moves,
    naming,
    neighbours,
    outcomes,
    school_rows,
    schooling,
    texts,
)
from attainment_linkage.core.population import forms as census_forms
from attainment_linkage.core.population.draws import stream
from attainment_linkage.core.population.forms import Forms
from attainment_linkage.core.population.moves import Settlement
from attainment_linkage.core.population.size import Design, Population
from attainment_linkage.core.population.texts import PUPIL_BLOCK
from attainment_linkage.domain import tables

Streams = Callable[[str], np.random.Generator]


class BlockOfPeople:
    """One block: its settlement, made at once, and what follows from it, made when asked."""

    def __init__(self, population: Population, design: Design, kind: int, number: int) -> None:
        self.population, self.kind, self.number = population, kind, number
        self.rng: Streams = partial(stream, population.seed, kind, number)
        make = _families if kind == PUPIL_BLOCK else _neighbours
        self.settlement = make(population, design, number, self.rng)

    @property
    def place(self) -> census_rows.Written:
        """Where the rows stand, for ids."""
        return census_rows.Written(self.population.seed, self.kind, self.number)

    def conditions(self) -> tuple[conditions.PersonConditions, conditions.HomeConditions]:
        """Conditions of the people and of the households where they live."""
        homes = self.settlement.homes
        rng = self.rng("conditions")
        state = conditions.of_people(rng, homes, self.settlement.people)
        return state, conditions.of_homes(homes, self.settlement.residents, state)

    def forms(self) -> Forms:
        """Lines of the Census forms, those of the wanted ages."""
        profile = self.population.profile
        lines = census_forms.forms(self.rng("forms"), self.settlement, profile.coverage)
        ages = self.population.census_ages
        if ages is None:
            return lines
        age = self.settlement.people.age[lines.person]
        return lines.take((age >= ages[0]) & (age <= ages[1]))

    def pupils(self) -> tuple[schooling.Pupils, outcomes.Results]:
        """Pupils with an attainment record, and their results."""
        profile = self.population.profile
        state, housing = self.conditions()
        pupils = schooling.pupils(
            self.rng("schooling"), self.settlement, state, housing, profile.coverage,
            profile.schooling,
        )  # fmt: skip
        results = outcomes.results(
            self.rng("outcomes"), self.settlement, housing, pupils, profile.schooling
        )
        has_row = attainment_rows.has_ks4(pupils) | attainment_rows.has_ks5(pupils, results)
        # shuffled, so that the order of rows tells nothing of families
        rows = self.rng("order").permutation(np.flatnonzero(has_row))
        return pupils.take(rows), results.take(rows)


def census(block: BlockOfPeople) -> pa.Table:
    """The Census lines of a block."""
    lines = block.forms()
    columns = census_rows.identity(
        block.rng("census_errors"),
        block.place,
        block.settlement,
        lines,
        block.population.profile.recording,
    )
    if not block.population.is_narrow:
        state, housing = block.conditions()
        columns |= census_attributes.attributes(
            block.rng("census_attributes"), block.settlement, state, housing, lines
        )
    return _table(tables.CENSUS_SOURCE, columns)


def school_census(block: BlockOfPeople) -> pa.Table:
    """The spring school census rows of a block."""
    pupils, results = block.pupils()
    profile = block.population.profile
    statuses = care.statuses(
        block.rng("care"), block.settlement, pupils, results, profile.schooling
    )
    columns = school_rows.school_census(
        block.rng("school_census"), block.settlement, pupils, results, statuses,
        _records(block, pupils), profile,
    )  # fmt: skip
    return _table(tables.SCHOOL_CENSUS_SOURCE, columns)


def ks4(block: BlockOfPeople) -> pa.Table:
    """The Key Stage 4 rows of a block."""
    pupils, results = block.pupils()
    columns = attainment_rows.ks4(
        block.rng("ks4"), pupils, results, _records(block, pupils), block.population.profile
    )
    return _table(tables.KS4_SOURCE, columns)


def ks5(block: BlockOfPeople) -> pa.Table:
    """The Key Stage 5 rows of a block."""
    pupils, results = block.pupils()
    columns = attainment_rows.ks5(
        block.rng("ks5"), pupils, results, _records(block, pupils), block.population.profile
    )
    return _table(tables.KS5_SOURCE, columns)


MAKERS: dict[str, Callable[[BlockOfPeople], pa.Table]] = {
    "census": census,
    "school_census": school_census,
    "ks4": ks4,
    "ks5": ks5,
}


def _records(block: BlockOfPeople, pupils: schooling.Pupils) -> school_rows.PupilRecords:
    return school_rows.pupil_records(
        block.rng("school_errors"),
        block.place,
        block.settlement,
        pupils,
        block.population.profile.recording,
    )


def _table(source: tables.Source, columns: census_rows.Columns) -> pa.Table:
    """The source's columns in order, all text; those not made are null."""
    empty = texts.nothing(len(next(iter(columns.values()))))
    return pa.table({name: columns.get(name, empty) for name in source.names})


def _families(population: Population, design: Design, number: int, rng: Streams) -> Settlement:
    rates = population.profile
    first, count = design.pupil_span(number)
    draws = rng("families")
    homes = families.households(draws, first, count, rates.families)
    group = families.members(draws, homes, rates.families)
    people = naming.named(rng("names"), homes, group, rates.families)
    return moves.settled(rng("moves"), homes, people, design.areas, rates.moves, rates.coverage)


def _neighbours(population: Population, design: Design, number: int, rng: Streams) -> Settlement:
    rates = population.profile
    first, count = design.other_span(number)
    draws = rng("families")
    homes, size, reference = neighbours.households(
        draws, first, count, design.areas, rates.families
    )
    group = neighbours.members(draws, homes, size, reference, rates.families)
    people = naming.named(rng("names"), homes, group, rates.families)
    return moves.unsettled(rng("moves"), homes, people, design.areas, rates.moves)
