"""Families: households in which a pupil of the cohorts lives, with all their members."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attainment_linkage.core.population import ethnicity, geography
from attainment_linkage.core.population import name_lists as lists
from attainment_linkage.core.population.draws import (
    Flags,
    Floats,
    Ints,
    chance,
    log_odds,
    logistic,
    pick,
    pick_by_row,
)
from attainment_linkage.core.population.name_stock import surnames
from attainment_linkage.core.population.people import (
    CENSUS_DAY,
    CHILD,
    COHABITING,
    COHORT_STARTS,
    GRANDPARENT,
    LONE_FATHER,
    LONE_MOTHER,
    MARRIED,
    N_COHORTS,
    NO_PARENT,
    NONE,
    PARTNER,
    REFERENCE,
    YEAR,
    Households,
)
from attainment_linkage.core.population.profiles import Families

_INDEX = 3  # place of the pupil among seven maternities
_MUSLIM_WIVES_KEEP = 0.6  # the share of wives who keep their own surname
TENURES = ("owned", "mortgage", "shared", "social_la", "social_other", "private", "rent_free")
OWNED, MORTGAGE, SHARED, SOCIAL_LA, SOCIAL_OTHER, PRIVATE, RENT_FREE = range(7)


@dataclass(frozen=True)
class Members:
    """The members of households before they are named; rows in order of the form."""

    household: Ints
    role: Ints
    sex: Ints
    birth: Ints
    is_twin: Flags


def households(rng: np.random.Generator, first: int, count: int, rates: Families) -> Households:
    """Households with a pupil, numbered from ``first``; their place follows from the number."""
    number = np.arange(first, first + count)
    area = number // geography.PUPIL_ADDRESSES
    address = number % geography.PUPIL_ADDRESSES
    deprivation = geography.deprivation_of(area)
    minority = np.minimum(1.12 * geography.minority_share(area), 0.97)
    ethnic = draw_ethnic(rng, minority)
    advantage = draw_advantage(rng, deprivation, ethnic)
    kind = _family_kind(rng, ethnic, advantage, rates)
    naming = pick_by_row(rng, ethnicity.NAMING, ethnic)
    father, mother = surnames().draw(rng, naming), surnames().draw(rng, naming)
    absent_father = surnames().draw(rng, naming)
    couple = kind <= COHABITING
    own_name = chance(rng, 0.58, count)
    mothers_name = (kind == LONE_MOTHER) & own_name | (
        (kind == COHABITING) & chance(rng, 0.15, count)
    )
    others_name = (kind == LONE_MOTHER) & ~own_name | (
        couple & chance(rng, rates.step_families, count)
    )
    takes = takes_his_name(rng, kind, naming, rates)
    mother = np.where(takes, father, mother)
    child = np.where(others_name, absent_father, np.where(mothers_name, mother, father))
    double = chance(rng, rates.hyphenated_surnames, count) & (naming == lists.BRITISH)
    return Households(
        kind=kind,
        area=area,
        unit=geography.unit_of(area, address),
        house_number=geography.house_number(area, address),
        ethnic=ethnic,
        naming=naming,
        advantage=advantage,
        deprivation=deprivation,
        tenure=draw_tenure(rng, advantage, np.full(count, 45)),
        surname=father,
        mother_surname=mother,
        child_surname=child,
        second_surname=np.where(double, surnames().draw(rng, naming), NONE),
    )


def takes_his_name(rng: np.random.Generator, kind: Ints, naming: Ints, rates: Families) -> Flags:
    """In which households a wife bears her husband's surname."""
    keeps = np.where(naming == lists.MUSLIM, _MUSLIM_WIVES_KEEP, rates.wives_keep_surname)
    return np.asarray((kind == MARRIED) & ~chance(rng, keeps, len(kind)))


