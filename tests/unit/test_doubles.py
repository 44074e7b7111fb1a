"""Doubles: the guards for twins and namesakes, the acceptance weight, the groups."""

import math

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core import doubles, doubles_model
from attainment_linkage.core.levels import telling
from attainment_linkage.core.patterns import Patterns, pattern_sql

LINE = {
    "record_id": "A", "forename": "JACK", "forename_root": "JACK", "forename_initial": "J",
    "given_names": ["JACK", "LEE"], "middle_names": "LEE", "middle_initial": "L",
    "surname": "MOSS", "surname_sound": "MS", "surname_initial": "M", "surname_parts": ["MOSS"],
    "name_forward": "JACK MOSS", "name_backward": "MOSS JACK", "birth_date": "1994-05-06",
    "birth_year": "1994", "birth_month": "05", "birth_day": "06", "sex": "M",
    "postcode": "AB11AA", "postcodes": ["AB11AA"], "postcode_sectors": ["AB11"],
    "postcode_districts": ["AB1"],
}  # fmt: skip
MOVED = {"postcode": "CD22BB", "postcodes": ["CD22BB", "AB11AA"]}
FAR = {"postcode": "EF33CC", "postcodes": ["EF33CC"], "postcode_sectors": ["EF33"],
       "postcode_districts": ["EF3"]}  # fmt: skip
TWIN = {"forename": "LUKE", "forename_root": "LUKE", "forename_initial": "L",
        "given_names": ["LUKE", "LEE"], "name_forward": "LUKE MOSS",
        "name_backward": "MOSS LUKE"}  # fmt: skip
FATHER = {"birth_date": "1962-08-19", "birth_year": "1962", "birth_month": "08", "birth_day": "19"}
SLIP = {"birth_date": "1994-05-16", "birth_day": "16"}
LABELS = [[one["label_for_charts"] for one in telling(c)] for c in doubles_model.comparisons()]


def shown(**changes):
    """The levels that the line and a changed copy of it show, as words."""
    other = {**LINE, "record_id": "B", **changes}
    database = duckdb.connect()
    sides = ", ".join(
        f"{value!r} as {name}_{side}".replace("None", "null::varchar")
        for side, line in (("l", LINE), ("r", other))
        for name, value in line.items()
    )
    [places] = database.sql(
        f"with pair as (select {sides}) select {pattern_sql(doubles_model.comparisons())} from pair"
    ).fetchall()
    database.close()
    return [labels[p] if p >= 0 else "-" for labels, p in zip(LABELS, places, strict=True)]


def test_a_child_of_two_homes_agrees_in_all_but_the_address():
    assert shown(**MOVED) == [
        "equal", "at home: equal", "at home: equal", "at home: equal", "equal",
        "another address, a postcode in common",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "comparison", "level"),
    [
        (TWIN, 0, "different"),  # the middle name they share is no name of one person
        ({**TWIN, "forename": "LEE", "forename_root": "LEE"}, 0, "a given name of the other"),
        ({"forename": "JACKY", "forename_root": "JACK"}, 0, "same root"),
        ({"forename": "JAKC", "forename_root": "JAKC", "given_names": ["JAKC"]}, 0, "alike"),
        (FATHER, 3, "at home: years apart"),
        (SLIP, 3, "at home: a slip"),
        ({"birth_date": None, "birth_year": None, "birth_month": None, "birth_day": None}, 3,
         "not known"),
        (FAR, 0, "elsewhere: whole name equal"),
        (FAR, 1, "-"),  # the whole name is one piece of evidence
        (FAR, 2, "elsewhere: initial"),
        (FAR, 3, "equal"),
        (FAR, 5, "different"),
    ],
)  # fmt: skip
def test_each_rival_shows_the_level_that_is_made_for_it(changes, comparison, level):
    assert shown(**changes)[comparison] == level


def test_every_rule_forms_a_pair_once_and_none_with_itself():
    assert all("l.record_id < r.record_id" in rule.text for rule in doubles_model.RULES)


# ------------------------------------------------------------------------------- training

# forename, surname, middle, birth, sex, where
PERSON = [1, 0, -1, 1, 0, 0]
SLIPPED = [1, 0, -1, 3, 0, 0]
TWINS = [8, 0, -1, 1, 0, 1]
NAMESAKES = [1, 0, -1, 5, 0, 1]
SIBLINGS = [8, 0, -1, 4, 0, 1]
NEIGHBOURS = [8, 2, -1, -1, 0, 1]


def trained(*counted):
    """Settings trained on pairs of homes, from patterns and their counts."""
    settings = {"comparisons": [dict(c) for c in doubles_model.comparisons()]}
    random = Patterns(np.full((1, 6), -1), np.array([1e6]))
    places, counts = zip(*counted, strict=True)
    home = Patterns(np.array(places), np.array(counts, dtype=float))
    return doubles.fitted(doubles.with_random_u(settings, random), home)["comparisons"]


def chance(comparisons, number, label, name="m_probability"):
    [level] = [one for one in telling(comparisons[number]) if one["label_for_charts"] == label]
    return level[name]


