"""Diff: whose links two runs agree and disagree about, by matchkey and by group. No names."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from attainment_linkage.domain.measure_tables import CHARACTERISTICS

GAINED, LOST, CHANGED, SAME = CHANGES = ("gained", "lost", "changed", "same")
ALL, KEY, NO_KEY = "all", "matchkey", "none"


def changes(before: DataFrame, after: DataFrame, pupils: DataFrame) -> DataFrame:
    """Pupils by what became of their link between two runs, and by the groups they are of.

    Args:
        before: the earlier run's ``link_spine``.
        after: the later one's.
        pupils: the pupils of either run with a category per characteristic, as
            ``measure.measured_pupils`` gives them.

    Grain: out, one row per (characteristic, category, change): how many ``pupils``. The
    characteristics are ``all``, the matchkey (from 1; of the later link, else of the earlier)
    and those of link quality. Pupils whom neither run links are left out.
    Cost: two joins by attainment_id, one row each, and one shuffle of the groups.
    """
    was = before.select(
        "attainment_id",
        F.col("census_id").alias("was"),
        F.col("matchkey_number").alias("key_before"),
    )
    now = after.select(
        "attainment_id", F.col("census_id").alias("now"), F.col("matchkey_number").alias("key_now")
    )
    change = (
        F.when(F.col("was").isNull() & F.col("now").isNotNull(), GAINED)
        .when(F.col("was").isNotNull() & F.col("now").isNull(), LOST)
        .when(F.col("was") != F.col("now"), CHANGED)
        .when(F.col("was") == F.col("now"), SAME)
    )
    key = F.when(F.col("now").isNotNull(), F.col("key_now")).otherwise(F.col("key_before"))
    groups = pupils.select("attainment_id", *CHARACTERISTICS)
    # how=full: a pupil of one run alone has gained or lost; how=left: groups are one row each
    both = was.join(now, on="attainment_id", how="full").withColumn("change", change)
    told = both.join(groups, on="attainment_id", how="left").where("change is not null")
    named = {ALL: F.lit(ALL), KEY: F.coalesce((key + 1).cast("string"), F.lit(NO_KEY))}
    named |= {name: F.coalesce(name, F.lit("not known")) for name in CHARACTERISTICS}
    each = F.explode(F.create_map(*(p for n, c in named.items() for p in (F.lit(n), c))))
    return (
        told.select("change", each.alias("characteristic", "category"))
        .groupBy("characteristic", "category", "change")
        .agg(F.count("*").alias("pupils"))
    )
