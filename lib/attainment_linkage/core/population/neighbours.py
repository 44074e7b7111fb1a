"""Neighbours: the other households of England, those without a pupil of the cohorts."""

from __future__ import annotations

import numpy as np

from attainment_linkage.core.population import ethnicity, geography
from attainment_linkage.core.population import name_lists as lists
from attainment_linkage.core.population.draws import (
    Flags,
    Ints,
    chance,
    logistic,
    pick,
    pick_by_row,
)
from attainment_linkage.core.population.families import (
    Members,
    draw_advantage,
    draw_ethnic,
    draw_tenure,
    ordered,
    takes_his_name,
)
from attainment_linkage.core.population.name_stock import surnames
from attainment_linkage.core.population.people import (
    ALONE,
    CENSUS_DAY,
    CHILD,
    COHABITING,
    COHORT_STARTS,
    LONE_FATHER,
    LONE_MOTHER,
    MARRIED,
    NONE,
    OTHER,
    PARTNER,
    REFERENCE,
    SHARERS,
    YEAR,
    Households,
)
from attainment_linkage.core.population.profiles import Families

# households of 1 to 6 people; assumed (domain: roughly 30/34/16/13/5/2 per cent)
_SIZES = (0.30, 0.34, 0.16, 0.13, 0.05, 0.02)
_COHORT_CHILD = 0.03  # children whose birth would fall in a cohort and who stay there; assumed


def households(
    rng: np.random.Generator, first: int, count: int, n_areas: int, rates: Families
) -> tuple[Households, Ints, Ints]:
    """Households numbered from ``first``, their sizes, and births of the reference persons."""
    number = np.arange(first, first + count)
    area = number % n_areas
    address = geography.PUPIL_ADDRESSES + number // n_areas
    deprivation = geography.deprivation_of(area)
    size = 1 + pick(rng, _SIZES, count)
    kind, age = _kind_and_age(rng, size)
    minority = geography.minority_share(area) * np.clip(1.45 - 0.012 * age, 0.3, 1.0)
    ethnic = draw_ethnic(rng, minority)
    advantage = draw_advantage(rng, deprivation, ethnic)
    naming = pick_by_row(rng, ethnicity.NAMING, ethnic)
    own, hers = surnames().draw(rng, naming), surnames().draw(rng, naming)
    takes = takes_his_name(rng, kind, naming, rates)
    homes = Households(
        kind=kind,
        area=area,
        unit=geography.unit_of(area, address),
        house_number=geography.house_number(area, address),
        ethnic=ethnic,
        naming=naming,
        advantage=advantage,
        deprivation=deprivation,
        tenure=draw_tenure(rng, advantage, age),
        surname=own,
        mother_surname=np.where(takes, own, hers),
        child_surname=np.where((kind == LONE_MOTHER) & chance(rng, 0.5, count), hers, own),
        second_surname=np.where(
            chance(rng, rates.hyphenated_surnames / 2, count) & (naming == lists.BRITISH),
            surnames().draw(rng, naming),
            NONE,
        ),
    )
    birth = CENSUS_DAY - ((age + rng.random(count)) * YEAR).astype(np.int64)
    return homes, size, birth


def members(
    rng: np.random.Generator, homes: Households, size: Ints, reference: Ints, rates: Families
) -> Members:
    """The people of each household, person 1 first."""
    count = len(homes)
    everyone = np.arange(count)
    woman = np.where(homes.kind == LONE_MOTHER, 1, rng.random(count) < 0.45).astype(np.int64)
    woman[homes.kind == LONE_FATHER] = 0
    alone = homes.kind == ALONE
    woman[alone] = rng.random(int(alone.sum())) < 0.53
    couples = np.flatnonzero(homes.kind <= COHABITING)
    gap = rng.normal(0.0, 3.2, len(couples)) + np.where(woman[couples] == 1, 2.0, -2.0)
    partner = np.minimum(
        reference[couples] - (gap * YEAR).astype(np.int64), CENSUS_DAY - int(18 * YEAR)
    )
    placed = 1 + (homes.kind <= COHABITING)
    rest = np.repeat(everyone, size - placed)
    sharer = homes.kind[rest] == SHARERS
    birth, twin, sex = _others_births(rng, reference[rest], sharer, rates)
    return ordered(
        Members(
            np.concatenate([everyone, couples, rest]),
            np.concatenate(
                [np.full(count, REFERENCE), np.full(len(couples), PARTNER),
                 np.where(sharer, OTHER, CHILD)]
            ),
            np.concatenate([woman, 1 - woman[couples], sex]),
            np.concatenate([reference, partner, birth]),
            np.concatenate([np.zeros(count + len(couples), dtype=bool), twin]),
        )
    )  # fmt: skip