def test_slips_of_people_counted_twice_are_learnt_and_twins_are_not_taken_for_them():
    found = trained(
        (PERSON, 600), (SLIPPED, 300), (TWINS, 3000), (NAMESAKES, 2000), (SIBLINGS, 50_000),
        (NEIGHBOURS, 200_000),
    )  # fmt: skip

    assert chance(found, 3, "at home: a slip") == pytest.approx(300 / 900, abs=0.02)
    assert chance(found, 3, "a slip") == chance(found, 3, "at home: a slip")
    assert chance(found, 0, "different") <= 0.00101
    assert chance(found, 3, "at home: years apart") <= 0.00021
    twins = 3000 / (3000 + 2000 + 50_000)
    assert chance(found, 3, "at home: equal", "u_probability") == pytest.approx(twins, rel=0.05)
    apart = chance(found, 5, "another address, a postcode in common")
    assert apart == pytest.approx(0.92, abs=0.01)  # of pairs of one home; the rest stays apart


def test_twins_of_two_homes_teach_nobody_that_forenames_of_one_person_differ():
    of_two_homes = [*TWINS[:5], 0]
    fathers = [1, 0, -1, 5, 0, 0]  # all names of the son, another address, years apart
    found = trained(
        (PERSON, 600), (of_two_homes, 5000), (fathers, 3000), (SIBLINGS, 50_000)
    )  # fmt: skip

    assert chance(found, 0, "different") <= 0.00101
    assert chance(found, 3, "at home: years apart") <= 0.00021


def test_without_pairs_the_starting_chances_stay():
    found = trained((NEIGHBOURS, 0))

    for given_, learnt in zip(doubles_model.comparisons(), found, strict=True):
        for before, after in zip(telling(given_), telling(learnt), strict=True):
            assert after["m_probability"] == pytest.approx(before["m_probability"], abs=0.0011)


# ----------------------------------------------------------------------------- acceptance


def test_acceptance_finds_the_number_of_doubles_and_keeps_the_false_share():
    lines, prior = 10_000, doubles.starting_prior(10_000)
    weights, pairs = np.array([20.0, 6.0, -8.0]), np.array([150.0, 40.0, 1000.0])
    found = doubles.acceptance(weights, pairs, lines, prior, 0.01)
    chances = 1 / (1 + np.exp2(-(weights + found.shift_bits)))

    assert found.expected_doubles == pytest.approx((chances * pairs).sum(), rel=1e-2)
    false = (1 - chances) * pairs
    accepted = weights + found.shift_bits >= found.least_bits - 1e-9
    assert accepted.tolist() == [True, True, False]
    assert false[accepted].sum() <= 0.01 * pairs[accepted].sum()
    assert false.sum() > 0.01 * pairs.sum()
    assert found.expected_beyond == pytest.approx((chances * pairs)[~accepted].sum())


def test_nothing_is_accepted_where_no_pair_is_sure_enough():
    found = doubles.acceptance(np.array([-3.0]), np.array([9.0]), 100, 0.001, 0.001)

    assert found.least_bits == math.inf


def test_no_pair_at_all_is_no_fault():
    nothing = np.array([], dtype=float)

    assert doubles.acceptance(nothing, nothing, 0, 0.5, 0.001).least_bits == math.inf


# --------------------------------------------------------------------------------- groups


def test_a_copy_of_one_twin_does_not_join_the_two():
    # copy ~ twin_1 strongly, ~ twin_2 weakly; the twins are no pair
    groups = doubles.groups(["copy", "copy"], ["twin_1", "twin_2"], [20.0, 8.0])

    assert groups == [("copy", "twin_1")]


def test_the_heaviest_pair_is_joined_first_whatever_its_name():
    # a ~ b weakly, a ~ c strongly; b and c are no pair
    assert doubles.groups(["a", "a"], ["b", "c"], [8.0, 20.0]) == [("a", "c")]


def test_three_lines_of_one_person_are_one_group():
    assert doubles.groups(["a", "b", "a"], ["b", "c", "c"], [9.0, 8.0, 7.0]) == [("a", "b", "c")]


EDGES = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(5, 9)).filter(
        lambda edge: edge[0] < edge[1]
    ),
    unique_by=lambda edge: edge[:2],
)


@given(EDGES, st.randoms())
def test_groups_are_cliques_apart_from_each_other_whatever_the_order(edges, random):
    def grouped(rows):
        left, right, weight = ([row[n] for row in rows] for n in range(3))
        return doubles.groups([f"n{n}" for n in left], [f"n{n}" for n in right], weight)

    found = grouped(edges)
    shuffled = list(edges)
    random.shuffle(shuffled)
    accepted = {frozenset((f"n{a}", f"n{b}")) for a, b, _ in edges}

    assert grouped(shuffled) == found
    names = [name for group in found for name in group]
    assert len(names) == len(set(names))
    assert all(
        frozenset((a, b)) in accepted for group in found for a in group for b in group if a < b
    )
