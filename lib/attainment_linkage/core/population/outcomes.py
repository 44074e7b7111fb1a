"""Outcomes: what each pupil attained at 16 and 18.

The coefficients are fitted, not published: with them the generated population meets the
published rates (5+ A*-C with English and mathematics, by sex, meals, need, language), and
household circumstances matter besides, so that an analysis has something to find.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attainment_linkage.core.population.conditions import LEVEL_4, HomeConditions
from attainment_linkage.core.population.draws import Flags, Floats, Ints, chance
from attainment_linkage.core.population.ethnicity import CHINESE_GROUP
from attainment_linkage.core.population.families import PRIVATE, SOCIAL_LA
from attainment_linkage.core.population.moves import Settlement
from attainment_linkage.core.population.people import Block
from attainment_linkage.core.population.profiles import Schooling
from attainment_linkage.core.population.schooling import NO_NEED, STATEMENT, Pupils

# log odds of Level 2 with English and mathematics
_BASE, _GIRL, _ADVANTAGE, _QUALIFICATION = 0.904, 0.111, 0.30, 0.16
_WORKLESS, _LONE, _RENTING, _MEALS = -0.20, -0.15, -0.30, -0.488
_SOME_NEED, _STATEMENT = -1.809, -3.342
_OTHER_LANGUAGE, _CHINESE, _INDEPENDENT = -0.028, 1.151, 0.885
_KS5_EDGE = -0.09  # ability, in log odds, above which most go on


@dataclass(frozen=True)
class Results(Block):
    """One row per pupil: Key Stage 4 results, and Key Stage 5 for those who went on."""

    ability: Floats
    level_2_em: Flags
    level_2: Flags
    level_1: Flags
    passes: Ints
    points_total: Ints
    points_capped: Ints
    ebacc: Flags
    ks2_points: Ints
    takes_ks5: Flags
    entries: Ints
    ks5_points: Ints
    level_3: Flags
    three_a: Flags
    aab: Flags


def results(
    rng: np.random.Generator,
    block: Settlement,
    housing: HomeConditions,
    pupils: Pupils,
    rates: Schooling,
) -> Results:
    """Results of each pupil."""
    count = len(pupils)
    ability = _expected(block, housing, pupils) + rng.logistic(0.0, 1.0, count)
    level_2_em = ability > 0
    level_2 = level_2_em | (ability > -1.5 + rng.normal(0, 0.3, count))
    level_1 = level_2 | (ability > -3.6 + rng.normal(0, 0.3, count))
    passes = np.clip(np.rint(4.2 + 1.9 * ability + rng.normal(0, 1.2, count)), 0, 14)
    passes = np.where(level_2, np.maximum(passes, 5), np.minimum(passes, 4)).astype(np.int64)
    capped = np.clip(np.rint(325 + 36 * ability + rng.normal(0, 22, count)), 0, 540)
    takes, level_3 = _goes_on(rng, ability, pupils, rates)
    ks5_points = np.clip(np.rint(200 + 75 * ability + rng.normal(0, 90, count)), 0, 900)
    three_a = level_3 & (ability > 2.6)
    return Results(
        ability=ability,
        level_2_em=level_2_em,
        level_2=level_2,
        level_1=level_1,
        passes=passes,
        points_total=np.rint(capped * (1.18 + 0.03 * ability.clip(-3, 5))).astype(np.int64),
        points_capped=capped.astype(np.int64),
        ebacc=level_2_em & (ability > 1.45),
        ks2_points=np.clip(np.rint(26.4 + 2.2 * ability + rng.normal(0, 2, count)), 15, 39).astype(
            np.int64
        ),
        takes_ks5=takes,
        entries=np.where(level_3, 2 + (rng.random(count) < 0.75), rng.integers(0, 2, count)),
        ks5_points=ks5_points.astype(np.int64),
        level_3=level_3,
        three_a=three_a,
        aab=three_a | (level_3 & (ability > 2.15)),
    )


def _expected(block: Settlement, housing: HomeConditions, pupils: Pupils) -> Floats:
    home = block.people.household[pupils.person]
    tenure = block.homes.tenure[home]
    return np.asarray(
        _BASE
        + _GIRL * (2 * block.people.sex[pupils.person] - 1)
        + _ADVANTAGE * block.homes.advantage[home]
        + _QUALIFICATION * (np.minimum(housing.best_qualification[home], LEVEL_4) - 3)
        + _WORKLESS * housing.workless[home]
        + _LONE * housing.lone_parent[home]
        + _RENTING * ((tenure >= SOCIAL_LA) & (tenure <= PRIVATE))
        + _MEALS * pupils.free_meals
        + _SOME_NEED * ((pupils.need != NO_NEED) & (pupils.need != STATEMENT))
        + _STATEMENT * (pupils.need == STATEMENT)
        + _OTHER_LANGUAGE * pupils.other_language
        + _CHINESE * (block.people.ethnic[pupils.person] == CHINESE_GROUP)
        + _INDEPENDENT * pupils.is_independent
    )


def _goes_on(
    rng: np.random.Generator, ability: Floats, pupils: Pupils, rates: Schooling
) -> tuple[Flags, Flags]:
    """Who enters Key Stage 5, and who reaches Level 3 there."""
    count = len(ability)
    rank = ability + rng.logistic(0.0, 0.55, count) + 0.35 * pupils.is_independent
    takes = rank > _KS5_EDGE - 4.5 * (rates.ks5_taken - 0.60)
    return takes, takes & (chance(rng, 0.8, count) | (ability > 0.0)) & (ability > -2.5)