def _kind_and_age(rng: np.random.Generator, size: Ints) -> tuple[Ints, Ints]:
    """Kind of household by size, and the age of its reference person."""
    shares = np.zeros((7, 7))
    shares[:2, ALONE] = 1.0
    shares[2, [MARRIED, COHABITING, LONE_MOTHER, LONE_FATHER, SHARERS]] = 62, 16, 10, 1, 11
    shares[3, [MARRIED, COHABITING, LONE_MOTHER, LONE_FATHER, SHARERS]] = 59, 17, 15, 2, 7
    shares[4:, [MARRIED, COHABITING, LONE_MOTHER, LONE_FATHER, SHARERS]] = 75, 13, 6, 1, 5
    kind = pick_by_row(rng, shares, size)
    spread, old = rng.normal(0.0, 1.0, len(size)), rng.random(len(size))
    childless = np.where(old < 0.42, 69 + 9 * spread, 42 + 12 * spread)
    parents = np.where(old < 0.3, 53 + 5 * spread, 36 + 6 * spread)
    age = np.where(kind == SHARERS, 31 + 9 * np.abs(spread), childless)
    age = np.where((size > 2) & (kind != SHARERS), parents, age)
    age = np.where((kind == LONE_MOTHER) | (kind == LONE_FATHER), parents - 1, age)
    return kind, np.clip(age, 19, 98).astype(np.int64)


def _others_births(
    rng: np.random.Generator, reference: Ints, sharer: Ints, rates: Families
) -> tuple[Ints, Flags, Ints]:
    """Births, twin flags and sexes of children and of adults who share."""
    count = len(reference)
    parents_age = np.clip(rng.normal(29.0, 5.5, count), 16.5, 44.0)
    birth = reference + (parents_age * YEAR).astype(np.int64)
    too_young = birth >= CENSUS_DAY
    recent = CENSUS_DAY - rng.integers(30, int(8 * YEAR), count)
    birth = np.where(too_young, np.maximum(recent, reference + int(16 * YEAR)), birth)
    birth = np.minimum(birth, CENSUS_DAY - 1)
    in_cohort = (birth >= COHORT_STARTS[0]) & (birth < COHORT_STARTS[4])
    moves = in_cohort & ~chance(rng, _COHORT_CHILD, count)
    later = COHORT_STARTS[4] + rng.integers(0, int(12 * YEAR), count)
    earlier = COHORT_STARTS[0] - rng.integers(1, int(5 * YEAR), count)
    moved = np.where(reference + int(36 * YEAR) > later, later, earlier)
    birth = np.where(moves, moved, birth)
    grown = reference + (rng.normal(0, 4, count) * YEAR).astype(np.int64)
    birth = np.where(sharer, np.minimum(grown, CENSUS_DAY - int(17 * YEAR)), birth)
    same = np.zeros(count, dtype=bool)
    twin = chance(rng, logistic(np.full(count, -4.36)), count) & ~sharer
    twin[1:] &= (reference[1:] == reference[:-1]) & ~twin[:-1]
    twin[:1] = False
    second = np.flatnonzero(twin)
    birth[second] = birth[second - 1]
    sex = rng.integers(0, 2, count)
    alike = chance(rng, rates.same_sex_twins, len(second))
    sex[second] = np.where(alike, sex[second - 1], 1 - sex[second - 1])
    same[second], same[second - 1] = True, True
    return birth, same, sex
