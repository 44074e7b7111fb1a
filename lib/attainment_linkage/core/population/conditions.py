"""Conditions: qualifications, work, health, language and housing of people and households.

Every share here is assumed. One number, the household's advantage, runs through them all,
so that an analysis has something to find and members of one household resemble each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attainment_linkage.core.population import ethnicity
from attainment_linkage.core.population.draws import Floats, Ints, logistic, pick_by_row
from attainment_linkage.core.population.people import (
    CHILD,
    LONE_FATHER,
    LONE_MOTHER,
    NO_PARENT,
    PARTNER,
    Block,
    Households,
    People,
)

QUALIFICATIONS = ("none", "level1", "level2", "apprenticeship", "level3", "level4", "other", "")
LEVEL_4 = 5
ACTIVITIES = ("employed", "unemployed", "inactive", "student", "retired", "")
EMPLOYED, UNEMPLOYED, INACTIVE, STUDENT, RETIRED, TOO_YOUNG = range(6)
NS_SEC = ("1", "2", "3", "4", "5", "6", "7", "8", "L15", "")
_QUALIFICATION_EDGES = np.array([-0.95, -0.45, 0.05, 0.2, 0.62, 1.75])
_NS_SEC_EDGES = np.array([1.35, 0.45, 0.02, -0.28, -0.55, -1.0])


@dataclass(frozen=True)
class PersonConditions(Block):
    """One row per person; codes are places in the tuples of this module."""

    qualification: Ints
    activity: Ints
    ns_sec: Ints
    health: Ints
    limiting: Ints
    care: Ints
    other_language: Ints
    proficiency: Ints
    born_abroad: Ints
    religion: Ints


@dataclass(frozen=True)
class HomeConditions(Block):
    """One row per household, from the people who live there."""

    size: Ints
    adults: Ints
    workless: Ints
    best_qualification: Ints
    reference_ns_sec: Ints
    lone_parent: Ints
    dependent_children: Ints
    other_language: Ints


def of_people(rng: np.random.Generator, homes: Households, people: People) -> PersonConditions:
    """Conditions of each person, given the household and age."""
    home, age = people.household, people.age
    advantage = homes.advantage[home]
    religion = pick_by_row(rng, ethnicity.RELIGION, homes.ethnic)[home]
    abroad_home = rng.random(len(homes)) < ethnicity.BORN_ABROAD[homes.ethnic] * 1.25
    speaks_home = rng.random(len(homes)) < ethnicity.OTHER_LANGUAGE[homes.ethnic]
    is_child = (people.role == CHILD) & (age < 20)
    born_abroad = abroad_home[home] & (rng.random(len(home)) < np.where(is_child, 0.35, 0.8))
    other_language = speaks_home[home] & (rng.random(len(home)) < np.where(is_child, 0.9, 0.85))
    qualification = _qualifications(rng, advantage, age)
    activity = _activities(rng, people, advantage, qualification, homes.kind[home])
    health = _health(rng, advantage, age)
    weak = rng.random(len(home)) * np.where(is_child, 0.6, 1.0) + born_abroad * 0.35
    return PersonConditions(
        qualification=qualification,
        activity=activity,
        ns_sec=_ns_sec(rng, advantage, qualification, activity, age),
        health=health,
        limiting=_limiting(rng, health),
        care=_care(rng, age, advantage),
        other_language=other_language.astype(np.int64),
        proficiency=np.where(other_language, 1 + np.digitize(weak, [0.5, 0.85, 1.2]), 0),
        born_abroad=born_abroad.astype(np.int64),
        religion=religion,
    )


def of_homes(homes: Households, people: People, state: PersonConditions) -> HomeConditions:
    """Conditions of each household; adults are 16 and over and not the family's students."""
    count, home, age = len(homes), people.household, people.age
    adult = (age >= 16) & ~((people.role == CHILD) & (state.activity == STUDENT))
    working = adult & (state.activity == EMPLOYED)
    parent = people.role <= PARTNER
    grades = np.where(state.qualification == 6, 1, np.minimum(state.qualification, LEVEL_4))
    best = np.zeros(count, dtype=np.int64)
    np.maximum.at(best, home[parent], grades[parent])
    rank = np.full(count, 9, dtype=np.int64)
    first = np.flatnonzero(people.role == 0)
    rank[home[first]] = state.ns_sec[first]
    adults = np.bincount(home[adult], minlength=count)
    at_work = np.bincount(home[working], minlength=count)
    dependent = (people.role == CHILD) & ((age < 16) | ((age < 19) & (state.activity == STUDENT)))
    english = np.bincount(home[adult & (state.other_language == 0)], minlength=count)
    return HomeConditions(
        size=np.bincount(home, minlength=count),
        adults=adults,
        workless=(at_work == 0).astype(np.int64),
        best_qualification=best,
        reference_ns_sec=rank,
        lone_parent=np.isin(homes.kind, [LONE_MOTHER, LONE_FATHER]).astype(np.int64),
        dependent_children=np.bincount(home[dependent], minlength=count),
        other_language=((english == 0) & (adults > 0)).astype(np.int64),
    )


