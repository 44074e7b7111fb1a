"""Readings: declared codes and numbers kept, others null; UPNs as stdnum has them."""

import random

import pytest
from pyspark.sql import functions as F
from stdnum.gb import upn as stdnum_upn

from attainment_linkage.core import codes
from attainment_linkage.core.codes import Reading
from attainment_linkage.core.upn import AUTHORITIES, LETTERS
from attainment_linkage.domain.tables import SCHOOL_CENSUS_SOURCE as SCHOOL
from attainment_linkage.steps.readings import is_undeclared, read_value, valid_upn

GOOD_UPN = "B801200005001"


def test_readings_keep_what_is_declared_and_count_what_is_not(rows):
    drawn = rows(
        SCHOOL.attribute_table,
        """
        attainment_id|ethnicity|fsm_eligible|language|sen_provision|nc_year|lsoa|idaci_score
        1 | WBRI | 1 | 1_ENG | A | 11 | E01000001 | 0.25
        2 | REFU | 0 | 3_UNCL | S | 11.0 | E0100001 | 1.5
        3 | mixed | Y | 2_OTH | K | 11.5 | - | n/a
        4 | - | - | - | - | x | - | -
        """,
        is_partial=True,
    )
    names = ["ethnicity", "ethnic_group_5", "is_fsm", "first_language", "sen", "nc_year", "lsoa",
             "idaci_score"]  # fmt: skip
    readings = [one for one in codes.SCHOOL_CENSUS_READINGS if one.column in names]
    read = drawn.select("attainment_id", *(read_value(one) for one in readings))

    assert [tuple(row)[1:] for row in read.orderBy("attainment_id").collect()] == [
        ("WBRI", "white", True, "english", "support", 11, "E01000001", 0.25),
        ("UNCLA", None, False, None, "statement", 11, None, None),
        (None, None, None, "other", "support", None, None, None),
        (None, None, None, None, None, None, None, None),
    ]
    counts = drawn.agg(*(F.count_if(is_undeclared(one)).alias(one.column) for one in readings))
    assert counts.collect()[0].asDict() == {
        "ethnicity": 1, "ethnic_group_5": 1, "is_fsm": 1, "first_language": 0, "sen": 0,
        "nc_year": 2, "lsoa": 1, "idaci_score": 2,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e400", "", " ", "--1", "1,5"])
def test_what_is_no_number_is_null_and_never_an_error(spark, text):
    frame = spark.createDataFrame([(text,)], "points string")
    reading = Reading("points", "points", "double", least=0, most=10)

    assert frame.select(read_value(reading)).collect()[0][0] is None


def test_upns_are_kept_where_python_stdnum_takes_them(spark):
    draw = random.Random(7)
    serials = [f"{draw.randrange(10**11):011d}" for _ in range(300)]
    bodies = [draw.choice(AUTHORITIES) + serial[3:] for serial in serials]
    bodies = [body + draw.choice("0123456789" + LETTERS) for body in bodies]
    numbers = [stdnum_upn.calc_check_digit(body) + body for body in bodies]
    wrong = [LETTERS[(LETTERS.index(number[0]) + 1) % 23] + number[1:] for number in numbers]
    odd = [GOOD_UPN.lower(), "B80 1200005001", "M80120000500A", "", "UN1", GOOD_UPN + "1", "0" * 13]
    odd += [stdnum_upn.calc_check_digit("001200005001") + "001200005001", "B80120000500I"]
    texts = [*numbers, *wrong, *odd]
    frame = spark.createDataFrame([(text,) for text in texts], "upn string")

    found = [row[0] for row in frame.select(valid_upn(F.col("upn"))).collect()]
    assert found == [
        stdnum_upn.compact(text) if stdnum_upn.is_valid(text) else None for text in texts
    ]
    assert sum(text is not None for text in found) == 303