def members(rng: np.random.Generator, homes: Households, rates: Families) -> Members:
    """The people of each family, person 1 first and the children by age."""
    household, birth, sex, is_twin = _children(rng, homes, rates)
    index, eldest, youngest = _span(household, birth, len(homes))
    mother, father = _parents_births(rng, homes, index, eldest, youngest)
    everyone = np.arange(len(homes))
    father_first = chance(rng, 0.62, len(homes))
    lone_woman = (homes.kind == LONE_MOTHER) | (homes.kind == NO_PARENT)
    is_man = np.where(homes.kind == LONE_FATHER, True, father_first & ~lone_woman)
    reference = np.where(is_man, father, mother)
    reference = np.where(homes.kind == NO_PARENT, mother - int(22 * YEAR), reference)
    couples = np.flatnonzero(homes.kind <= COHABITING)
    with_elder = _with_grandparent(rng, homes)
    elder_birth = np.minimum(mother, father)[with_elder] - rng.integers(
        7300, 11500, len(with_elder)
    )
    n_elders = len(with_elder)
    return ordered(
        Members(
            np.concatenate([everyone, couples, household, with_elder]),
            np.repeat(
                [REFERENCE, PARTNER, CHILD, GRANDPARENT],
                [len(everyone), len(couples), len(household), n_elders],
            ),
            np.concatenate(
                [~is_man, is_man[couples], sex, rng.random(n_elders) < 0.7]
            ).astype(np.int64),
            np.concatenate(
                [reference, np.where(is_man, mother, father)[couples], birth, elder_birth]
            ),
            np.concatenate(
                [np.zeros(len(everyone) + len(couples), dtype=bool), is_twin,
                 np.zeros(n_elders, dtype=bool)]
            ),
        )
    )  # fmt: skip


def ordered(loose: Members) -> Members:
    """The members by household, in the order of the form."""
    order = np.lexsort((loose.birth * (loose.role == CHILD), loose.role, loose.household))
    return Members(
        loose.household[order],
        loose.role[order],
        loose.sex[order],
        loose.birth[order],
        loose.is_twin[order],
    )


def draw_ethnic(rng: np.random.Generator, minority: Floats) -> Ints:
    """An ethnic group for each family, given its area's share of minority families."""
    others = ethnicity.GROUP_SHARES[1:]
    drawn = 1 + pick(rng, tuple(others), len(minority))
    return np.where(rng.random(len(minority)) < minority, drawn, ethnicity.WHITE_BRITISH)


def draw_advantage(rng: np.random.Generator, deprivation: Floats, ethnic: Ints) -> Floats:
    """Social advantage of a household, near standard normal; it shapes all that follows."""
    own = rng.normal(0.0, 0.85, len(ethnic))
    return np.asarray(own - 0.5 * deprivation + ethnicity.ADVANTAGE[ethnic] * 0.7)


def draw_tenure(rng: np.random.Generator, advantage: Floats, age: Ints) -> Ints:
    """Tenure given advantage and the reference person's age; 64% of households own."""
    later = np.clip((age - 40) / 15.0, -1.5, 2.2)
    score = np.zeros((len(advantage), 7))
    score[:, OWNED] = -1.15 + 0.8 * advantage + 1.7 * later
    score[:, MORTGAGE] = 0.55 + 0.9 * advantage - 0.9 * np.maximum(later, 0) + 0.3 * later
    score[:, SHARED] = -4.0 + 0.1 * advantage
    score[:, SOCIAL_LA] = -1.45 - 0.95 * advantage
    score[:, SOCIAL_OTHER] = -1.6 - 0.9 * advantage
    score[:, PRIVATE] = -0.35 - 0.2 * advantage - 0.8 * later
    score[:, RENT_FREE] = -3.6
    return pick_by_row(rng, np.exp(score), np.arange(len(advantage)))


def _family_kind(
    rng: np.random.Generator, ethnic: Ints, advantage: Floats, rates: Families
) -> Ints:
    lone = rates.lone_mothers + rates.lone_fathers
    tilt = -0.55 * advantage + 0.8 * ethnicity.LONE_PARENT[ethnic]
    is_lone = rng.random(len(ethnic)) < logistic(log_odds(lone) + tilt - 0.05)
    is_father = rng.random(len(ethnic)) < rates.lone_fathers / lone
    cohabits = rng.random(len(ethnic)) < logistic(
        log_odds(rates.cohabiting_couples) - 0.3 * advantage
        - 1.6 * np.isin(ethnic, [8, 9, 10, 12])
    )  # fmt: skip
    kind = np.where(cohabits, COHABITING, MARRIED)
    kind = np.where(is_lone, np.where(is_father, LONE_FATHER, LONE_MOTHER), kind)
    return np.where(rng.random(len(ethnic)) < rates.no_parent, NO_PARENT, kind)


