"""The declared row rules of each source, and how much may break before all is refused."""

import re

import pytest

from attainment_linkage.core import intake, row_rules
from attainment_linkage.core.columns_check import column_faults
from attainment_linkage.domain.errors import (
    CountsDifferError,
    InputColumnsError,
    InputError,
    InputNotUniqueError,
)
from attainment_linkage.domain.tables import (
    CENSUS_SOURCE,
    KS4_SOURCE,
    SCHOOL_CENSUS_SOURCE,
    SOURCES,
)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_each_required_column_must_be_filled_and_well_formed(source):
    required = [column.name for column in source.columns if column.is_required]
    rules = {rule.code: rule for rule in row_rules.row_rules(source)}

    assert required
    assert set(rules) == {
        f"{fault}_{name}" for name in required for fault in ("missing", "malformed")
    }
    assert all(rules[f"malformed_{name}"].pattern for name in required)


@pytest.mark.parametrize("value", ["C1", "E10-0004", "a" * 64, "2011:5/3"])
def test_ids_are_letters_digits_and_plain_signs(value):
    assert re.search(row_rules.ID_PATTERN, value)


@pytest.mark.parametrize("value", ["", "C 1", "-1", "C1;", "Zoë", "a" * 65, "C1\n2", "C1\n"])
def test_other_ids_are_malformed(value):
    assert not re.search(row_rules.ID_PATTERN, value)


@pytest.mark.parametrize(
    ("value", "is_year"),
    [
        ("2010/11", True), ("2010/2011", True), ("2010-11", True), ("1999/00", True),
        ("2010", False), ("10/11", False), ("2010/111", False), ("2110/11", False),
    ],
)  # fmt: skip
def test_academic_years(value, is_year):
    assert bool(re.search(row_rules.YEAR_PATTERN, value)) == is_year


def test_a_source_without_a_key_is_keyed_by_the_whole_row():
    assert row_rules.key_columns(SCHOOL_CENSUS_SOURCE) == ("attainment_id", "academic_year")
    assert row_rules.repeat_code(SCHOOL_CENSUS_SOURCE) == "repeated_key"
    assert row_rules.key_columns(KS4_SOURCE) == tuple(KS4_SOURCE.names)
    assert row_rules.repeat_code(KS4_SOURCE) == "copied_row"


def test_a_key_that_repeats_too_often_refuses_the_source():
    intake.refuse_not_unique(CENSUS_SOURCE, 2, 100, 0.02)

    with pytest.raises(InputNotUniqueError, match="3 of its 100 rows repeat census_id of another"):
        intake.refuse_not_unique(CENSUS_SOURCE, 3, 100, 0.02)


def test_too_many_broken_rows_refuse_the_source():
    intake.refuse_mostly_refused(CENSUS_SOURCE, {"field_count": 10}, 10, 100, 0.1)

    with pytest.raises(InputError, match="11 of the 100 rows of census break a rule: a 9, b 2"):
        intake.refuse_mostly_refused(CENSUS_SOURCE, {"b": 2, "a": 9}, 11, 100, 0.1)


def test_no_row_may_be_lost():
    intake.refuse_lost_rows("ks4_identity", 100, 98, 2)

    with pytest.raises(CountsDifferError, match="100 rows in; 97 in ks4_identity, 2 in quarantine"):
        intake.refuse_lost_rows("ks4_identity", 100, 97, 2)


@pytest.mark.parametrize(
    ("names", "faults"),
    [
        (["a", "b", "c", "d"], ""),
        (["d", "c", "b", "a"], ""),
        (["a", "b", "c"], "missing d"),
        (["a", "b", "c", "d", "d"], "doubled d"),
        (["a", "b", "c", "d", "e", "e"], "1 not declared, in place 5"),
        (["a", "b", "c", "points"], "missing d; 1 not declared, in place 4"),
        (["a", "b", "c", "d", ""], "1 not declared, in place 5"),
        (["a", "b", "c", "d", "P1", "SMITH"], "2 not declared, in place 5, 6"),
        (["a", "b", "dP1", "SMITH"], "missing c, d; 2 not declared, in place 3, 4"),
        (
            ["a", "P1", "SMITH", "1995-03-04"],
            "missing b, c, d; 3 others in their place; the first line may not be a header",
        ),
    ],
)
def test_column_faults_name_columns_and_never_a_first_row(names, faults):
    assert column_faults(names, ["a", "b", "c", "d"]) == faults


def test_a_header_with_a_row_behind_it_is_not_repeated_even_where_it_is_like_a_column():
    glued = ["upn", "sexes", "forenamesSMITH", "P2", "JONES"]

    assert column_faults(glued, ["upn", "sexes", "forenames"]) == (
        "missing forenames; 3 not declared, in place 3, 4, 5"
    )


def test_a_header_of_another_order_refuses_the_source():
    intake.refuse_other_order(CENSUS_SOURCE, {"header_row": 3})

    with pytest.raises(InputColumnsError, match="2 lines amid its rows are headers"):
        intake.refuse_other_order(CENSUS_SOURCE, {"header_row_of_another_order": 2})


def test_a_name_like_a_missing_one_is_said():
    names, declared = ["upn", "surnames"], ["upn", "surname"]

    assert column_faults(names, declared) == "missing surname; extra surnames"
