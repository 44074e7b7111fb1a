"""Truth: how the links agree with what the generator planted. Only generated data has one."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def agreement(links: DataFrame, truth: DataFrame, census_doubles: DataFrame) -> DataFrame:
    """Count links, right links, and pupils whose Census person is in the file: one row.

    A link is right when its Census row is that of the pupil, or another row of the same
    person, counted twice. ``links`` is the table links; ``truth`` has attainment_id and
    census_id, null where the person was not counted; ``census_doubles`` has census_id and
    double_of, one row per further row of a person.

    Cost: three joins on ids; none multiplies rows, each id being once on its right side.
    """
    doubles = census_doubles.select("census_id", "double_of")
    linked = links.select(
        F.col("left_id").alias("attainment_id"), F.col("right_id").alias("census_id")
    ).join(doubles, on="census_id", how="left")
    linked = linked.select(
        "attainment_id", F.coalesce("double_of", "census_id").alias("linked_person")
    )
    planted = (
        truth.where(F.col("census_id").isNotNull())
        .join(doubles, on="census_id", how="left")
        .select("attainment_id", F.coalesce("double_of", "census_id").alias("true_person"))
    )
    both = planted.join(linked, on="attainment_id", how="full")
    is_right = F.col("linked_person") == F.col("true_person")
    return both.agg(
        F.count("linked_person").alias("links"),
        F.count_if(is_right).alias("right_links"),
        F.count("true_person").alias("linkable"),
    )
