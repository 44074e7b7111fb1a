"""Names in families and customs of naming: who shares a name, and how it is written."""

import numpy as np
import pytest

from attainment_linkage.core import population as core
from attainment_linkage.core.population import moves, name_lists
from attainment_linkage.core.population.name_stock import forename_cell, forenames, surnames
from attainment_linkage.core.population.people import CHILD, NONE
from attainment_linkage.core.population.recording import CENSUS, SCHOOL, names_written
from tests.population_sample import DESIGN, assert_near, pairs, plain, population

TITLES = ["Begum", "Bibi", "Khatun"]


@pytest.fixture(scope="module")
def settlement():
    return core.BlockOfPeople(population(), DESIGN, core.PUPIL_BLOCK, 0).settlement


@pytest.fixture(scope="module")
def south_asians():
    joined = pairs("realistic")
    chosen = joined[joined["ethnic_group_school"].isin(["10", "11"])]
    return chosen.dropna(subset=["forename_census", "surname_census"])


def test_brothers_and_sisters_bear_different_forenames(settlement):
    people = settlement.people
    children = people.take(people.role == CHILD)
    named = np.stack([children.household, children.forename], axis=1)
    shared = len(named) - len(np.unique(named, axis=0))
    assert shared <= 0.002 * len(named)  # a son named after his father may meet a brother


def test_some_sons_are_named_after_their_fathers(settlement):
    people = settlement.people
    fathers = people.take((people.role <= 1) & (people.sex == 0))
    of_father = dict(zip(fathers.household.tolist(), fathers.forename.tolist(), strict=True))
    sons = people.take((people.role == CHILD) & (people.sex == 0))
    with_father = np.isin(sons.household, fathers.household)
    same = [
        of_father[home] == name
        for home, name in zip(
            sons.household[with_father].tolist(), sons.forename[with_father].tolist(), strict=True
        )
    ]
    assert 0.012 < np.mean(same) < 0.035


def test_most_children_bear_the_surname_of_a_parent(settlement):
    people, homes = settlement.people, settlement.homes
    children = people.take(people.role == CHILD)
    own = children.surname == homes.surname[children.household]
    hers = children.surname == homes.mother_surname[children.household]
    assert 0.75 < (own | hers).mean() < 0.95


def test_two_to_four_in_a_hundred_have_a_two_part_surname(settlement):
    people = settlement.people
    children = people.take((people.role == CHILD) & (people.naming == name_lists.BRITISH))
    assert 0.02 < (children.second_surname != NONE).mean() < 0.04


def test_twins_share_date_of_birth_surname_and_home(settlement):
    twins = settlement.people.take(settlement.people.is_twin)
    births, times = np.unique(
        np.stack([twins.household, twins.birth, twins.surname], axis=1), axis=0, return_counts=True
    )
    assert len(births) > 20
    assert (times % 2 == 0).all()


def test_names_follow_the_fashion_of_the_year_and_the_naming_group():
    def names(group, year):
        cell = forename_cell(np.zeros(4_000, int), np.full(4_000, group), np.full(4_000, year))
        codes = forenames().draw(np.random.default_rng(3), cell)
        return set(forenames().names.take(codes).to_pylist()), codes

    young, codes = names(name_lists.BRITISH, 1994)
    old, _ = names(name_lists.BRITISH, 1935)
    muslim, _ = names(name_lists.MUSLIM, 1994)
    assert "Mohammed" in muslim - young
    top = np.argsort(-np.bincount(codes))[:25]
    head = set(forenames().names.take(top).to_pylist())
    assert {"Thomas", "James", "Jack"} <= head
    assert not {"Ernest", "Walter"} & head
    assert {"Ernest", "Walter"} <= old


def test_no_name_is_borne_by_too_many_of_its_group():
    for group in range(1, len(name_lists.GROUP_NAMES)):
        codes = surnames().draw(np.random.default_rng(4), np.full(20_000, group))
        assert np.bincount(codes).max() < 0.1 * len(codes)


@pytest.mark.parametrize(
    ("group", "sexes"),
    [(name_lists.SIKH, (0, 1)), (name_lists.MUSLIM, (1,))],
    ids=["sikhs", "muslim girls"],
)
def test_family_names_give_way_to_singh_kaur_and_womens_titles(settlement, group, sexes):
    people = settlement.people
    chosen = people.take((people.naming == group) & np.isin(people.sex, sexes))
    rng, rates = np.random.default_rng(8), population().profile.recording
    titles = ["Singh", "Kaur"] if group == name_lists.SIKH else TITLES
    family = np.isin(surnames().names.take(chosen.surname).to_pylist(), titles)
    replaced = []
    for _ in range(40):
        sides = [names_written(rng, chosen, side, rates).surname for side in (CENSUS, SCHOOL)]
        takes = [np.isin(side.to_pylist(), titles) for side in sides]
        replaced.append((takes[0] | takes[1])[~family])
    assert_near(np.concatenate(replaced), rates.convention_surname, slack=0.005)


def test_forenames_change_places_in_south_asian_families(south_asians):
    school = south_asians.dropna(subset=["middle_names_census"])
    full = school["middle_names_census"].str.len() > 1
    school = school[full]
    swapped = plain(school["forename_school"]) == plain(school["middle_names_census"])
    assert 0.01 < swapped.mean() < 0.12


def test_listed_names_are_spelt_in_other_ways(south_asians):
    spellings = {spelling.upper(): family[0] for family in core.SPELLINGS for spelling in family}
    school = plain(south_asians["forename_school"]).map(spellings)
    census = plain(south_asians["forename_census"]).map(spellings)
    alike = south_asians[school.notna() & (school == census)]
    assert len(alike) > 100
    differ = plain(alike["forename_school"]) != plain(alike["forename_census"])
    assert 0.05 < differ.mean() < 0.2


def test_families_move_a_little_before_the_census_and_more_over_the_years(settlement):
    now = settlement.homes.unit[: len(settlement.springs), None]
    moved = (settlement.springs != now).mean(axis=0)
    assert moves.SPRINGS == (2008, 2009, 2010, 2011)
    assert (np.diff(moved) < 0).all()
    assert moved[3] == pytest.approx(0.018, abs=0.012)
    assert moved[0] == pytest.approx(1 - 0.982 * 0.915**3, abs=0.05)


def test_some_of_the_oldest_have_left_home(settlement):
    people = settlement.people
    oldest = (people.cohort == 0) & (people.role == CHILD)
    away = settlement.leaving[oldest] == moves.AWAY_STUDENT
    assert 0.18 < away.mean() < 0.32
    assert (settlement.leaving[~oldest] == moves.AT_HOME).all()
    gone = settlement.leaving != moves.AT_HOME
    assert (settlement.residence[gone] != people.household[gone]).all()