def _children(
    rng: np.random.Generator, homes: Households, rates: Families
) -> tuple[Ints, Ints, Ints, Flags]:
    """Household, birth, sex and twin flag of every child at home or in a cohort."""
    count = len(homes)
    larger = np.isin(homes.ethnic, [9, 10, 13])
    born = pick(rng, rates.siblings, count) + (larger & chance(rng, 0.6, count))
    older = np.minimum(rng.binomial(born, 0.5), _INDEX)
    younger = np.minimum(born - older, 3)
    gaps = (0.85 * YEAR + rng.gamma(2.5, 0.78 * YEAR, (count, 6))).astype(np.int64)
    cohort = rng.integers(0, N_COHORTS, count)
    births = np.empty((count, 7), dtype=np.int64)
    births[:, _INDEX] = COHORT_STARTS[cohort] + rng.integers(0, 365, count)
    for step in range(3):
        births[:, 2 - step] = births[:, 3 - step] - gaps[:, step]
        births[:, 4 + step] = births[:, 3 + step] + gaps[:, 3 + step]
    place = np.arange(7) - _INDEX
    exists = (place >= -older[:, None]) & (place <= younger[:, None]) & (births < CENSUS_DAY)
    years = (CENSUS_DAY - births) / YEAR
    at_home = rng.random((count, 7)) < np.clip(1.25 - 0.09 * (years - 16), 0.0, 1.0)
    exists &= at_home | (births >= COHORT_STARTS[0])
    home, slot = np.nonzero(exists)
    twin = chance(rng, rates.twin_maternities, len(home))
    birth, sex = births[home, slot], rng.integers(0, 2, len(home))
    same = chance(rng, rates.same_sex_twins, int(twin.sum()))
    twin_sex = np.where(same, sex[twin], 1 - sex[twin])
    return (
        np.concatenate([home, home[twin]]),
        np.concatenate([birth, birth[twin]]),
        np.concatenate([sex, twin_sex]),
        np.concatenate([twin, np.ones(int(twin.sum()), dtype=bool)]),
    )


def _span(household: Ints, birth: Ints, count: int) -> tuple[Ints, Ints, Ints]:
    """Births of the first child of the cohorts, the eldest and the youngest, per household."""
    eldest = np.full(count, CENSUS_DAY)
    youngest = np.zeros(count, dtype=np.int64)
    index = np.full(count, CENSUS_DAY)
    np.minimum.at(eldest, household, birth)
    np.maximum.at(youngest, household, birth)
    of_cohort = birth >= COHORT_STARTS[0]
    np.minimum.at(index, household[of_cohort], birth[of_cohort])
    return index, eldest, youngest


def _parents_births(
    rng: np.random.Generator, homes: Households, index: Ints, eldest: Ints, youngest: Ints
) -> tuple[Ints, Ints]:
    count = len(homes)
    age = rng.normal(27.8, 5.2, count) + 0.9 * homes.advantage
    mother = index - (age * YEAR).astype(np.int64)
    mother = np.maximum(mother, youngest - int(46 * YEAR))
    mother = np.minimum(mother, eldest - int(15.7 * YEAR))
    gap = rng.normal(2.3, 4.0, count)
    father = np.minimum(mother - (gap * YEAR).astype(np.int64), eldest - int(16.0 * YEAR))
    return mother, father


def _with_grandparent(rng: np.random.Generator, homes: Households) -> Ints:
    rate = np.where(np.isin(homes.ethnic, [8, 9, 10, 12]), 0.12, 0.015)
    return np.flatnonzero(rng.random(len(homes)) < rate)
