"""Forms: who is on which Census form; the missed, the away and the counted twice.

Relative risks of being missed are assumed, after the pattern of 2001 and 2011: young men,
minority groups, private tenants and London worst. The mean is the profile's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attainment_linkage.core.population import geography
from attainment_linkage.core.population.draws import Flags, Floats, Ints, chance
from attainment_linkage.core.population.ethnicity import WHITE_BRITISH
from attainment_linkage.core.population.families import PRIVATE, SOCIAL_LA, SOCIAL_OTHER
from attainment_linkage.core.population.moves import AWAY_STUDENT, Settlement
from attainment_linkage.core.population.people import NONE, SHARERS, Block
from attainment_linkage.core.population.profiles import Coverage

USUAL, OTHER_PARENT, STUDENT_AT_PARENTS, SAME_FORM, ELSEWHERE, AWAY = range(6)
REASONS = ("usual", "other_parent", "student_at_parents", "same_form", "elsewhere", "away_student")


@dataclass(frozen=True)
class Forms(Block):
    """One row per line of a delivered form: the person, the household, and why there.

    ``row`` numbers the lines of the block for ids; ``place`` is that on the form, from 1.
    """

    person: Ints
    home: Ints
    reason: Ints
    row: Ints
    place: Ints


@dataclass(frozen=True)
class Counted:
    """For each person the form row that stands for them, and the row as away student."""

    usual: Ints
    away: Ints
    is_counted_twice: Flags


def forms(rng: np.random.Generator, block: Settlement, rates: Coverage) -> Forms:
    """The lines of all forms that came back, shuffled: their order tells nothing."""
    people, everyone = block.people, np.arange(len(block.people))
    parts = [(everyone, block.residence, USUAL)]
    doubled = np.flatnonzero(block.other_home != NONE)
    parts.append((doubled, block.other_home[doubled], OTHER_PARENT))
    students = np.flatnonzero(block.leaving == AWAY_STUDENT)
    draw = rng.random(len(students))
    twice = students[draw < rates.students_counted_twice]
    parts.append((twice, people.household[twice], STUDENT_AT_PARENTS))
    listed = draw < rates.students_counted_twice + rates.away_students_listed
    away = students[listed & (draw >= rates.students_counted_twice)]
    parts.append((away, people.household[away], AWAY))
    same = np.flatnonzero(chance(rng, rates.repeated_in_household, len(everyone)))
    parts.append((same, block.residence[same], SAME_FORM))
    elsewhere = np.flatnonzero(chance(rng, rates.repeated_elsewhere, len(everyone)))
    visited = rng.integers(0, len(block.homes), len(elsewhere))
    parts.append((elsewhere, visited, ELSEWHERE))
    person = np.concatenate([part[0] for part in parts])
    home = np.concatenate([part[1] for part in parts])
    reason = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
    returned = ~_missed_homes(rng, block, rates)[home]
    listed_there = ~(_missed_people(rng, block, rates)[person] & (reason == USUAL))
    kept = np.flatnonzero(returned & listed_there)
    kept = kept[np.lexsort((person[kept], reason[kept], home[kept]))]
    row = np.arange(len(kept))
    lines = Forms(person[kept], home[kept], reason[kept], row, _places(home[kept]))
    return lines.take(rng.permutation(len(lines)))


def counted(lines: Forms, n_people: int) -> Counted:
    """Which row stands for each person: usual residence first; away rows stand for nobody."""
    usual, away = np.full(n_people, NONE), np.full(n_people, NONE)
    rows = np.arange(len(lines))
    gone = lines.reason == AWAY
    away[lines.person[gone]] = rows[gone]
    present = rows[~gone]
    best_last = present[np.argsort(-lines.reason[present], kind="stable")]
    usual[lines.person[best_last]] = best_last
    times = np.bincount(lines.person[present], minlength=n_people)
    return Counted(usual, away, times > 1)


def _places(home: Ints) -> Ints:
    """The place of each line on its form, from 1; lines of a form stand together."""
    row = np.arange(len(home))
    is_first = np.diff(home, prepend=NONE) != 0
    return row - np.maximum.accumulate(np.where(is_first, row, 0)) + 1


def _missed_homes(rng: np.random.Generator, block: Settlement, rates: Coverage) -> Flags:
    homes = block.homes
    risk = np.where(homes.tenure == PRIVATE, 2.0, 1.0)
    risk = np.where((homes.tenure == SOCIAL_LA) | (homes.tenure == SOCIAL_OTHER), 1.4, risk)
    risk *= np.where(homes.ethnic == WHITE_BRITISH, 1.0, 1.8)
    risk *= np.where(geography.region_of(homes.area) == geography.LONDON, 1.5, 1.0)
    risk *= np.where(homes.kind == SHARERS, 1.5, 1.0)
    return _hit(rng, risk, rates.households_missed)


def _missed_people(rng: np.random.Generator, block: Settlement, rates: Coverage) -> Flags:
    people = block.people
    age, man = people.age, people.sex == 0
    risk = np.select(
        [age < 5, age < 15, age < 18, (age < 30) & man, age < 30, (age < 45) & man],
        [1.6, 1.0, 1.1, 2.6, 1.7, 1.4],
        0.7,
    )
    risk *= np.where(people.ethnic == WHITE_BRITISH, 1.0, 1.5)
    return _hit(rng, risk, rates.people_missed)


def _hit(rng: np.random.Generator, risk: Floats, rate: float) -> Flags:
    """Whom a risk of this mean rate befalls."""
    return chance(rng, rate * risk / max(float(risk.mean()), 1e-9), len(risk))
