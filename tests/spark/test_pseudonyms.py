"""Pseudonyms in Spark: the core's ids, made in the task, with no byte of the key on the way."""

import base64
import hashlib

import pytest
from pyspark.cloudpickle import cloudpickle
from pyspark.sql import functions as F

from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.keys import KeyFile
from attainment_linkage.core.pseudonym import Purpose, pseudonyms_of
from attainment_linkage.steps.pseudonyms import pseudonym_column

SECRET = hashlib.sha256(b"a secret").digest()
PERSON, SCHOOL = Purpose("a", 1, "person"), Purpose("a", 1, "school")


@pytest.fixture
def place(tmp_path):
    path = tmp_path / "a.key"
    path.write_bytes(SECRET)
    path.chmod(0o400)
    return KeyFile(str(path))


def test_each_id_gets_the_core_s_pseudonym_in_any_partitioning(spark, place):
    drawn = spark.createDataFrame([("P1", 7), ("P2", None), (None, 9)], "id string, urn bigint")
    made = drawn.repartition(3).select(
        "id",
        pseudonym_column(F.col("id"), PERSON, place).alias("person"),
        pseudonym_column(F.col("urn"), SCHOOL, place).alias("school"),
    )
    people, schools = pseudonyms_of(SECRET, PERSON), pseudonyms_of(SECRET, SCHOOL)

    assert {tuple(row) for row in made.collect()} == {
        ("P1", people("P1"), schools("7")),
        ("P2", people("P2"), None),
        (None, None, schools("9")),
    }


def test_neither_plan_nor_closure_nor_settings_hold_the_key(spark, place):
    column = pseudonym_column(F.col("id"), PERSON, place)
    frame = spark.createDataFrame([("P1",)], "id string").select(column)
    plan = frame._jdf.queryExecution().toString().encode()
    settings = repr(spark.sparkContext.getConf().getAll()).encode()
    closure = cloudpickle.dumps(lambda: pseudonym_column(F.lit("x"), PERSON, place))

    for sink in (plan, settings, closure, cloudpickle.dumps(place)):
        for form in (SECRET, SECRET.hex().encode(), base64.b64encode(SECRET)):
            assert form not in sink


def test_a_key_that_the_task_refuses_leaves_with_its_own_name(spark, place):
    frame = spark.createDataFrame([("P1",)], "id string")
    made = frame.select(pseudonym_column(F.col("id"), PERSON, KeyFile(place.path + ".none")))

    try:
        made.collect()
    except Exception as error:  # noqa: BLE001  Spark's own kind
        found = named(error, "pseudonymise")
    assert (found.code, found.exit_code) == ("KEY_MISSING", 34)
