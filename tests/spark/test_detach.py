"""Detach: the spine holds every pupil once, its link, its flags, and nothing that names it."""

import pytest
from chispa import assert_df_equality

from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.domain.road import DETACH
from attainment_linkage.steps import detach

PUPILS = """
    record_id | forename | surname | birth_date | sex | postcode | postcodes
    plain     | ANN      | LEE     | 1995-01-02 | F   | AB11AA   | AB11AA
    mover     | BOB      | MOSS    | 1995-01-02 | M   | AB11AA   | AB11AA;CD22BB
    twin_1    | CAT      | KING    | 1995-03-04 | F   | AB11AA   | AB11AA
    twin_2    | DAN      | KING    | 1995-03-04 | M   | AB11AA   | AB11AA
    sibling   | EVE      | KING    | 1996-03-04 | F   | AB11AA   | AB11AA
    unborn_1  | FAY      | POOL    | -          | F   | AB11AA   | AB11AA
    unborn_2  | GUS      | POOL    | -          | M   | AB11AA   | AB11AA
    nameless  | -        | DEAN    | 1995-01-02 | F   | AB11AA   | AB11AA
    homeless  | HAL      | NASH    | 1995-01-02 | M   | -        | -
    bare      | IDA      | -       | 1995-01-02 | -   | AB11AA   | []
"""
LINKS = """
    left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number
    plain   | C1       | 15.9         | -           | 0           | 1
    mover   | C2       | -0.1         | 3           | 0           | -
    sibling | C3       | 16.0         | 3           | 2           | -
"""
SPINE = """
    attainment_id | census_id | weight_band | matchkey_number | missing_field | is_mover | is_twin
    plain         | C1        | 14          | 1               | none          | false    | false
    mover         | C2        | -2          | -               | none          | true     | false
    twin_1        | -         | -           | -               | none          | false    | true
    twin_2        | -         | -           | -               | none          | false    | true
    sibling       | C3        | 16          | -               | none          | false    | false
    unborn_1      | -         | -           | -               | birth_date    | false    | false
    unborn_2      | -         | -           | -               | birth_date    | false    | false
    nameless      | -         | -           | -               | name          | false    | false
    homeless      | -         | -           | -               | postcode      | false    | false
    bare          | -         | -           | -               | several       | false    | false
"""


def test_every_pupil_stands_once_with_its_link_and_its_flags(rows):
    pupils = rows(tables.ATTAINMENT_PEOPLE, PUPILS, is_partial=True)
    links = rows(tables.LINKS, LINKS)
    spine = detach.link_spine(pupils, links)

    assert detach.linked_counts(spine).collect()[0]["linked"] == links.count()
    assert_df_equality(
        spine,
        rows(tables.LINK_SPINE, SPINE, is_partial=True),
        ignore_row_order=True,
        ignore_nullable=True,
    )


DECIDED = [("plain", True, True, 4.0), ("plain", False, True, 1.5), ("plain", False, True, 2.0),
           ("mover", True, False, 3.0), ("twin_1", False, False, 9.0)]  # fmt: skip
REVIEWED = """
    attainment_id | reviewed_right | reviewed_wrong | reviewed_missed
    plain         | 4              | -              | 3.5
    mover         | -              | 3              | -
    twin_1        | -              | -              | -
    bare          | -              | -              | -
"""


def test_decided_pairs_are_counted_by_what_they_stand_for(rows):
    spine = detach.link_spine(
        rows(tables.ATTAINMENT_PEOPLE, PUPILS, is_partial=True), rows(tables.LINKS, LINKS), DECIDED
    )
    columns = ["attainment_id", *(f"reviewed_{kind}" for kind in ("right", "wrong", "missed"))]

    assert spine.count() == 10
    assert_df_equality(
        spine.select(*columns).where("attainment_id in ('plain', 'mover', 'twin_1', 'bare')"),
        rows(tables.LINK_SPINE, REVIEWED, is_partial=True).select(*columns),
        ignore_row_order=True,
        ignore_nullable=True,
    )


def test_names_the_missing_column_before_any_spark_job(rows):
    pupils = rows(tables.ATTAINMENT_PEOPLE, PUPILS, is_partial=True).drop("birth_date")

    with pytest.raises(MissingColumnsError, match="attainment_people lacks birth_date"):
        detach.link_spine(pupils, rows(tables.LINKS, LINKS))


def test_only_spine_and_draws_leave_and_no_column_of_a_linkage_record_goes_along():
    assert set(DETACH.writes) == {tables.LINK_SPINE, tables.LINK_DRAWS}
    for table in DETACH.writes:
        assert table.zone == tables.ATTRIBUTES
        assert not table.has_personal_columns
        assert not set(table.names) & {field.name for field in tables.LINKAGE_FIELDS}
