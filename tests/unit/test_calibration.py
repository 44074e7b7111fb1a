"""Calibration: rates from weights alone, intervals that hold chance and the model's error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core import blocking_loss
from attainment_linkage.core.calibration import WeighedPairs, error_rates
from attainment_linkage.core.rules import Rule

NONE = -np.inf


def pairs(*rows):
    """(bits, rival bits, pairs, is link) as weighed pairs."""
    bits, rivals, counts, links = zip(*rows, strict=True)
    return WeighedPairs(*(np.array(one, float) for one in (bits, rivals, counts)), np.array(links))


def test_a_link_s_chance_is_its_odds_over_its_rivals_and_nobody():
    chance = pairs((0.0, NONE, 1, True), (3.0, 3.0, 1, True), (40.0, NONE, 1, True)).chance()

    assert chance == pytest.approx([1 / 2, 8 / 17, 1.0])


def test_rates_are_what_the_chances_add_up_to():
    found = error_rates(
        pairs((6.0, NONE, 6500, True), (1.0, NONE, 300, False)), true_below_review=20, lost=80
    )
    false, unlinked = 6500 / 65, 300 * 2 / 3
    missed = unlinked + 20 + 80

    assert found.false_links.value == pytest.approx(false / 6500)
    assert found.missed_links.value == pytest.approx(missed / (6500 - false + missed))


@given(
    st.lists(st.tuples(st.floats(0, 30), st.integers(1, 5000), st.booleans()), min_size=1),
    st.floats(0, 1000),
)
def test_limits_hold_the_estimate_and_stay_shares(rows, lost):
    found = error_rates(pairs(*((b, NONE, n, link) for b, n, link in rows)), 0.0, lost)

    for share in (found.false_links, found.missed_links):
        assert 0 <= share.lower <= share.value <= share.upper <= 1


def test_sure_links_still_leave_room_for_three_false_ones():
    found = error_rates(pairs((60.0, NONE, 1000, True)), 0.0, 0.0)

    assert found.false_links.lower == 0
    assert found.false_links.upper >= 3 / 1000


# -------------------------------------------------------------------------- blocking loss

RULES = [
    Rule.parse(text)
    for text in (
        "birth_date & surname",
        "birth_date & forename",
        "postcodes[] & surname & forename",
        "birth_date & forename = surname & surname = forename",
    )
]


def drawn(count, seed, **chances):
    """Patterns of true pairs that agree in each field with its chance, and which are found."""
    rng = np.random.default_rng(seed)
    equalities = blocking_loss.equalities_of(RULES)
    agree = {name: rng.random(count) < chance for name, chance in chances.items()}
    held = np.stack([agree[one.left] for one in equalities], axis=1)
    found = (agree["birth_date"] & (agree["surname"] | agree["forename"])) | (
        agree["postcodes"] & agree["surname"] & agree["forename"]
    )
    patterns, counts = np.unique(held[found], axis=0, return_counts=True)
    return patterns, counts.astype(float), int((~found).sum())


@pytest.mark.parametrize("seed", range(4))
def test_the_number_lost_is_found_from_those_not_lost(seed):
    chances = {"birth_date": 0.6, "forename": 0.7, "surname": 0.75, "postcodes": 0.8}
    patterns, counts, lost = drawn(20_000, seed, **chances)

    assert blocking_loss.lost_pairs(RULES, patterns, counts) == pytest.approx(lost, rel=0.08)


def test_next_to_nothing_is_lost_where_all_agree():
    patterns, counts, _ = drawn(5000, 1, birth_date=1, forename=1, surname=1, postcodes=1)

    assert blocking_loss.lost_pairs(RULES, patterns, counts) == pytest.approx(0.0, abs=1e-6)


def test_pairs_of_a_rule_between_fields_alone_are_not_counted_as_lost():
    patterns, counts, lost = drawn(
        20_000, 2, birth_date=0.6, forename=0.7, surname=0.75, postcodes=0.8
    )
    names = [one.left for one in blocking_loss.equalities_of(RULES)]
    turned = np.array([[name in ("birth_date", "postcodes") for name in names]])
    both = blocking_loss.lost_pairs(
        RULES, np.concatenate([patterns, turned]), np.append(counts, 100.0)
    )

    assert both == pytest.approx(lost - 100, rel=0.1)


def test_no_pairs_lost_of_none():
    nothing = np.zeros((0, len(blocking_loss.equalities_of(RULES))), bool)

    assert blocking_loss.lost_pairs(RULES, nothing, np.zeros(0)) == 0.0
