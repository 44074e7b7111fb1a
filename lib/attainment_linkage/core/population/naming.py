"""Naming: forenames, middle names and surnames of the members of households."""

from __future__ import annotations

import numpy as np

from attainment_linkage.core.population import name_lists as lists
from attainment_linkage.core.population.draws import Flags, Ints, chance
from attainment_linkage.core.population.families import Members
from attainment_linkage.core.population.name_stock import (
    KAUR,
    SINGH,
    Stock,
    forename_cell,
    forenames,
    surnames,
)
from attainment_linkage.core.population.people import (
    CHILD,
    GRANDPARENT,
    LONE_MOTHER,
    NO_PARENT,
    NONE,
    OTHER,
    PARTNER,
    REFERENCE,
    SHARERS,
    Households,
    People,
    birth_year,
)
from attainment_linkage.core.population.profiles import Families


def named(rng: np.random.Generator, homes: Households, group: Members, rates: Families) -> People:
    """The members, named as their families would: a surname shared, forenames told apart."""
    stock = forenames()
    naming = homes.naming[group.household]
    cell = forename_cell(group.sex, naming, birth_year(group.birth))
    forename = _distinct(rng, stock, cell, group.household)
    forename = _after_father(rng, group, forename, rates)
    middle, second_middle = _middle_names(rng, group, naming, cell, forename, rates)
    surname = _surnames(rng, homes, group)
    earlier = surnames().draw(rng, homes.naming)[group.household]
    mothers = homes.mother_surname[group.household]
    earlier = np.where((mothers != surname) & (earlier % 2 == 0), mothers, earlier)
    is_family = (group.role != OTHER) & (surname == homes.child_surname[group.household])
    second = np.where(is_family, homes.second_surname[group.household], NONE)
    return People(
        household=group.household,
        role=group.role,
        sex=group.sex,
        birth=group.birth,
        ethnic=homes.ethnic[group.household],
        naming=naming,
        is_twin=group.is_twin,
        name_cell=cell,
        forename=forename,
        middle=middle,
        second_middle=second_middle,
        surname=surname,
        second_surname=second,
        earlier_surname=earlier,
    )


def _distinct(rng: np.random.Generator, stock: Stock, cell: Ints, household: Ints) -> Ints:
    """Forenames by cell, drawn again where two members would bear the same."""
    forename = stock.draw(rng, cell)
    for _ in range(3):
        bearer = household * len(stock.names) + forename
        order = np.argsort(bearer, kind="stable")
        again = order[1:][bearer[order][1:] == bearer[order][:-1]]
        if len(again) == 0:
            break
        forename[again] = stock.draw(rng, cell[again])
    return forename


def _after_father(
    rng: np.random.Generator, group: Members, forename: Ints, rates: Families
) -> Ints:
    """Some first sons bear the father's forename: namesakes at one address."""
    father = _first_row(group, (group.role <= PARTNER) & (group.sex == 0))
    son = _first_row(group, (group.role == CHILD) & (group.sex == 0))
    both = np.flatnonzero((father != NONE) & (son != NONE))
    both = both[chance(rng, rates.sons_named_after_father, len(both))]
    forename = forename.copy()
    forename[son[both]] = forename[father[both]]
    return forename


def _first_row(group: Members, wanted: Flags) -> Ints:
    """For each household, the first row that is wanted; NONE where there is none."""
    rows = np.flatnonzero(wanted)[::-1]
    first = np.full(int(group.household.max(initial=-1)) + 1, NONE)
    first[group.household[rows]] = rows
    return first


def _middle_names(
    rng: np.random.Generator,
    group: Members,
    naming: Ints,
    cell: Ints,
    forename: Ints,
    rates: Families,
) -> tuple[Ints, Ints]:
    count, stock = len(cell), forenames()
    has_middle = chance(rng, rates.middle_names, count)
    middle = np.where(has_middle, stock.draw(rng, cell), NONE)
    middle = np.where(middle == forename, NONE, middle)
    for sex in (0, 1):
        parent = _first_row(group, (group.role <= PARTNER) & (group.sex == sex))
        of_parent = parent[group.household]
        takes = (group.role == CHILD) & (group.sex == sex) & has_middle & (of_parent != NONE)
        takes &= chance(rng, rates.middle_named_after_parent, count)
        middle = np.where(takes, forename[of_parent], middle)
    sikh = (naming == lists.SIKH) & chance(rng, 0.75, count)
    middle = np.where(sikh, np.where(group.sex == 0, SINGH, KAUR), middle)
    has_second = (middle != NONE) & chance(rng, rates.second_middle_names, count)
    second = np.full(count, NONE)
    second[has_second] = stock.draw(rng, cell[has_second])
    return middle, second


def _surnames(rng: np.random.Generator, homes: Households, group: Members) -> Ints:
    home = group.household
    kind, woman = homes.kind[home], group.sex == 1
    adult = np.where(woman, homes.mother_surname[home], homes.surname[home])
    is_parent = (group.role == REFERENCE) | (group.role == PARTNER)
    surname = np.where(is_parent, adult, homes.child_surname[home])
    # grandparents: the father's or the mother's side
    elder = (group.role == GRANDPARENT) | ((kind == NO_PARENT) & is_parent)
    side = np.where(rng.random(len(home)) < 0.6, homes.surname[home], homes.mother_surname[home])
    surname = np.where(elder, side, surname)
    lone = (kind == LONE_MOTHER) & is_parent
    surname = np.where(lone, homes.mother_surname[home], surname)
    strangers = (group.role == OTHER) | ((kind == SHARERS) & (group.role != REFERENCE))
    rows = np.flatnonzero(strangers)
    surname[rows] = surnames().draw(rng, homes.naming[home[rows]])
    return surname
