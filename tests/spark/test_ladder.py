"""Ladder: companions, names that nobody shares, conflicts, and the table of keys."""

from chispa import assert_df_equality

from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain import tables
from attainment_linkage.steps import ladder, resolve
from tests.spark.test_resolve import POLICY

RECORD = (
    "is_left boolean, record_id string, forename string, surname string, birth_date string, "
    "sex string, postcode string"
)
PEOPLE = [
    (True, "p1", "ANN", "LEE", "1995-01-01", "F", "AB1"),
    (True, "p2", "BEN", "LEE", "1997-01-01", "M", "AB1"),
    (True, "p3", "CAT", "POE", "1997-01-01", "F", "AB1"),
    (True, "p4", "ANN", "LEE", "1995-01-01", None, "AB2"),
    (False, "c1", "ANN", "LEE", "1995-01-01", "F", "CD1"),
    (False, "c2", "BEN", "LEE", "1997-01-01", "M", "CD1"),
    (False, "c3", "BEN", "LEE", "1997-01-01", "M", "CD2"),
    (False, "c4", "DAN", "LEE", None, "M", "CD1"),
]
SCORED = """
    left_id | right_id | match_weight | rule_number | matchkey_number
    a       | 1        | 20           | 0           | 0
    a       | 2        | 12           | 0           | 2
    b       | 3        | 15           | 0           | 0
    c       | 4        | 15           | 0           | -
    c       | 5        | 2            | 0           | -
    d       | 2        | 4            | 0           | -
"""
KEYS = tuple(Rule.parse(text, text) for text in ("forename", "surname", "sex"))


def model(*rules):
    return LinkageModel((), (), tuple(Rule.parse(rule) for rule in rules), (), ())


def test_companions_are_the_family_at_one_postcode_and_sole_names_those_of_one_right_record(spark):
    records = spark.createDataFrame(PEOPLE, RECORD)
    made = ladder.with_derived(records, model("birth_date & companions[]", "sole_name"))
    found = {row.record_id: (row.companions, row.sole_name) for row in made.collect()}

    ann, ben = "ANN LEE 1995-01-01 F", "BEN LEE 1997-01-01 M"
    assert found == {
        "p1": (["BEN 1997-01-01"], ann),
        "p2": (["ANN 1995-01-01"], None),
        "p3": (None, "CAT POE 1997-01-01 F"),
        "p4": (None, None),
        "c1": (["BEN 1997-01-01"], ann),
        "c2": (["ANN 1995-01-01"], None),
        "c3": (None, None),
        "c4": (None, None),
    }
    assert ben not in {sole for _, sole in found.values()}


def test_fields_no_key_asks_for_are_not_made(spark):
    records = spark.createDataFrame(PEOPLE[:1], RECORD)
    assert ladder.with_derived(records, model("birth_date")).columns == records.columns


def test_the_table_has_each_key_with_its_links_conflicts_and_what_is_left(rows):
    scored = rows(tables.SCORED_PAIRS, SCORED)
    links = resolve.links(resolve.decided_pairs(scored, POLICY, parts=2))
    expected = """
        matchkey_number | matchkey | rule     | pairs | conflicts | links | residual_records
        0               | forename | forename | 2     | 1         | 2     | 8
        1               | surname  | surname  | 0     | 0         | 0     | 8
        2               | sex      | sex      | 1     | 1         | 0     | 8
    """

    assert_df_equality(
        ladder.matchkey_counts(scored, links, KEYS, left_records=10),
        rows(tables.MATCHKEY_COUNTS, expected),
        ignore_row_order=True,
        ignore_nullable=True,
    )


def test_a_conflict_of_keys_goes_to_review_though_a_better_pair_is_linked(rows):
    scored = rows(tables.SCORED_PAIRS, SCORED)
    decided = resolve.decided_pairs(scored, POLICY, parts=2)
    reviewed = {
        (row.left_id, row.right_id): row.reason
        for row in resolve.review_pairs(scored, decided).collect()
    }

    assert reviewed == {("a", "2"): "conflict", ("d", "2"): "weak"}
