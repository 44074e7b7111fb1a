"""Roles: the fields they fill, and the default model that follows from them."""

import pytest

from attainment_linkage.core import default_rules, roles
from attainment_linkage.core.column_facts import facts_from_counts
from attainment_linkage.core.default_model import model_for
from attainment_linkage.core.rules import Rule
from attainment_linkage.core.training import comparisons_free_of
from attainment_linkage.core.variants import forename_roots

PEOPLE = ("forename", "surname", "sex", "birth_day", "birth_month", "birth_year")
LINE = (*PEOPLE, "address_line", "postcode")
PARTED = (*PEOPLE, "house_number", "street", "postcode")
WHOLE_DATE = ("forename", "surname", "date_of_birth", "place", "identifier", "region")
ROLE_SETS = {
    "essnet": (LINE, PARTED),
    "febrl": (WHOLE_DATE, WHOLE_DATE),
    "history": ((*PARTED, "postcode_history"), PARTED),
    "full name": (("full_name", "age", "place"), ("full_name", "age", "place")),
    "free": (("surname", "birth_year", "attribute:tenure"),) * 2,
    "everything": (tuple(roles.ROLES), tuple(roles.ROLES)),
}


def test_roles_and_named_attributes_are_roles():
    given = (*roles.ROLES, "attribute:tenure", "attribute:tenure_2")
    assert all(roles.is_role(role) for role in given)


def test_anything_else_is_no_role():
    others = ("", "Forename", "attribute:", "attribute:a b", "record_id")
    assert not any(roles.is_role(role) for role in others)


def test_every_role_fills_fields_of_the_linkage_record():
    for role in roles.ROLES:
        found = roles.fields_of([role])
        assert found, role
        assert found <= set(roles.FIELDS), role


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["full_name"], ["forename", "surname"]),
        (["date_of_birth"], ["birth_day", "birth_month", "birth_year"]),
        (["address_line"], ["house_number", "street"]),
        (["address_line", "postcode"], ["house_number", "street", "postcode"]),
    ],
)
def test_roles_that_mean_the_same_fill_the_same_fields(one, other):
    assert roles.fields_of(other) <= roles.fields_of(one)
    assert roles.common_fields(one, other) == roles.fields_of(other)


def test_fields_that_several_roles_give_together_need_them_all():
    assert "name_sorted" in roles.fields_of(["forename", "surname"])
    assert "name_sorted" not in roles.fields_of(["forename"])
    assert "birth_date" not in roles.fields_of(["birth_day", "birth_year"])
    assert "address" not in roles.fields_of(["street"])


def test_an_attribute_is_compared_with_its_namesake_alone():
    assert roles.fields_of(["attribute:tenure"]) == {"attribute_tenure"}
    assert not roles.common_fields(["attribute:tenure"], ["attribute:rooms"])


def test_one_sided_roles_are_those_the_other_file_cannot_answer():
    left = ["full_name", "phone", "attribute:tenure"]
    right = ["forename", "email", "attribute:rooms"]

    expected = ("attribute:rooms", "attribute:tenure", "email", "phone")
    assert roles.one_sided_roles(left, right) == expected


# --- column facts


@pytest.mark.parametrize(
    ("day_first", "month_first", "expected"), [(5, 4, True), (4, 5, False), (0, 0, True)]
)
def test_numeric_dates_are_read_as_most_of_the_column_can_only_be(day_first, month_first, expected):
    counts = {"day_first": day_first, "month_first": month_first}

    assert facts_from_counts(counts).is_day_first is expected


@pytest.mark.parametrize(
    ("dates", "new_years", "expected"),
    [(1000, 50, True), (1000, 49, False), (99, 99, False), (0, 0, False), (None, None, False)],
)
def test_many_first_days_of_january_stand_for_the_year(dates, new_years, expected):
    facts = facts_from_counts({"birth_dates": dates, "new_years": new_years})

    assert facts.is_new_year_partial is expected


def test_a_column_of_nearly_one_value_is_idle():
    filled = {"place": (100, 90), "region": (100, 89), "street": (0, None), "birth_year": (9, 9)}
    filled |= {"sex": (100, 95), "attribute:tenure": (100, 90), "attribute:rooms": (100, 89)}
    counts = {f"{role}_filled": rows for role, (rows, _) in filled.items()}
    counts |= {f"{role}_top": top for role, (_, top) in filled.items()}

    assert facts_from_counts(counts | {"rows": 100}).idle_roles == {"place", "attribute:tenure"}
    assert facts_from_counts(counts | {"rows": 19}).idle_roles == set()  # it may be by chance


# --- default rules


def test_rules_are_kept_in_order_while_their_pairs_are_affordable():
    rules = tuple(Rule.parse(text) for text in ("surname", "forename", "postcode", "phone"))
    budget = default_rules.FEWEST_BUDGET_PAIRS
    counted = {0: budget - 10, 1: 11, 2: 10}

    chosen = default_rules.affordable(rules, counted, 10, 10)

    assert chosen.kept == (rules[0], rules[2], rules[3])
    assert chosen.dropped == (rules[1],)


def test_the_budget_grows_with_the_records():
    rules = (Rule.parse("surname"),)
    records = default_rules.FEWEST_BUDGET_PAIRS // default_rules.PAIRS_PER_RECORD + 1
    most = default_rules.PAIRS_PER_RECORD * records

    assert default_rules.affordable(rules, {0: most}, records - 1, 1).kept == rules
    assert default_rules.affordable(rules, {0: most + 1}, records - 1, 1).dropped == rules


# --- default model


@pytest.mark.parametrize("is_narrow", [False, True])
@pytest.mark.parametrize("name", ROLE_SETS)
def test_a_model_reads_only_columns_of_the_linkage_record(name, is_narrow):
    model = model_for(*ROLE_SETS[name], is_narrow=is_narrow)

    known = {*roles.FIELDS, "attribute_tenure"}
    assert model.comparisons
    assert set(model.columns) <= known
    assert set(model.term_frequency_columns) <= set(model.comparison_columns)


@pytest.mark.parametrize("name", ROLE_SETS)
def test_rules_use_only_fields_that_both_files_can_fill(name):
    model = model_for(*ROLE_SETS[name])

    fields = roles.common_fields(*ROLE_SETS[name])
    for rule in (*model.blocking_rules, *model.matchkeys, *model.training_rules):
        assert {*rule.left_columns, *rule.right_columns} <= fields, rule.text


@pytest.mark.parametrize("name", ["essnet", "febrl"])
def test_each_comparison_can_be_trained_by_some_session(name):
    model = model_for(*ROLE_SETS[name])

    seen = {number for rule in model.training_rules for number in comparisons_free_of(rule, model)}
    assert seen == set(range(len(model.comparisons)))


def test_what_is_ignored_is_noted():
    model = model_for((*LINE, "phone"), (*PARTED, "place"), ["sex"])

    notes = "\n".join(model.notes)
    assert "role phone is ignored" in notes
    assert "role place is ignored" in notes
    assert "role sex is set aside" in notes
    assert "sex" not in model.columns


# --- variants


def test_forms_of_one_forename_share_a_root_and_a_root_is_its_own():
    listed = forename_roots()

    assert listed["BOB"] == listed["ROBERT"] == "ROBERT"
    assert listed["LIZ"] == listed["BETTY"] == "ELIZABETH"
    assert listed["JAMES"] != listed["JOHN"]
    assert all(form.isascii() and form.isalpha() and form.isupper() for form in listed)
