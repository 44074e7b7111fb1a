"""Estimates without truth: homes, strangers and the number of true pairs, on planted pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attainment_linkage.core import homes, strangers
from attainment_linkage.core.comparisons import birth, forename, surname
from attainment_linkage.core.levels import Home, is_home, telling
from attainment_linkage.core.patterns import Patterns
from attainment_linkage.core.prior import (
    EVIDENCE_FLOOR_BITS,
    Evidence,
    Files,
    evidence_floor,
    expected_pairs,
    partner_gain,
    posterior_shift,
    starting_prior,
)

HOME = Home("address", 12, "home_l = home_r", 0.6)


def comparisons():
    """Forename, surname, birth, with u of a population where names and dates are rare."""
    made = [forename(True), surname(True, HOME), birth(HOME)]
    for comparison in made:
        levels = [level for level in telling(comparison) if not is_home(level)]
        for level in levels:
            level["u_probability"] = 0.001
        levels[-1]["u_probability"] = 1 - 0.001 * (len(levels) - 1)
    return made


def place(comparison, label, at_home=False):
    labels = [level["label_for_charts"] for level in telling(comparison)]
    return labels.index(("at home: " if at_home else "") + label)


def patterns(*rows):
    """Rows of (forename, surname, birth, pairs), by the label of the level."""
    made = comparisons()
    places = [
        [place(made[0], row[0]), place(made[1], row[1], True), place(made[2], row[2], True)]
        for row in rows
    ]
    return Patterns(np.array(places), np.array([float(row[3]) for row in rows]))


def share(mixture_side, comparison, label):
    return mixture_side[comparison][place(comparisons()[comparison], label, True)]


def test_siblings_and_twins_of_one_home_are_told_from_the_same_person():
    """1,000 people met twice; 2,000 siblings, 60 twins."""
    found = homes.fitted(
        patterns(
            ("equal", "equal", "equal", 930),
            ("one edit", "equal", "equal", 40),
            ("equal", "equal", "nearly equal", 30),
            ("different", "equal", "different", 1940),
            ("different", "equal", "equal", 60),
        ),
        comparisons(),
    )

    assert found.pairs == 3000
    assert found.share_same == pytest.approx(1 / 3, abs=0.02)
    assert share(found.u, 2, "equal") == pytest.approx(60 / 2000, abs=0.012)
    assert share(found.m, 2, "equal") == pytest.approx(0.96, abs=0.02)
    assert share(found.u, 1, "equal") > 0.95


def test_fathers_whose_sons_bear_their_name_teach_nobody_that_birth_dates_slip_by_decades():
    """1,000 people met twice; 400 fathers of the name; 1,600 siblings."""
    found = homes.fitted(
        patterns(
            ("equal", "equal", "equal", 960),
            ("equal", "equal", "nearly equal", 40),
            ("equal", "equal", "years apart", 400),
            ("different", "equal", "different", 1600),
        ),
        comparisons(),
    )

    assert share(found.m, 2, "years apart") <= 0.0005
    assert share(found.m, 2, "nearly equal") == pytest.approx(0.04, abs=0.01)
    levels = telling(comparisons()[2])
    at_home = [v for v, one in zip(found.m[2], levels, strict=True) if is_home(one)]
    assert sum(at_home) == pytest.approx(1)


def test_a_level_no_pair_of_homes_showed_keeps_a_chance_and_home_levels_add_up_to_one():
    found = homes.fitted(patterns(("equal", "equal", "equal", 500)), comparisons())

    for side in (found.m, found.u):
        for number in (1, 2):
            levels = telling(comparisons()[number])
            at_home = [v for v, one in zip(side[number], levels, strict=True) if is_home(one)]
            assert sum(at_home) == pytest.approx(1)
            assert min(at_home) > 0
    # 500 pairs showed another level; the start counts as 30
    assert share(found.m, 2, "near") == pytest.approx(30 * 0.01 / 530, rel=0.05)
    assert share(found.u, 1, "different") == pytest.approx(0.38, abs=0.02)  # nobody showed it


def test_without_pairs_of_homes_there_is_no_mixture():
    nobody = Patterns(np.array([[-1, -1, -1]]), np.array([10.0]))
    assert homes.fitted(nobody, comparisons()) is None


def test_the_mixture_goes_into_the_home_levels_alone():
    made = comparisons()
    found = homes.fitted(patterns(("equal", "equal", "equal", 500)), made)
    changed = homes.with_homes({"comparisons": made}, found, (0, 1, 2))["comparisons"]

    for before, after in zip(made, changed, strict=True):
        for old, new in zip(telling(before), telling(after), strict=True):
            assert is_home(old) == (old != new)


def one_level(column, m, u=0.5):
    levels = [
        {"sql_condition": "a", "m_probability": m, "u_probability": u},
        {"sql_condition": "ELSE", "m_probability": 1 - m, "u_probability": 1 - u},
    ]
    return {"output_column_name": column, "comparison_levels": levels}


def test_true_pairs_among_random_ones_do_not_count_as_strangers():
    """A million random pairs: 60 true ones share number and name, 2,000 strangers a name."""
    made = {"comparisons": [one_level("number", 0.95), one_level("name", 0.95)]}
    random = Patterns(
        np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([57.0, 3.0, 2_003.0, 997_937.0])
    )
    first = strangers.first_u(made, random)
    purged = strangers.purged_u(first, random, prior=60 / 1e6)

    def u_of(model, number):
        return telling(model["comparisons"][number])[0]["u_probability"]

    assert u_of(first, 0) == pytest.approx(60e-6)
    assert u_of(purged, 0) < 4e-6
    assert u_of(purged, 1) == pytest.approx(2_000e-6, rel=0.01)


def test_a_level_no_random_pair_showed_has_the_chance_of_half_a_pair():
    made = {"comparisons": [one_level("number", 0.95)]}
    u = telling(
        strangers.first_u(made, Patterns(np.array([[1]]), np.array([1000.0])))["comparisons"][0]
    )

    assert u[0]["u_probability"] == pytest.approx(0.5 / 1000.5)
    assert sum(level["u_probability"] for level in u) == pytest.approx(1)


def evidence_of(true_pairs, chance_pairs, bits=30.0, low=0.0):
    """True pairs, and chance pairs of the same people: a true pair is their rival."""
    rival = np.array([low + 3, bits if true_pairs else low + 3])
    counts = np.array([float(true_pairs), float(chance_pairs)])
    return Evidence(np.array([bits, low]), rival, counts)


@pytest.mark.parametrize("true_pairs", [1, 40, 950])
@pytest.mark.parametrize("relation", ["one_to_one", "many_to_one", "one_to_many", "many_to_many"])
def test_the_number_of_true_pairs_is_found_whatever_it_was_guessed_to_be(true_pairs, relation):
    files = Files(1_000, 1_000, relation)
    for first in (1.0, 300.0, 1e5):
        found = expected_pairs(evidence_of(true_pairs, 5_000), files, first)
        assert found == pytest.approx(true_pairs, rel=0.02, abs=0.5)


def test_where_nobody_matches_next_to_nothing_is_expected():
    files = Files(10_000, 10_000, "one_to_one")
    assert expected_pairs(evidence_of(0, 5_000, low=5.0), files, 3_000.0) < 1


def test_rivals_share_what_speaks_for_them():
    """Twice the pairs, each with a rival as strong as itself, are no more people."""
    files = Files(1_000, 1_000, "one_to_one")
    lone = Evidence(np.array([30.0]), np.array([-np.inf]), np.array([400.0]))
    tied = Evidence(np.array([30.0]), np.array([30.0]), np.array([800.0]))

    assert expected_pairs(tied, files, 300.0) == pytest.approx(
        expected_pairs(lone, files, 300.0), rel=0.01
    )


@given(
    st.floats(0.1, 1e7),
    st.integers(1, 10**7),
    st.integers(1, 10**7),
    st.sampled_from(["one_to_one", "many_to_one", "one_to_many", "many_to_many"]),
)
@settings(deadline=None)
def test_a_partner_gain_is_never_negative_nor_beyond_its_bound(expected, left, right, relation):
    gain = partner_gain(expected, Files(left, right, relation))
    sides = 2 if relation == "one_to_one" else 0 if relation == "many_to_many" else 1
    assert 0 <= gain <= sides * 5.65


def test_the_shift_leads_from_the_starting_prior_to_the_expected_pairs():
    files = Files(1_000, 4_000, "many_to_many")
    start = starting_prior(files)

    assert start == pytest.approx(300 / 4e6)
    assert posterior_shift(1_200.0, files, start) == pytest.approx(2.0, abs=0.001)
    once = Files(1_000, 4_000, "many_to_one")
    assert posterior_shift(500.0, once, start) == pytest.approx(np.log2(5 / 3) + 1, abs=0.001)


@given(
    st.floats(0.0, 1.0),
    st.integers(10, 10**7),
    st.integers(10, 10**7),
    st.sampled_from(["one_to_one", "many_to_one", "one_to_many"]),
    st.floats(-6, 6),
)
@settings(deadline=None)
def test_no_number_of_true_pairs_lifts_a_pair_under_the_floor_to_review(
    share, left, right, relation, review
):
    files = Files(left, right, relation)
    floor = evidence_floor(files, review)
    most = {"one_to_one": min(left, right), "many_to_one": left, "one_to_many": right}[relation]
    lift = posterior_shift(max(share * most, 1.0), files, starting_prior(files))

    assert floor <= review
    assert floor <= EVIDENCE_FLOOR_BITS or floor + lift <= review + 0.001


def test_the_floor_is_no_lower_than_the_files_need():
    assert evidence_floor(Files(2_000_000, 2_400_000, "one_to_one"), 0.0) == -9.966
    assert evidence_floor(Files(1_000, 1_000, "one_to_one"), 0.0) == EVIDENCE_FLOOR_BITS
    assert evidence_floor(Files(1_000, 9_000, "many_to_many"), 0.0) == EVIDENCE_FLOOR_BITS
    assert evidence_floor(Files(1_000, 9_000, "many_to_many"), -13.0) == -13.0


def test_two_files_of_one_record_have_a_starting_prior():
    assert starting_prior(Files(1, 1, "one_to_one")) == 0.5
