"""Truth: what counts as a right link, and what is linkable at all."""

import pytest

from attainment_linkage.steps import truth

TRUTH = [
    ("found", "C1"),
    ("missed", "C2"),
    ("wrong", "C3"),
    ("not_counted", None),
    ("double", "C5"),
]
LINKS = [("found", "C1"), ("wrong", "C4"), ("not_counted", "C9"), ("double", "C5b")]
DOUBLES = [("C5b", "C5")]


@pytest.fixture
def counted(spark):
    links = spark.createDataFrame(LINKS, "left_id string, right_id string")
    planted = spark.createDataFrame(TRUTH, "attainment_id string, census_id string")
    doubles = spark.createDataFrame(DOUBLES, "census_id string, double_of string")
    return truth.agreement(links, planted, doubles).collect()[0].asDict()


def test_a_link_to_another_row_of_the_same_person_is_right(counted):
    assert counted == {"links": 4, "right_links": 2, "linkable": 4}
