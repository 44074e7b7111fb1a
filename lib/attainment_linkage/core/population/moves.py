"""Moves: where families lived at each spring school census, and who has left home."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from attainment_linkage.core.population import geography
from attainment_linkage.core.population.draws import Ints, chance, logistic
from attainment_linkage.core.population.name_stock import forename_cell, forenames, surnames
from attainment_linkage.core.population.people import (
    ALONE,
    CHILD,
    LONE_FATHER,
    LONE_MOTHER,
    NONE,
    PARTNER,
    REFERENCE,
    SHARERS,
    YEAR,
    Households,
    People,
    birth_year,
)
from attainment_linkage.core.population.profiles import Coverage, Moves

SPRINGS = (2008, 2009, 2010, 2011)
AT_HOME, AWAY_STUDENT, OWN_HOME = range(3)
_HALL, _SHARED_HOUSE = 24, 4  # students together at one address; assumed
_IN_HALLS = 0.6


@dataclass(frozen=True)
class Settlement:
    """Households and people of a block once some have left home.

    ``residence`` is the household row where a person lives; ``other_home`` the household of
    the other parent who counted the child too, else NONE. ``springs`` has one postcode unit
    per family and January of 2008 to 2011.
    """

    homes: Households
    people: People
    residence: Ints
    leaving: Ints
    other_home: Ints
    springs: Ints

    @property
    def residents(self) -> People:
        """The people, each in the household where they live."""
        return replace(self.people, household=self.residence)


def unsettled(rng: np.random.Generator, homes: Households, people: People, n_areas: int,
              rates: Moves) -> Settlement:  # fmt: skip
    """A block in which nobody has left home: the neighbours."""
    count = len(people)
    return Settlement(
        homes,
        people,
        people.household,
        np.zeros(count, dtype=np.int64),
        np.full(count, NONE),
        _springs(rng, homes, n_areas, rates),
    )


def settled(
    rng: np.random.Generator,
    homes: Households,
    people: People,
    n_areas: int,
    rates: Moves,
    coverage: Coverage,
) -> Settlement:
    """The block of families after moves: students and others away, other parents' homes."""
    springs = _springs(rng, homes, n_areas, rates)
    leaving = _leaving(rng, homes, people, rates)
    students = np.flatnonzero(leaving == AWAY_STUDENT)
    group = _student_groups(rng, len(students))
    alone = np.flatnonzero(leaving == OWN_HOME)
    lone = np.isin(homes.kind[people.household], [LONE_MOTHER, LONE_FATHER])
    child = (people.role == CHILD) & (people.age < 18) & lone & (leaving == AT_HOME)
    separated = np.unique(people.household[child])
    separated = separated[chance(rng, coverage.separated_counted_twice, len(separated))]

    n_groups, base = int(group.max(initial=-1)) + 1, len(homes)
    first_of_group = students[np.unique(group, return_index=True)[1]]
    origin = np.concatenate([people.household[first_of_group], people.household[alone], separated])
    extra = _extra_homes(rng, homes.take(origin), n_areas, rates, n_groups, len(alone))

    residence = people.household.copy()
    residence[students] = base + group
    own_rows = base + n_groups + np.arange(len(alone))
    residence[alone] = own_rows
    other_rows = base + n_groups + len(alone) + np.arange(len(separated))
    other_home = np.full(len(people), NONE)
    row_of = np.full(base, NONE)
    row_of[separated] = other_rows
    other_home[child] = row_of[people.household[child]]

    partnered = chance(rng, 0.4, len(alone))
    mates = _partners(rng, people.take(alone[partnered]), own_rows[partnered])
    parents = _other_parents(rng, homes, people, separated, other_rows)
    added = mates.joined(parents)
    return Settlement(
        homes.joined(extra),
        people.joined(added),
        np.concatenate([residence, added.household]),
        np.concatenate([leaving, np.zeros(len(added), dtype=np.int64)]),
        np.concatenate([other_home, np.full(len(added), NONE)]),
        springs,
    )