def _qualifications(rng: np.random.Generator, advantage: Floats, age: Ints) -> Ints:
    score = 0.75 * advantage + rng.normal(0.0, 0.75, len(age)) + 0.35 - 0.022 * (age - 42.0)
    score = np.where(age < 25, np.minimum(score, 1.7), score)
    score = np.where(age < 18, np.minimum(score - 0.4, 0.6), score)
    level = np.digitize(score, _QUALIFICATION_EDGES[[0, 1, 2, 3, 4]])
    level = np.where(level >= 5, LEVEL_4, level)
    level = np.where(rng.random(len(age)) < 0.05, 6, level)
    return np.where(age < 16, 7, level)


def _activities(
    rng: np.random.Generator, people: People, advantage: Floats, level: Ints, kind: Ints
) -> Ints:
    age, draw = people.age, rng.random(len(level))
    lone = np.isin(kind, [LONE_MOTHER, NO_PARENT]) & (people.role == 0)
    works = logistic(
        1.75 + 0.55 * advantage + 0.25 * (np.minimum(level, LEVEL_4) - 2.5)
        - 0.55 * people.sex - 1.0 * lone - 0.05 * np.maximum(age - 52, 0)
    )  # fmt: skip
    activity = np.where(
        draw < works, EMPLOYED, np.where(draw < works + 0.055, UNEMPLOYED, INACTIVE)
    )
    in_school = np.select([age < 18, age < 19, age < 22], [0.93, 0.6, 0.35], 0.02)
    activity = np.where((age < 30) & (rng.random(len(age)) < in_school), STUDENT, activity)
    retires = np.clip((age - 57) / 11.0, 0.0, 0.98)
    activity = np.where(rng.random(len(age)) < retires, RETIRED, activity)
    return np.where(age < 16, TOO_YOUNG, activity)


def _ns_sec(
    rng: np.random.Generator, advantage: Floats, level: Ints, activity: Ints, age: Ints
) -> Ints:
    score = 0.5 * advantage + 0.28 * (np.minimum(level, LEVEL_4) - 2.4)
    rank = np.digitize(-(score + rng.normal(0.0, 0.6, len(level))), -_NS_SEC_EDGES)
    never = (activity == UNEMPLOYED) | (activity == INACTIVE)
    rank = np.where(never & (rng.random(len(level)) < 0.35), 7, rank)
    rank = np.where(activity == STUDENT, 8, rank)
    return np.where(age < 16, 9, rank)


def _health(rng: np.random.Generator, advantage: Floats, age: Ints) -> Ints:
    score = rng.normal(0.0, 1.0, len(age)) - 0.3 * advantage + 0.026 * (age - 40.0)
    return 1 + np.digitize(score, [-0.05, 1.0, 1.85, 2.6])


def _limiting(rng: np.random.Generator, health: Ints) -> Ints:
    rates = np.array(
        [[0, 0, 0], [0.005, 0.02, 0.975], [0.015, 0.06, 0.925], [0.18, 0.35, 0.47],
         [0.6, 0.3, 0.1], [0.85, 0.12, 0.03]]
    )  # fmt: skip
    rates[0] = 1.0
    return 1 + pick_by_row(rng, rates, health)


def _care(rng: np.random.Generator, age: Ints, advantage: Floats) -> Ints:
    rate = np.select([age < 5, age < 16, age < 20, age < 45], [0.0, 0.02, 0.045, 0.09], 0.16)
    rate = rate * np.exp(-0.1 * advantage)
    draw = rng.random(len(age))
    return np.select([draw > rate, draw > rate * 0.35, draw > rate * 0.2], [0, 1, 2], 3)
