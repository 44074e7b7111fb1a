"""Calibration: rates from weights alone, intervals that hold chance and the model's error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core.blocking_loss import Lost
from attainment_linkage.core.calibration import (
    StandIns,
    WeighedPairs,
    accepted_bits,
    error_rates,
    false_share,
)

NONE = -np.inf


def pairs(*rows):
    """(bits, rival bits, pairs, is link) as weighed pairs."""
    bits, rivals, counts, links = zip(*rows, strict=True)
    return WeighedPairs(*(np.array(one, float) for one in (bits, rivals, counts)), np.array(links))


def test_a_link_s_chance_is_its_odds_over_its_rivals_and_nobody():
    chance = pairs((0.0, NONE, 1, True), (3.0, 3.0, 1, True), (40.0, NONE, 1, True)).chance()

    assert chance == pytest.approx([1 / 2, 8 / 17, 1.0])


def stand_ins(*rows, unpaired, copies=0.0):
    """(bits, linked records whose next best pair has them) as stand-ins."""
    bits, records = zip(*rows, strict=True) if rows else ((), ())
    return StandIns(np.array(bits, float), np.array(records, float), unpaired, copies)


NOBODY = stand_ins(unpaired=0)


def test_rates_are_what_the_chances_and_the_stand_ins_add_up_to():
    found = error_rates(
        pairs((6.0, 2.0, 6500, True), (1.0, NONE, 300, False)),
        stand_ins((5.0, 999), (6.0, 65), (9.0, 65), unpaired=1000),
        true_below_review=20,
        lost=Lost(80),
    )
    false = 1000 * 130 / 6500 + 6500 * 4 / (1 + 4 + 64)
    missed = 300 * 2 / 3 + 20 + 80

    assert found.false_links.value == pytest.approx(false / 6500)
    assert found.missed_links.value == pytest.approx(missed / (6500 - false + missed))


@pytest.mark.parametrize("seed", range(3))
def test_false_links_of_records_without_a_partner_are_told_from_those_with_one(seed):
    # in a world where 3 records in 200 find a stand-in, with a partner or without
    rng = np.random.default_rng(seed)
    inside = 0
    for _ in range(200):
        seen, false = rng.binomial(15_000, 0.015), rng.binomial(1000, 0.015)
        known = false_share(
            pairs((20.0, NONE, 15_000 + false, True)), stand_ins((9.0, seen), unpaired=1000), 8.0
        )
        inside += known.lower <= false / (15_000 + false) <= known.upper

    assert inside >= 186  # 95% of 200 are 190; 186 is two standard errors less


def test_without_stand_ins_the_chances_of_the_links_are_what_is_expected():
    linked = pairs((6.0, NONE, 650, True), (20.0, NONE, 9350, True), (3.0, NONE, 900, False))
    nobody = StandIns(np.zeros(0), np.zeros(0), unpaired=500, is_counted=False)
    found = false_share(linked, nobody, 5.0)

    assert found.value == pytest.approx(650 / 65 / 10_000, rel=0.01)
    assert found.lower < 650 / 257 / 10_000  # were the weights two bits too low
    assert 650 / 17 / 10_000 < found.upper < 2 * 650 / 17 / 10_000  # or too high
    assert false_share(linked, nobody, 10.0).value < 1e-5


def test_stand_ins_under_the_accepted_weight_are_none():
    linked, free = pairs((20.0, NONE, 1000, True)), stand_ins((7.9, 50), (8.0, 10), unpaired=100)

    assert false_share(linked, free, 8.0).value == pytest.approx(100 * 10 / 1000 / 1000)


def test_copies_among_the_stand_ins_are_no_false_links_and_widen_the_limits():
    linked = pairs((20.0, NONE, 1000, True))
    plain = false_share(linked, stand_ins((9.0, 60), unpaired=1000), 8.0)
    # weak next best pairs are no copies: those agree as the person does
    fewer = false_share(linked, stand_ins((9.0, 100), (5.0, 900), unpaired=1000, copies=40), 8.0)
    none_but_copies = false_share(linked, stand_ins((9.0, 100), unpaired=1000, copies=300), 8.0)

    assert fewer.value == pytest.approx(plain.value)
    assert fewer.lower < plain.lower
    assert fewer.upper > plain.upper
    assert none_but_copies.value == pytest.approx(0.0, abs=1e-9)

    near = pairs((20.0, 17.0, 1000, True))  # each has a rival three bits below it
    rivals, copies = (
        false_share(near, stand_ins((17.0, 1000), unpaired=0, copies=c), 8.0).value
        for c in (0, 500)
    )
    assert rivals == pytest.approx(1 / 9, rel=1e-3)
    assert copies == pytest.approx(rivals / 2)  # and takes nothing where it is the person's own


@pytest.mark.parametrize(
    ("rate", "bits"), [(0.5, 3.0), (0.0071, 3.0), (0.0069, 8.0), (0.0067, 20.0), (0.0001, None)]
)
def test_the_accepted_weight_follows_from_the_rate(rate, bits):
    linked = pairs((3.0, NONE, 100, True), (8.0, NONE, 100, True), (20.0, NONE, 800, True))
    # false from 20 bits on: 0.125 of 800; from 8: 6.11 of 900; from 3: 7 of 1000
    free = stand_ins((3.0, 15), (8.0, 54), (20.0, 1), unpaired=100)

    assert accepted_bits(linked, free, rate, 3.0) == bits
    assert accepted_bits(pairs((1.0, NONE, 5, False)), free, rate, 3.0) == 3.0


@given(
    st.lists(st.tuples(st.floats(0, 30), st.integers(1, 5000), st.booleans()), min_size=1),
    st.lists(st.tuples(st.floats(0, 30), st.integers(1, 500))),
    st.floats(0, 1000),
)
def test_limits_hold_the_estimate_and_stay_shares(rows, free, lost):
    weighed = pairs(*((b, NONE, n, link) for b, n, link in rows))
    found = error_rates(weighed, stand_ins(*free, unpaired=lost), 0.0, Lost(lost, lost))

    for share in (found.false_links, found.missed_links):
        assert 0 <= share.lower <= share.value <= share.upper <= 1


def test_what_blocking_loss_may_be_off_by_widens_the_limits():
    linked = pairs((20.0, NONE, 10_000, True))
    sure, unsure = (error_rates(linked, NOBODY, 0.0, Lost(400, error)) for error in (0, 200))

    assert sure.missed_links.value == unsure.missed_links.value == pytest.approx(400 / 10_400)
    assert unsure.missed_links.upper > 590 / 10_400 > sure.missed_links.upper
    assert unsure.missed_links.lower < 210 / 10_400 < sure.missed_links.lower


def test_of_two_estimates_of_pairs_under_review_the_greater_counts_and_their_gap_widens():
    linked = pairs((20.0, NONE, 10_000, True))
    plain, fewer, more = (
        error_rates(linked, NOBODY, 20.0, Lost(0.0, under_review=under)).missed_links
        for under in (0.0, 15.0, 120.0)
    )

    assert plain == fewer
    assert more.value == pytest.approx(120 / 10_120)
    assert more.lower < 25 / 10_120  # down to what the chances say
    assert more.upper > 220 / 10_120 > plain.upper


def test_true_pairs_under_review_are_as_unsure_as_the_weights():
    linked = pairs((20.0, NONE, 10_000, True))
    found = error_rates(linked, NOBODY, 200.0, Lost(0.0)).missed_links

    assert found.value == pytest.approx(200 / 10_200)
    assert found.upper > 4 * 200 / 10_200 > found.upper - 0.002
    assert found.lower < 200 / 4 / 10_200 < found.lower + 0.002


def test_sure_links_still_leave_room_for_errors():
    found = error_rates(pairs((60.0, NONE, 1000, True)), NOBODY, 0.0, Lost(0.0))

    assert found.false_links.lower == 0
    assert found.false_links.upper >= 1 / 1000
    assert found.missed_links.upper >= 3 / 1000
