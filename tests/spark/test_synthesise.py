"""Synthesise in Spark: the rows of the blocks, whatever the partitioning."""

import pytest
from pyspark.sql import functions as F

from attainment_linkage.domain import tables
from attainment_linkage.steps import synthesise
from tests.population_sample import population

# two blocks of pupils' households and one of others: each partition makes other blocks
ASKED = population(attainment_records=3_000, census_people=12_000)


def digest(rows):
    """Number of rows, and a sum of row hashes that no order of rows changes."""
    hashes = F.sum(F.xxhash64(*[F.col(name) for name in rows.columns]).cast("decimal(38)"))
    return rows.agg(F.count("*"), hashes).first()


@pytest.mark.parametrize("source", tables.SOURCES, ids=lambda source: source.name)
def test_the_same_rows_come_whatever_the_number_of_partitions(spark, source):
    one = synthesise.delivered(spark, source, ASKED, partitions=1)
    many = synthesise.delivered(spark, source, ASKED, partitions=3)
    assert one.columns == source.names
    assert {kind for _, kind in one.dtypes} == {"string"}
    assert one.rdd.getNumPartitions() != many.rdd.getNumPartitions()
    assert digest(one) == digest(many)


def test_truth_and_doubles_name_lines_of_the_delivered_census(spark):
    lines = synthesise.delivered(spark, tables.CENSUS_SOURCE, ASKED).select("census_id")
    truth = synthesise.truth(spark, ASKED)
    doubles = synthesise.census_doubles(spark, ASKED)
    named = truth.select("census_id").union(doubles.select("census_id")).where("census_id <> ''")
    assert lines.count() == pytest.approx(12_000, rel=0.03)
    assert named.count() > 2_300
    assert named.join(lines, "census_id", how="left_anti").count() == 0
    assert digest(truth) == digest(synthesise.truth(spark, ASKED, partitions=2))


def test_attainment_records_are_as_many_as_asked(spark):
    records = sum(
        synthesise.delivered(spark, source, ASKED).count()
        for source in (tables.KS4_SOURCE, tables.KS5_SOURCE)
    )
    assert records == pytest.approx(3_000, rel=0.04)
