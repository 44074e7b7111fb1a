"""Short ways: a value that needs no cleaning comes out as the long way would have it.

A blank before a value keeps it from the short way and is no part of it.
"""

import random

import pytest
from pyspark.sql import functions as F

from attainment_linkage.steps import dates, names, places

WORDS = (
    "Smith smith SMITH McDonald O'Brien Ann-Marie Mr dr Lord KC md Jr NK na XX aa Aaa Abba Baby "
)
NAMES = [*(WORDS + "baby UNKNOWN Anon Bart é José SM1TH").split(), "SMITH\n", "", "NOT STATED"]
DATES = ["1985-03-04", "1985-3-4", "1985-13-40", "1785-03-04", "1985-03-04\n", "1985-03-04 10:00",
         "04/03/1985", "2185-03-04", "19850304", "1985-XX-04"]  # fmt: skip
POSTCODES = ["LS1 4AP", "LS14AP", "ls1 4ap", "LS1  4AP", "LS1 4AP\n", "ZZ99 3VZ", "XX9 9AA",
             "W1A 1AA", "GIR 0AA", "LS1", "2000", "LSI 4AP", "E1 6AN "]  # fmt: skip


@pytest.mark.parametrize(
    ("clean", "is_plain", "known", "signs"),
    [
        (names.name_words, names.is_plain_name, NAMES, "ABXRUNKmr'- "),
        (dates.date_text, dates.is_plain_date, DATES, "0123589-/"),
        (places.postcode_text, places.is_plain_unit, POSTCODES, "LSWXZ0149A "),
    ],
)
def test_a_plain_value_comes_out_as_the_long_way_has_it(spark, clean, is_plain, known, signs):
    drawn = random.Random(5)
    made = ["".join(drawn.choices(signs, k=drawn.randrange(1, 11))) for _ in range(3000)]
    values = spark.createDataFrame([(one,) for one in [*known, *made]], "text string")
    text = F.col("text")
    blanked = F.concat(F.lit(" "), text)
    found = values.select(
        text, is_plain(text).alias("is_plain"), is_plain(blanked).alias("is_still_plain"),
        clean(text).alias("short"), clean(blanked).alias("long"),
    ).collect()  # fmt: skip

    assert [row.short for row in found] == [row.long for row in found]
    assert not any(row.is_still_plain for row in found)
    assert {known[0]} < {row.text for row in found if row.is_plain} < {row.text for row in found}
