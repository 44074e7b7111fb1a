"""Schooling: the pupils of the extract, their schools, needs, meals and UPNs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from attainment_linkage.core.population import geography
from attainment_linkage.core.population.conditions import HomeConditions, PersonConditions
from attainment_linkage.core.population.draws import (
    Flags,
    Floats,
    Ints,
    chance,
    fixed_text,
    log_odds,
    logistic,
    settled,
)
from attainment_linkage.core.population.moves import Settlement
from attainment_linkage.core.population.people import Block
from attainment_linkage.core.population.profiles import Coverage, Schooling

NO_NEED, ACTION, ACTION_PLUS, STATEMENT = range(4)
SEN_CODES = ("N", "A", "P", "S")
_UPN_LETTERS = np.frombuffer(b"ABCDEFGHJKLMNPQRTUVWXYZ", dtype=np.uint8)
# local authority numbers that a UPN may begin with; python-stdnum accepts each of these
_UPN_AUTHORITIES = np.array(
    [201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 301, 302, 303, 304, 305,
     306, 307, 308, 309, 310, 311, 312, 313, 314, 315, 316, 317, 318, 319, 320, 330, 331, 332,
     333, 334, 335, 336, 340, 341, 342, 343, 344, 350, 351, 352, 353, 354, 355, 356, 357, 358,
     359, 370, 371, 372, 373, 380, 381, 382, 383, 384, 390, 391, 392, 393, 394]
)  # fmt: skip
_ESTABLISHMENTS_PER_BLOCK = 10
_FORMAT_SALT, _CAPITALS_SALT = 31, 32


@dataclass(frozen=True)
class Pupils(Block):
    """One row per pupil of the extract; ``person`` is the row among the block's people."""

    person: Ints
    cohort: Ints
    school: Ints
    college: Ints
    is_independent: Flags
    free_meals: Flags
    ever_free_meals: Flags
    need: Ints
    other_language: Flags
    absence: Floats


def pupils(
    rng: np.random.Generator,
    block: Settlement,
    state: PersonConditions,
    housing: HomeConditions,
    coverage: Coverage,
    rates: Schooling,
) -> Pupils:
    """The pupils who left an attainment record: children of the cohorts, less the absent."""
    cohort = block.people.cohort
    is_child = (block.people.role == 2) & (cohort >= 0)
    in_extract = is_child & ~chance(rng, coverage.absent_from_extract, len(cohort))
    person = np.flatnonzero(in_extract)
    home = block.people.household[person]
    advantage = block.homes.advantage[home]
    count = len(person)
    independent = rng.random(count) < logistic(log_odds(rates.independent) - 0.5 + 1.1 * advantage)
    meals = _free_meals(rng, block, housing, home, independent, rates)
    ever = meals | (~independent & (rng.random(count) < logistic(-2.3 - 0.9 * advantage)))
    need = _needs(rng, block.people.sex[person], meals, advantage, independent, rates)
    return Pupils(
        person=person,
        cohort=cohort[person],
        school=_schools(rng, block.homes.area[home], independent),
        college=_schools(rng, block.homes.area[home], independent) + 400_000,
        is_independent=independent,
        free_meals=meals,
        ever_free_meals=ever,
        need=need,
        other_language=state.other_language[person] == 1,
        absence=np.clip(rng.gamma(1.6, 0.034, count) * np.exp(-0.25 * advantage), 0, 0.9),
    )


def unique_pupil_numbers(
    seed: int, block: int, pupil: Ints, cohort: Ints, is_temporary: Flags
) -> pa.StringArray:
    """UPNs: check letter, authority, establishment, year of issue and serial number.

    A block issues from ten establishments of its own, so no two pupils share a number.
    """
    count = len(pupil)
    establishment = (block * _ESTABLISHMENTS_PER_BLOCK + pupil // 1000 + seed) * 7_919
    establishment %= len(_UPN_AUTHORITIES) * 6000
    digits = np.empty((count, 12), dtype=np.int64)
    _write_digits(digits, 0, 3, _UPN_AUTHORITIES[establishment % len(_UPN_AUTHORITIES)])
    _write_digits(digits, 3, 4, 2000 + establishment // len(_UPN_AUTHORITIES))
    _write_digits(digits, 7, 2, (96 + cohort) % 100)
    _write_digits(digits, 9, 3, pupil % 1000)
    total = (digits * np.arange(2, 14)).sum(axis=1)
    grid = np.empty((count, 13), dtype=np.uint8)
    grid[:, 0] = _UPN_LETTERS[total % 23]
    grid[:, 1:] = digits + 48
    # a temporary number ends with a letter, which weighs as its place in the alphabet
    grid[:, 12] = np.where(is_temporary, _UPN_LETTERS[digits[:, 11]], grid[:, 12])
    return fixed_text(grid)


def writes_slashes(school: Ints, rate: float) -> Flags:
    """Whether the school's system writes dates as DD/MM/YYYY."""
    return np.asarray(settled(school, _FORMAT_SALT) < rate)


def writes_capitals(school: Ints, rate: float) -> Flags:
    """Whether the school's system writes names in capitals."""
    return np.asarray(settled(school, _CAPITALS_SALT) < rate)


def _write_digits(digits: Ints, start: int, width: int, values: Ints) -> None:
    for place in range(start + width - 1, start - 1, -1):
        digits[:, place] = values % 10
        values = values // 10


def _schools(rng: np.random.Generator, area: Ints, independent: Flags) -> Ints:
    """School numbers: one of ten of the zone, and five independents."""
    zone = geography.zone_of(area)
    state = 100_000 + zone * 10 + rng.integers(0, 10, len(area))
    private = 110_000 + zone * 5 + rng.integers(0, 5, len(area))
    return np.where(independent, private, state)


def _free_meals(
    rng: np.random.Generator,
    block: Settlement,
    housing: HomeConditions,
    home: Ints,
    independent: Flags,
    rates: Schooling,
) -> Flags:
    score = (
        log_odds(rates.free_meals) - 1.06
        + 2.3 * housing.workless[home]
        + 0.6 * housing.lone_parent[home]
        - 0.8 * block.homes.advantage[home]
    )  # fmt: skip
    return np.asarray((rng.random(len(home)) < logistic(score)) & ~independent)


def _needs(
    rng: np.random.Generator,
    sex: Ints,
    meals: Flags,
    advantage: Floats,
    independent: Flags,
    rates: Schooling,
) -> Ints:
    """Special educational needs: boys and the poor more often."""
    tilt = 0.5 * (sex == 0) + 0.45 * meals - 0.3 * advantage - 0.5 * independent
    some = rng.random(len(sex)) < logistic(log_odds(rates.special_needs) + tilt - 0.36)
    plus = rng.random(len(sex)) < 0.38
    stated = rng.random(len(sex)) < logistic(log_odds(rates.statements) + tilt - 0.42)
    need = np.where(some, np.where(plus, ACTION_PLUS, ACTION), NO_NEED)
    return np.where(stated, STATEMENT, need)