def _springs(rng: np.random.Generator, homes: Households, n_areas: int, rates: Moves) -> Ints:
    """The unit of each family in January of each spring, from the last one backwards."""
    springs = np.empty((len(homes), len(SPRINGS)), dtype=np.int64)
    here = homes.unit
    for spring in range(len(SPRINGS) - 1, -1, -1):
        rate = rates.school_record_to_census if spring == 3 else rates.families_a_year
        tilt = np.exp(0.25 * homes.deprivation - 0.3 * homes.advantage)
        moved = np.flatnonzero(rng.random(len(homes)) < rate * tilt / tilt.mean())
        here = here.copy()
        here[moved] = geography.nearby_unit(
            rng, here[moved] // geography.UNITS_PER_AREA, n_areas, rates.move_distance
        )
        springs[:, spring] = here
    return springs


def _leaving(rng: np.random.Generator, homes: Households, people: People, rates: Moves) -> Ints:
    """Who of the oldest cohort has gone, and how."""
    grown = (people.cohort == 0) & (people.role == CHILD)
    advantage = homes.advantage[people.household]
    tilt = logistic(0.9 * advantage) * 2.0
    student = grown & (rng.random(len(people)) < rates.students_at_18 * rates.students_away * tilt)
    own = grown & ~student & chance(rng, rates.own_home_at_18, len(people))
    return np.where(student, AWAY_STUDENT, np.where(own, OWN_HOME, AT_HOME))


def _student_groups(rng: np.random.Generator, count: int) -> Ints:
    """The number of the hall or shared house of each student, halls first."""
    in_halls = int(count * _IN_HALLS)
    halls = np.arange(in_halls) // _HALL
    first_house = int(halls.max(initial=-1)) + 1
    houses = first_house + np.arange(count - in_halls) // _SHARED_HOUSE
    return np.asarray(rng.permutation(np.concatenate([halls, houses])))


def _extra_homes(
    rng: np.random.Generator,
    homes: Households,
    n_areas: int,
    rates: Moves,
    n_groups: int,
    n_alone: int,
) -> Households:
    """Households of those who left: like the one they come from, at another address."""
    distance = np.array([*rates.move_distance])
    far = np.concatenate([np.zeros(4), [1.0]])
    units = np.concatenate(
        [
            geography.nearby_unit(rng, homes.area[:n_groups], n_areas, tuple(far)),
            geography.nearby_unit(rng, homes.area[n_groups:], n_areas, tuple(distance)),
        ]
    )
    kind = np.full(len(homes), ALONE)
    kind[:n_groups] = SHARERS
    area = units // geography.UNITS_PER_AREA
    return replace(
        homes,
        kind=kind,
        area=area,
        unit=units,
        house_number=rng.integers(1, 120, len(homes)),
        deprivation=geography.deprivation_of(area),
        tenure=np.where(np.arange(len(homes)) < n_groups + n_alone, 5, homes.tenure),
    )


def _partners(rng: np.random.Generator, people: People, home: Ints) -> People:
    """Partners of those who left to live with somebody, of about their age."""
    birth = people.birth - rng.integers(0, int(4 * YEAR), len(people))
    return _adults(rng, people, home, 1 - people.sex, birth, np.full(len(people), PARTNER))


def _other_parents(
    rng: np.random.Generator, homes: Households, people: People, separated: Ints, rows: Ints
) -> People:
    """The parent who lives elsewhere and also counted the children."""
    first = np.flatnonzero(people.role == REFERENCE)
    row_of = np.full(len(homes), NONE)
    row_of[people.household[first]] = first
    lone = people.take(row_of[separated])
    birth = lone.birth - rng.integers(-int(2 * YEAR), int(6 * YEAR), len(lone))
    parents = _adults(rng, lone, rows, 1 - lone.sex, birth, np.full(len(lone), REFERENCE))
    return replace(parents, surname=homes.child_surname[separated])


def _adults(
    rng: np.random.Generator, like: People, home: Ints, sex: Ints, birth: Ints, role: Ints
) -> People:
    cell = forename_cell(sex, like.naming, birth_year(birth))
    return replace(
        like,
        household=home,
        role=role,
        sex=sex,
        birth=birth,
        is_twin=np.zeros(len(like), dtype=bool),
        name_cell=cell,
        forename=forenames().draw(rng, cell),
        surname=surnames().draw(rng, like.naming),
        second_surname=np.full(len(like), NONE),
    )
