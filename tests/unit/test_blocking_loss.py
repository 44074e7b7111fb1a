"""Blocking loss: how many true pairs no rule formed, from how those that were found agree."""

import numpy as np
import pytest

from attainment_linkage.core import blocking_loss
from attainment_linkage.core.blocking_loss import Lost
from attainment_linkage.core.kept_share import Weights
from attainment_linkage.core.rules import Rule

RULES = [
    Rule.parse(text)
    for text in (
        "birth_date & surname",
        "birth_date & forename",
        "postcodes[] & surname & forename",
        "birth_date & forename = surname & surname = forename",
    )
]


def kept(counts, bits=40.0):
    """Weights of so many pairs of each pattern, all alike; by default far above review."""
    counts = np.asarray(counts, float)
    return Weights(counts, counts * bits, counts * bits**2, counts * 0, 0.0)


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

    assert blocking_loss.lost_pairs(RULES, patterns, kept(counts)).pairs == pytest.approx(
        lost, rel=0.08
    )


@pytest.mark.parametrize("seed", range(3))
def test_records_that_are_worse_in_all_they_say_are_lost_more_often(seed, monkeypatch):
    # a fifth of the pairs disagrees in one field as in the next
    better = {"birth_date": 0.9, "forename": 0.9, "surname": 0.95, "postcodes": 0.9}
    worse = {"birth_date": 0.35, "forename": 0.4, "surname": 0.45, "postcodes": 0.4}
    one, other = drawn(16_000, seed, **better), drawn(4000, seed + 9, **worse)
    lost = one[2] + other[2]
    held = np.concatenate([one[0], other[0]])
    counts = np.concatenate([one[1], other[1]])
    found = blocking_loss.lost_pairs(RULES, held, kept(counts))
    monkeypatch.setattr(blocking_loss, "_BETTER_AND_WORSE", ((0.0,),))
    alone = blocking_loss.lost_pairs(RULES, held, kept(counts)).pairs

    assert abs(found.pairs - lost) <= found.error
    assert lost > found.pairs > 1.5 * alone  # what one class would have said


def test_next_to_nothing_is_lost_where_all_agree():
    patterns, counts, _ = drawn(5000, 1, birth_date=1, forename=1, surname=1, postcodes=1)

    assert blocking_loss.lost_pairs(RULES, patterns, kept(counts)).pairs == pytest.approx(
        0.0, abs=1e-6
    )


def test_pairs_of_a_rule_between_fields_alone_are_not_counted_as_lost():
    patterns, counts, lost = drawn(
        20_000, 2, birth_date=0.6, forename=0.7, surname=0.75, postcodes=0.8
    )
    names = [one.left for one in blocking_loss.equalities_of(RULES)]
    turned = np.array([[name in ("birth_date", "postcodes") for name in names]])
    both = blocking_loss.lost_pairs(
        RULES, np.concatenate([patterns, turned]), kept(np.append(counts, 100.0))
    ).pairs

    assert both == pytest.approx(lost - 100, rel=0.1)


def test_no_pairs_lost_of_none():
    nothing = np.zeros((0, len(blocking_loss.equalities_of(RULES))), bool)

    assert blocking_loss.lost_pairs(RULES, nothing, kept(np.zeros(0))) == Lost(0.0)


MANY = [
    Rule.parse(f"{one} & {other}")
    for one in ("birth_date", "birth_year", "birth_month", "birth_day")
    for other in ("forename_sound", "surname_sound", "postcode_sector", "phone", "email")
] + [Rule.parse("forename & surname"), Rule.parse("address & surname"), Rule.parse("identifier")]


def test_many_fields_are_gone_through_with_rare_states_put_together(monkeypatch):
    rng = np.random.default_rng(5)
    equalities = blocking_loss.equalities_of(MANY)
    slips = {blocking_loss.family_of(one): rng.random(30_000) < 0.25 for one in equalities}
    held = np.stack(
        [~slips[blocking_loss.family_of(one)] | (rng.random(30_000) < 0.1) for one in equalities],
        axis=1,
    )
    place = {one: number for number, one in enumerate(equalities)}
    found = np.zeros(30_000, bool)
    for rule in MANY:
        found |= held[:, [place[one] for one in rule.equalities]].all(axis=1)
    patterns, counts = np.unique(held[found], axis=0, return_counts=True)
    lost = int((~found).sum())

    exact = blocking_loss.lost_pairs(MANY, patterns, kept(counts.astype(float))).pairs
    monkeypatch.setattr(blocking_loss, "MOST_STATES", 2_000)
    merged = blocking_loss.lost_pairs(MANY, patterns, kept(counts.astype(float))).pairs
    monkeypatch.setattr(blocking_loss, "MOST_STATES", 130)
    fewest = blocking_loss.lost_pairs(MANY, patterns, kept(counts.astype(float))).pairs

    assert len(slips) >= 7  # birth, forename, surname, place, phone, email, identifier
    assert exact == pytest.approx(lost, rel=0.25)
    assert exact <= merged <= 2 * exact
    assert merged <= fewest  # a state is put with one that catches less, never with one of more


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("birth_place", "birth place"), ("birth_year", "birth"), ("given_names[]", "forename"),
        ("house_number", "place"), ("place_sound", "place"), ("phone", "phone"),
        ("middle_initial", "middle name"), ("name_sorted", None), ("companions[]", None),
        ("forename = surname", None), ("birth_month = birth_day", None),
    ],
)  # fmt: skip
def test_an_equality_is_of_one_family_of_fields(text, family):
    assert blocking_loss.family_of(Rule.parse(text).equalities[0]) == family
