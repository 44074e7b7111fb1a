"""Matchkeys: the ladder in conf/ can be read and used, and a broken one is refused."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from attainment_linkage.core.blocking_plan import key_groups
from attainment_linkage.core.default_model import model_for
from attainment_linkage.core.matchkeys import ladder_of
from attainment_linkage.core.model import COMPANIONS, DERIVED, SOLE_NAME
from attainment_linkage.core.road_sides import ATTAINMENT_SIDE, CENSUS_SIDE
from attainment_linkage.domain.errors import RuleError

LADDER = Path(__file__).resolve().parents[2] / "conf" / "matchkeys.toml"
ROLES = (ATTAINMENT_SIDE.roles.values(), CENSUS_SIDE.roles.values())


@pytest.fixture(scope="module")
def ladder():
    return ladder_of(tomllib.loads(LADDER.read_text("utf-8")), "conf")


def key(**changed):
    return {"name": "one", "rule": "forename & birth_date", "source": "us", **changed}


def test_the_road_has_at_least_twenty_keys_and_begins_with_full_agreement(ladder):
    assert len(ladder.matchkeys) >= 20
    strictest = {equality.left for equality in ladder.matchkeys[0].equalities}
    assert strictest == {"forename", "surname", "birth_date", "sex", "postcode"}


def test_no_key_forms_only_pairs_that_a_stricter_one_has_already(ladder):
    """A key that adds an equality to an earlier one could never be a pair's strictest."""
    seen = []
    for rule in ladder.matchkeys:
        assert not any(earlier <= set(rule.equalities) for earlier in seen), rule.name
        seen.append(set(rule.equalities))


def test_the_ladder_needs_no_more_partitionings_than_the_blocking_rules_alone(ladder):
    model = replace(model_for(*ROLES, is_narrow=True), matchkeys=ladder.matchkeys)
    alone = key_groups(model.blocking_rules)

    assert len(key_groups(model.blocking_rules, model.matchkeys)) <= len(alone)


def test_fields_of_all_records_at_once_are_made_and_not_read_from_the_records(ladder):
    model = replace(model_for(*ROLES, is_narrow=True), matchkeys=ladder.matchkeys)

    assert model.derived == (COMPANIONS, SOLE_NAME)
    assert not set(model.columns) & set(DERIVED)
    assert {*DERIVED[COMPANIONS], *DERIVED[SOLE_NAME]} <= set(model.columns)
    assert model_for(*ROLES, is_narrow=True).derived == ()


def test_who_signed_it_off_is_read():
    assert ladder_of({"matchkey": [key()], "signed_off_by": "A. N. Other"}, "x").signed_off_by


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "no \\[\\[matchkey\\]\\]"),
        ({"matchkey": [key(rule="forename &")]}, "is not an equality"),
        ({"matchkey": [key(rule="nickname & birth_date")]}, "nickname is no field"),
        ({"matchkey": [key(source="")]}, "must have name, rule and source"),
        ({"matchkey": [key(weight=3)]}, "must have name, rule and source"),
        ({"matchkey": [key(), key(rule="surname & birth_date")]}, "an earlier key"),
        ({"matchkey": [key(), key(name="two", rule="birth_date & forename")]}, "an earlier key"),
    ],
)
def test_a_ladder_that_cannot_be_used_is_refused(document, said):
    with pytest.raises(RuleError, match=f"conf: .*{said}"):
        ladder_of(document, "conf")
